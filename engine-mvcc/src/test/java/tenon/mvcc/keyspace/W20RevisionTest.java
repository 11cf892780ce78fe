package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tenon.api.Cursor;
import tenon.api.ReadTx;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.KeyRange;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;
import tenon.testkit.SimulatedFileSystem;

/// W20: main starts at 1 and rises with each write transaction, sub counts the changes in it; and it is recovered from
/// the records.
class W20RevisionTest {
    private static final byte[] KEY = PlainKeySpace.bytes("key");

    private final SimulatedFileSystem disk = TestedKeySpace.disk();
    private int raftIndex;

    private AppliedIndex next() {
        return Workload.at(raftIndex++);
    }

    private TestedKeySpace open() {
        return TestedKeySpace.open(disk, TestedKeySpace.options(100));
    }

    private void put(KeySpace store, int count) {
        try (WriteTxn write = store.write(next())) {
            for (int i = 0; i < count; i++) {
                write.put(PlainKeySpace.bytes("key" + i), KEY, 0);
            }
        }
    }

    private void deleteAll(KeySpace store) {
        try (WriteTxn write = store.write(next())) {
            write.deleteRange(KeyRange.all());
        }
    }

    private static List<String> storedKeys(TestedKeySpace tested, String bucket, boolean areRevisions) {
        tested.keySpace.backend().commit();
        List<String> keys = new ArrayList<>();
        try (ReadTx tx = tested.store.beginRead()) {
            Cursor cursor = tx.bucket(MetaLayout.name(bucket)).cursor();
            while (cursor.next()) {
                byte[] key = cursor.key().toByteArray();
                keys.add(areRevisions ? RevisionLayout.decode(key).toString() : new String(key));
            }
        }
        return keys;
    }

    @Test
    void shouldCountTransactionsAndTheirChanges() {
        try (TestedKeySpace tested = open()) {
            KeySpace store = tested.keySpace;
            assertEquals(1, store.currentRevision());
            put(store, 1);
            assertEquals(2, store.currentRevision());
            put(store, 3);
            put(store, 0);
            assertEquals(3, store.currentRevision(), "a transaction without a change");
            deleteAll(store);
            assertEquals(4, store.currentRevision());
            deleteAll(store);
            assertEquals(4, store.currentRevision(), "there was nothing to delete");
            List<String> expected = List.of("2_0", "3_0", "3_1", "3_2", "4_0", "4_1", "4_2");
            assertEquals(expected, storedKeys(tested, MetaLayout.KEY_BUCKET, true));
        }
    }

    @Test
    void shouldBeRecoveredFromTheRecords() {
        for (int round = 0; round < 5; round++) {
            try (TestedKeySpace tested = open()) {
                assertEquals(1 + round, tested.keySpace.currentRevision());
                put(tested.keySpace, 1 + round);
                Set<String> bookkeeping = new TreeSet<>(storedKeys(tested, MetaLayout.META_BUCKET, false));
                assertEquals(
                        Set.of(
                                MetaLayout.FORMAT,
                                MetaLayout.CONSISTENT_INDEX,
                                MetaLayout.CHAIN,
                                MetaLayout.CHAIN_BEGIN,
                                MetaLayout.RECORD_SUM),
                        bookkeeping);
            }
        }
    }

    @Test
    void shouldNotGoBackWhenACompactionLeavesNoRecord() {
        try (TestedKeySpace tested = open()) {
            put(tested.keySpace, 2);
            deleteAll(tested.keySpace);
            tested.keySpace.compact(3, next()).join();
            tested.keySpace.backend().commit();
        }
        try (TestedKeySpace tested = open()) {
            assertEquals(3, tested.keySpace.currentRevision());
            put(tested.keySpace, 1);
            assertEquals(4, tested.keySpace.currentRevision());
            tested.assertCheckIsClean();
        }
    }
}
