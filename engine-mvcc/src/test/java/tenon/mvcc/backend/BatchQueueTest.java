package tenon.mvcc.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.StateHash;
import tenon.testkit.ManualClock;

class BatchQueueTest {
    private final ManualClock clock = new ManualClock();
    private final BatchQueue<String> queue =
            new BatchQueue<>(clock, new MvccOptions(1_000, 2, 100, 0, false, 0.9), "head");

    private void entry(long raftIndex) {
        queue.lockWriter();
        try {
            queue.unsafeActive().put(raftIndex, 0, false, new byte[1], 0);
            queue.unsafeEndEntry("head " + raftIndex, new AppliedIndex(1, raftIndex), StateHash.EMPTY);
        } finally {
            queue.unlockWriter();
        }
    }

    @Test
    @Timeout(60)
    void shouldNotLetAWriterWaitForACommitterThatWaitsForTheWriter() throws InterruptedException {
        AtomicLong committed = new AtomicLong();
        Thread committer = Thread.ofPlatform().daemon().start(() -> {
            for (BatchTx batch = queue.awaitSealed(); batch != null; batch = queue.awaitSealed()) {
                committed.set(batch.applied().raftIndex());
                queue.onCommitted();
            }
        });
        // Each due commit races with a batch that fills up.
        for (long i = 1; i <= 60_000; i++) {
            entry(i);
            clock.advanceNs(1_000);
        }
        queue.commitAndWait();
        queue.stop();
        committer.join();
        assertEquals(60_000, committed.get());
    }

    @Test
    void shouldHaveRoomUntilHalfABatchWaitsBehindTheOneThatIsBeingCommitted() {
        assertTrue(queue.hasRoom());
        entry(1);
        assertTrue(queue.hasRoom());
        entry(2);
        assertTrue(queue.hasRoom());
        entry(3);
        assertFalse(queue.hasRoom());
        queue.onCommitted();
        assertTrue(queue.hasRoom());
    }

    @Test
    @Timeout(60)
    void shouldSealAtTheEndOfTheEntryInWhichACommitBecameDue() {
        queue.lockWriter();
        queue.unsafeActive().put(1, 0, false, new byte[1], 0);
        queue.unsafeEndStep("head");
        clock.advanceNs(1_000);
        queue.unsafeEndEntry("head", new AppliedIndex(1, 7), StateHash.EMPTY);
        queue.unlockWriter();
        BatchTx sealed = queue.awaitSealed();
        assertEquals(7, sealed.applied().raftIndex());
        assertEquals(1, queue.view().sealed().count());
        queue.onCommitted();
        queue.stop();
        assertNull(queue.awaitSealed());
    }
}
