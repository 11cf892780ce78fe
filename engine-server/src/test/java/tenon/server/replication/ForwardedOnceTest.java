package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Message;

/// A follower hands a proposal to its leader once, however much else happens before it hears of it.
@Timeout(60)
class ForwardedOnceTest {
    private static final long LEADER = 2;
    private static final long TERM = 5;

    @AutoClose
    private final TestLoop node = new TestLoop(Set.of(1L, LEADER, 3L));

    private void hearLeader() {
        node.loop.step(new Message.Heartbeat(LEADER, 1, TERM, 0, 0));
        node.settle();
    }

    private List<Message.Forward> forwarded() {
        return node.sent(Message.Forward.class);
    }

    @Test
    void shouldForwardAProposalOnce() {
        hearLeader();
        node.loop.propose(new byte[] {7});
        for (int round = 0; round < 20; round++) {
            node.settle();
        }
        hearLeader();
        assertEquals(1, forwarded().size(), () -> forwarded().toString());
        Message.Forward forward = forwarded().getFirst();
        assertEquals(LEADER, forward.to());
        assertEquals(1, forward.entries().size());
        assertArrayEquals(new byte[] {7}, forward.entries().getFirst().data());
    }

    @Test
    void shouldNotForwardWhatItHasRefused() {
        CompletableFuture<Void> dropped = node.loop.propose(new byte[] {7});
        assertThrows(CompletionException.class, dropped::join);
        hearLeader();
        node.settle();
        assertEquals(List.of(), forwarded());
    }
}
