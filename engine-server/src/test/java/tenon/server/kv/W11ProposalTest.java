package tenon.server.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tenon.server.ServerConfig;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.rpc.PutResponse;
import tenon.testkit.ManualClock;

/// W11: a proposal's id is its own, among all members and all their lives; it leads to its caller and to no other; and
/// the caller's time follows the election timeout.
class W11ProposalTest {
    private static final Outcome OUTCOME = Outcome.of(PutResponse.getDefaultInstance());

    @Test
    void shouldGiveOutEachIdOnce() {
        int countOfOne = 2_000;
        Set<Long> ids = new HashSet<>();
        int lifeCount = 0;
        for (long nodeId = 1; nodeId <= 3; nodeId++) {
            for (long term = 1; term <= 3; term++) {
                for (long lastIndex = 0; lastIndex < 3; lastIndex++) {
                    RequestIds life = new RequestIds(nodeId, term, lastIndex, 7);
                    lifeCount++;
                    for (int i = 0; i < countOfOne; i++) {
                        ids.add(life.next());
                    }
                }
            }
        }
        assertEquals(lifeCount * countOfOne, ids.size());
        assertFalse(ids.contains(0L));
    }

    @Test
    void shouldAnswerTheCallerOfTheIdAndNoOther() {
        PendingProposals pending = new PendingProposals(new Deadlines(new ManualClock(), 1_000));
        CompletableFuture<Outcome> one = pending.register(1);
        CompletableFuture<Outcome> other = pending.register(2);
        assertFalse(pending.complete(3, OUTCOME), "an entry of another member");
        assertTrue(pending.complete(1, OUTCOME));
        assertSame(OUTCOME, one.getNow(null));
        assertFalse(other.isDone());
        assertFalse(pending.complete(1, OUTCOME), "nobody waits any more");
        assertEquals(1, pending.count());
    }

    @Test
    void shouldWaitFiveSecondsAndTwoElectionTimeouts() {
        assertEquals(7_000, ServerConfig.builder(Path.of("/data")).build().requestTimeoutMs());
        ServerConfig slow = ServerConfig.builder(Path.of("/data")).electionTimeoutMs(3_000).build();
        assertEquals(11_000, slow.requestTimeoutMs());
    }
}
