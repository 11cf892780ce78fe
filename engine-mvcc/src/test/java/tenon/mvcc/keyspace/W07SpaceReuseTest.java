package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tenon.api.DefragmentReport;
import tenon.api.StoreStats;
import tenon.mvcc.WriteTxn;
import tenon.testkit.SimulatedFileSystem;

/// W7: pages of old versions are free after a compaction, later writes take them before the file grows, and a
/// defragmentation makes the file smaller.
class W07SpaceReuseTest {
    private static final byte[] VALUE = new byte[500];

    private final SimulatedFileSystem disk = TestedKeySpace.disk();
    private int raftIndex;

    private void putAll(KeySpace store) {
        for (int i = 0; i < 300; i++) {
            try (WriteTxn write = store.write(Workload.at(raftIndex++))) {
                write.put(PlainKeySpace.bytes("key" + i % 60), VALUE, 0);
            }
        }
    }

    private void compact(KeySpace store) {
        store.compact(store.currentRevision(), Workload.at(raftIndex++)).join();
        store.backend().commit();
    }

    @Test
    void shouldTakeFreedPagesBeforeTheFileGrows() {
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(200))) {
            long settledPageCount = 0;
            for (int round = 0; round < 40; round++) {
                putAll(tested.keySpace);
                compact(tested.keySpace);
                if (round == 10) {
                    settledPageCount = tested.store.stats().pageCount();
                }
            }
            long pageCount = tested.store.stats().pageCount();
            assertTrue(pageCount <= settledPageCount * 11 / 10, "from " + settledPageCount + " to " + pageCount);
            tested.assertCheckIsClean();
        }
    }

    @Test
    void shouldFreePagesByCompactionAndShrinkByDefragmentation() {
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(200))) {
            putAll(tested.keySpace);
            putAll(tested.keySpace);
            tested.keySpace.backend().commit();
            StoreStats full = tested.store.stats();
            compact(tested.keySpace);
            StoreStats compacted = tested.store.stats();
            assertTrue(compacted.inUseBytes() < full.inUseBytes() / 3, full + " then " + compacted);
            assertTrue(compacted.fileSizeBytes() >= full.fileSizeBytes(), "a compaction alone gives nothing back");
            DefragmentReport report = tested.keySpace.backend().defragment();
            assertEquals(compacted.fileSizeBytes(), report.beforeBytes());
            assertTrue(report.afterBytes() < report.beforeBytes() / 2, report.toString());
            assertEquals(report.afterBytes(), tested.store.stats().fileSizeBytes());
            assertEquals(60, tested.keySpace.stats().keyCount());
            tested.assertCheckIsClean();
        }
    }
}
