package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.WriteTxn;

/// W24: changes are committed together, when the interval is over or at once when there are many; both configurable.
class W24BatchTest {
    private static final long MS = 1_000_000L;

    private final Semaphore commits = new Semaphore(0);
    private int raftIndex;

    private void put(KeySpace store, int changeCount) {
        try (WriteTxn write = store.write(Workload.at(raftIndex++))) {
            for (int i = 0; i < changeCount; i++) {
                write.put(PlainKeySpace.bytes("key" + i), new byte[1], 0);
            }
        }
    }

    private TestedKeySpace open(MvccOptions options) {
        TestedKeySpace tested = TestedKeySpace.open(TestedKeySpace.disk(), options);
        tested.keySpace.backend().onCommit(_ -> commits.release());
        return tested;
    }

    private void awaitCommit() throws InterruptedException {
        assertTrue(commits.tryAcquire(20, TimeUnit.SECONDS), "no commit");
    }

    /// A commit of too few changes would be one more than expected when the due one is there.
    private void assertCommitted(TestedKeySpace tested, int commitCount) {
        assertEquals(Workload.at(raftIndex - 1), tested.keySpace.backend().durableIndex());
        assertEquals(commitCount, tested.keySpace.stats().backendCommitCount());
        assertEquals(0, tested.keySpace.stats().pendingChangeCount());
    }

    @Test
    void shouldCommitTenThousandChangesAtOnce() throws InterruptedException {
        try (TestedKeySpace tested = open(MvccOptions.DEFAULT)) {
            for (int i = 0; i < 99; i++) {
                put(tested.keySpace, 100);
            }
            put(tested.keySpace, 99);
            assertEquals(9_999, tested.keySpace.stats().pendingChangeCount());
            assertEquals(AppliedIndex.NONE, tested.keySpace.backend().durableIndex());
            put(tested.keySpace, 1);
            awaitCommit();
            assertCommitted(tested, 1);
        }
    }

    @Test
    void shouldCommitWhenAHundredMillisecondsAreOver() throws InterruptedException {
        try (TestedKeySpace tested = open(MvccOptions.DEFAULT)) {
            for (int commit = 1; commit <= 3; commit++) {
                AppliedIndex before = tested.keySpace.backend().durableIndex();
                put(tested.keySpace, 1);
                tested.clock.advanceNs(60 * MS);
                put(tested.keySpace, 1);
                tested.clock.advanceNs(40 * MS - 1);
                assertEquals(before, tested.keySpace.backend().durableIndex());
                assertEquals(2, tested.keySpace.stats().pendingChangeCount());
                tested.clock.advanceNs(1);
                awaitCommit();
                assertCommitted(tested, commit);
            }
            tested.clock.advanceNs(1_000 * MS);
            assertCommitted(tested, 3);
        }
    }

    @Test
    void shouldTakeOtherLimits() throws InterruptedException {
        try (TestedKeySpace tested = open(new MvccOptions(7 * MS, 3, 100, 0, false, 0.9))) {
            put(tested.keySpace, 3);
            awaitCommit();
            assertCommitted(tested, 1);
            put(tested.keySpace, 2);
            tested.clock.advanceNs(7 * MS);
            awaitCommit();
            assertCommitted(tested, 2);
        }
    }
}
