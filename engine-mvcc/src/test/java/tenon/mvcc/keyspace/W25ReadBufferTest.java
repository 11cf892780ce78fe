package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.Cursor;
import tenon.api.ReadTx;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;

/// W25: what is not committed yet is read from the buffer, what is committed from the file, and both in one range.
class W25ReadBufferTest {
    private static void put(KeySpace store, int raftIndex, String key, String value) {
        try (WriteTxn write = store.write(Workload.at(raftIndex))) {
            write.put(PlainKeySpace.bytes(key), PlainKeySpace.bytes(value), 0);
        }
    }

    private static List<String> read(ReadTxn read, long revision) {
        List<String> found = new ArrayList<>();
        for (KeyValue keyValue : read.range(KeyRange.all(), new RangeOptions(revision, 0, false)).keyValues()) {
            found.add(new String(keyValue.key()) + "=" + new String(keyValue.value()) + "#" + keyValue.version());
        }
        return found;
    }

    private static List<Long> storedRevisions(TestedKeySpace tested) {
        List<Long> mains = new ArrayList<>();
        try (ReadTx tx = tested.store.beginRead()) {
            Cursor cursor = tx.bucket(MetaLayout.name(MetaLayout.KEY_BUCKET)).cursor();
            while (cursor.next()) {
                mains.add(RevisionLayout.decode(cursor.key().toByteArray()).main());
            }
        }
        return mains;
    }

    @Test
    void shouldReadTheBufferFirstAndThenTheTree() {
        try (TestedKeySpace tested = TestedKeySpace.open(TestedKeySpace.disk(), TestedKeySpace.options(1_000))) {
            KeySpace store = tested.keySpace;
            put(store, 0, "a", "1");
            put(store, 1, "b", "1");
            store.backend().commit();
            put(store, 2, "a", "2");
            put(store, 3, "c", "1");
            try (WriteTxn write = store.write(Workload.at(4))) {
                write.deleteRange(KeyRange.single(PlainKeySpace.bytes("b")));
            }
            assertEquals(List.of(2L, 3L), storedRevisions(tested), "the rest is not committed");
            assertEquals(3, store.stats().pendingChangeCount());
            assertReads(store);
            store.backend().commit();
            assertEquals(List.of(2L, 3L, 4L, 5L, 6L), storedRevisions(tested));
            assertEquals(0, store.stats().pendingChangeCount());
            assertReads(store);
            tested.assertCheckIsClean();
        }
    }

    private static void assertReads(KeySpace store) {
        try (ReadTxn read = store.read()) {
            assertEquals(List.of("a=2#2", "c=1#1"), read(read, 0));
            assertEquals(List.of("a=2#2", "b=1#1", "c=1#1"), read(read, 5));
            assertEquals(List.of("a=1#1", "b=1#1"), read(read, 3));
            List<WriteTxn.Change> history = read.history(1, HistoryLimit.NONE).changes();
            assertEquals(5, history.size());
            assertFalse(history.getFirst().isDelete());
            assertEquals(List.of(2L, 3L, 4L, 5L, 6L), history.stream().map(c -> c.keyValue().modRevision()).toList());
        }
    }

    @Test
    void shouldNotChangeWhatAnOpenReaderSeesWhenTheBufferIsCommitted() {
        try (TestedKeySpace tested = TestedKeySpace.open(TestedKeySpace.disk(), TestedKeySpace.options(1_000))) {
            KeySpace store = tested.keySpace;
            put(store, 0, "a", "1");
            try (ReadTxn buffered = store.read()) {
                put(store, 1, "a", "2");
                store.backend().commit();
                put(store, 2, "a", "3");
                assertEquals(List.of("a=1#1"), read(buffered, 0));
            }
            try (ReadTxn read = store.read()) {
                assertEquals(List.of("a=3#3"), read(read, 0));
            }
        }
    }
}
