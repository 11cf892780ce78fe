package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.ConfState;
import tenon.api.HardState;
import tenon.api.Log;
import tenon.api.LogStats;
import tenon.api.Message;
import tenon.api.Platform;
import tenon.raft.RaftNode;
import tenon.raft.RaftOptions;
import tenon.raft.RecoveredState;
import tenon.server.metrics.LatencyRecorder;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.StageRecorder;
import tenon.testkit.ManualClock;

/// A follower hands a proposal to its leader once, however much else happens before it hears of it.
@Timeout(60)
class ForwardedOnceTest {
    private static final long LEADER = 2;
    private static final long TERM = 5;
    private static final ReplicationLoop.Pace PACE = new ReplicationLoop.Pace(100_000_000L, 1_000_000_000L);

    private final Platform platform = Platform.system().withClock(new ManualClock());
    private final StageRecorder stages = new StageRecorder();
    private final List<Message> sent = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final Log log = (Log) Proxy.newProxyInstance(
            Log.class.getClassLoader(),
            new Class<?>[] {Log.class},
            (_, method, _) -> method.getName().equals("stats") ? new LogStats(1, 1024, 0, 0, 0) : null);
    private final LogWriter writer =
            new LogWriter(log, HardState.INITIAL, platform, stages, new LatencyRecorder(), sent::addAll);
    private final ReplicationLoop loop = new ReplicationLoop(
            RaftNode.start(RaftOptions.of(1).build(), founded(Set.of(1L, LEADER, 3L))),
            platform,
            sent::addAll,
            stages,
            new NodeCounters());

    private static RecoveredState founded(Set<Long> voters) {
        RecoveredState first = RecoveredState.founding(voters);
        return new RecoveredState(
                first.snapshot(), first.hardState(), first.entries(), ConfState.ofVoters(voters), 1);
    }

    @BeforeEach
    void start() {
        writer.start(loop::onStored, failure::complete);
        loop.start(new ReplicationLoop.Wiring(writer, _ -> {}, () -> 1, () -> 0, PACE, _ -> {}, failure::complete), false);
    }

    @AfterEach
    void stop() {
        loop.close();
        writer.close();
        assertEquals(null, failure.getNow(null));
    }

    /// One more round of the loop, at least.
    private void settle() {
        loop.status().join();
    }

    private List<Message.Forward> forwarded() {
        return sent.stream()
                .filter(Message.Forward.class::isInstance)
                .map(Message.Forward.class::cast)
                .toList();
    }

    @Test
    void shouldForwardAProposalOnce() {
        loop.step(new Message.Heartbeat(LEADER, 1, TERM, 0, 0));
        settle();
        loop.propose(new byte[] {7});
        for (int round = 0; round < 20; round++) {
            settle();
        }
        loop.step(new Message.Heartbeat(LEADER, 1, TERM, 0, 0));
        settle();
        assertEquals(1, forwarded().size(), sent::toString);
        Message.Forward forward = forwarded().getFirst();
        assertEquals(LEADER, forward.to());
        assertEquals(1, forward.entries().size());
        assertArrayEquals(new byte[] {7}, forward.entries().getFirst().data());
    }

    @Test
    void shouldNotForwardWhatItHasRefused() {
        CompletableFuture<Void> dropped = loop.propose(new byte[] {7});
        assertThrows(CompletionException.class, dropped::join);
        loop.step(new Message.Heartbeat(LEADER, 1, TERM, 0, 0));
        settle();
        settle();
        assertEquals(List.of(), forwarded());
    }
}
