package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Message;

/// Reads that come while the loop is at something else cost one confirmation, however many they are.
@Timeout(60)
class SharedReadsTest {
    private static final int READ_COUNT = 1_000;
    private static final long LEADER = 2;
    private static final long TERM = 5;

    /// Reads that all wait while somebody has the loop's turn.
    private static List<CompletableFuture<Long>> readAtOnce(ReplicationLoop loop) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().start(() -> loop.awaitLeader(_ -> {
            held.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return true;
        }));
        held.await();
        List<CompletableFuture<Long>> reads =
                Stream.generate(loop::confirmRead).limit(READ_COUNT).toList();
        released.countDown();
        holder.join();
        return reads;
    }

    @Test
    void shouldAskTheLeaderOnce() throws InterruptedException {
        try (TestLoop node = new TestLoop(Set.of(1L, LEADER, 3L))) {
            node.loop.step(new Message.Heartbeat(LEADER, 1, TERM, 0, 0));
            List<CompletableFuture<Long>> reads = readAtOnce(node.loop);
            while (node.sent(Message.ReadIndex.class).isEmpty()) {
                node.settle();
            }
            Message.ReadIndex question = node.sent(Message.ReadIndex.class).getFirst();
            assertEquals(LEADER, question.to());
            node.loop.step(new Message.ReadIndexResponse(LEADER, 1, TERM, question.context(), 9));
            reads.forEach(read -> assertEquals(9, read.join()));
            assertEquals(1, node.sent(Message.ReadIndex.class).size());
            assertEquals(1, node.counters.readIndexRounds.sum());
            assertEquals(READ_COUNT, node.counters.linearizableReads.sum());
        }
    }

    @Test
    void shouldConfirmItsOwnLeadershipOnce() throws InterruptedException {
        try (TestLoop node = new TestLoop(Set.of(1L))) {
            node.loop.awaitLeader(leaderId -> leaderId == 1).join();
            node.loop.confirmRead().join();
            long rounds = node.counters.readIndexRounds.sum();
            readAtOnce(node.loop).forEach(CompletableFuture::join);
            assertEquals(1, node.counters.readIndexRounds.sum() - rounds);
        }
    }
}
