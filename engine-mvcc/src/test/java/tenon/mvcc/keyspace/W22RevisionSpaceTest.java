package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.api.Store;
import tenon.btree.BTreeStore;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.RevisionSpaceExhaustedException;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;
import tenon.testkit.SimulatedFileSystem;

/// W22: close to the end of the 63 bits writes are refused, also after a restart; revisions never wrap.
class W22RevisionSpaceTest {
    private static final byte[] KEY = PlainKeySpace.bytes("key");
    private static final int LEFT_COUNT = 5;

    private final SimulatedFileSystem disk = TestedKeySpace.disk();

    private TestedKeySpace open() {
        return TestedKeySpace.open(disk, TestedKeySpace.options(100));
    }

    /// A key space whose last revision is so many before the end.
    private void makeOld() {
        open().close();
        long main = KeySpace.REVISION_MAX - LEFT_COUNT;
        byte[] record = KeyValue.of(KEY, KEY, new KeyValue.Origin(7, 1), main, 0).encoded();
        Platform platform = Platform.system().withFiles(disk);
        try (Store store = BTreeStore.open(platform, TestedKeySpace.FILE, TestedKeySpace.SMALL)) {
            store.write(tx -> {
                tx.bucket(MetaLayout.name(MetaLayout.KEY_BUCKET)).put(RevisionLayout.encode(main, 0, false), record);
                // Of the version that knew no hash of its records.
                tx.bucket(MetaLayout.name(MetaLayout.META_BUCKET))
                        .put(MetaLayout.name(MetaLayout.FORMAT), new byte[] {0, 0, 0, 1});
                return null;
            });
        }
    }

    @Test
    void shouldRefuseWritesAtTheEndAndNeverWrap() {
        makeOld();
        int raftIndex = 0;
        try (TestedKeySpace tested = open()) {
            for (int i = 1; i <= LEFT_COUNT; i++) {
                try (WriteTxn write = tested.keySpace.write(Workload.at(raftIndex++))) {
                    assertEquals(KeySpace.REVISION_MAX - LEFT_COUNT + i, write.put(KEY, KEY, 0));
                }
            }
            assertRefuses(tested.keySpace, raftIndex++);
        }
        try (TestedKeySpace tested = open()) {
            assertRefuses(tested.keySpace, raftIndex++);
            tested.keySpace.compact(KeySpace.REVISION_MAX, Workload.at(raftIndex++)).join();
            assertRefuses(tested.keySpace, raftIndex);
            tested.assertCheckIsClean();
        }
    }

    private static void assertRefuses(KeySpace store, int raftIndex) {
        RevisionSpaceExhaustedException refusal =
                assertThrows(RevisionSpaceExhaustedException.class, () -> store.write(Workload.at(raftIndex)));
        assertTrue(refusal.getMessage().contains(Long.toString(KeySpace.REVISION_MAX)), refusal.getMessage());
        store.skip(Workload.at(raftIndex));
        assertEquals(KeySpace.REVISION_MAX, store.currentRevision());
        try (ReadTxn read = store.read()) {
            KeyValue last = read.range(KeyRange.all(), RangeOptions.DEFAULT).keyValues().getFirst();
            assertEquals(KeySpace.REVISION_MAX, last.modRevision());
            assertEquals(1 + LEFT_COUNT, last.version());
        }
    }
}
