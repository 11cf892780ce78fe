package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import tenon.api.Cursor;
import tenon.api.FileSystem;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.Store;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.mvcc.CompactedException;
import tenon.mvcc.FutureRevisionException;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.HistoryWindow;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.RangeResult;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.Revision;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// A key space on a simulated disk, with its store at hand, and the comparison with the plain model.
final class TestedKeySpace implements AutoCloseable {
    static final Path FILE = Path.of("/data/db");
    static final BTreeOptions SMALL = BTreeOptions.DEFAULT
            .withPageSizeBytes(1024)
            .withMapSegmentSizeBytes(1 << 18)
            .withGrowStepBytesMax(1 << 18);

    final Store store;
    final KeySpace keySpace;
    final ManualClock clock;

    private TestedKeySpace(FileSystem files, MvccOptions options) {
        clock = new ManualClock();
        Platform platform = new Platform(files, clock, Platform.system().threads(), 1);
        store = BTreeStore.open(platform, FILE, SMALL);
        keySpace = Recovery.open(platform, store, options);
    }

    static SimulatedFileSystem disk() {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.createDirectories(FILE.getParent());
        return disk;
    }

    static TestedKeySpace open(FileSystem files, MvccOptions options) {
        return new TestedKeySpace(files, options);
    }

    /// Commits at a number of changes and, as the clock stands still, at no time.
    static MvccOptions options(int batchLimit) {
        return new MvccOptions(100_000_000, batchLimit, 7, 0, false, 0.9);
    }

    /// Compares everything that is readable.
    void assertEqualTo(PlainKeySpace model, RandomGenerator random) {
        keySpace.validate();
        assertEquals(model.revision(), keySpace.currentRevision());
        assertEquals(model.compacted(), keySpace.compactedRevision());
        assertEquals(model.stateHash(model.revision()), keySpace.stateHash());
        try (ReadTxn read = keySpace.read()) {
            assertRange(model, read, 0, "", "", 0);
            for (int i = 0; i < 8; i++) {
                long oldest = Math.max(1, model.compacted());
                long revision = oldest + random.nextLong(model.revision() - oldest + 1);
                assertEquals(model.stateHash(revision), keySpace.findStateHash(revision));
                String from = "key/" + random.nextInt(100);
                String to = random.nextInt(4) == 0 ? "" : "key/" + random.nextInt(100);
                assertRange(model, read, revision, from, to, random.nextInt(5));
                assertSingle(model, read, random.nextBoolean() ? revision : 0, from);
            }
            assertThrows(FutureRevisionException.class, () -> range(read, model.revision() + 1));
            if (model.compacted() > 1) {
                assertThrows(CompactedException.class, () -> range(read, model.compacted() - 1));
            }
            List<KeyValue> expected = model.kept().stream()
                    .filter(row -> row.main() > model.compacted())
                    .map(PlainKeySpace.Row::encoded)
                    .toList();
            long from = Math.max(0, model.compacted() + 1);
            assertEquals(expected, keyValues(read.history(from, HistoryLimit.NONE).changes()));
            HistoryWindow window = read.history(from, new HistoryLimit(3, 10_000));
            List<KeyValue> first = keyValues(window.changes());
            assertEquals(expected.subList(0, first.size()), first, "a beginning of the history");
            assertEquals(true, first.size() >= Math.min(1, expected.size()));
            long through = first.size() == expected.size() ? model.revision() : first.getLast().modRevision();
            assertEquals(through, window.throughRevision());
        }
        TreeMap<String, String> bookkeeping = new TreeMap<>();
        keySpace.backend().list(Workload.BUCKET).forEach(r -> bookkeeping.put(text(r.key()), text(r.value())));
        assertEquals(model.bookkeeping(), bookkeeping);
        bookkeeping.forEach((key, value) ->
                assertEquals(value, text(keySpace.backend().get(Workload.BUCKET, PlainKeySpace.bytes(key)))));
    }

    private static List<KeyValue> keyValues(List<WriteTxn.Change> changes) {
        changes.forEach(change -> assertEquals(change.isDelete(), change.keyValue().version() == 0));
        return changes.stream().map(WriteTxn.Change::keyValue).toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static RangeResult range(ReadTxn read, long revision) {
        return read.range(KeyRange.all(), new RangeOptions(revision, 0, false));
    }

    static void assertRange(PlainKeySpace model, ReadTxn read, long revision, String from, String to, long limit) {
        SortedMap<String, PlainKeySpace.Row> expected =
                model.visible(revision == 0 ? Long.MAX_VALUE : revision, from, to);
        byte[] start = from.isEmpty() ? new byte[1] : PlainKeySpace.bytes(from);
        KeyRange range = new KeyRange(start, to.isEmpty() ? new byte[1] : PlainKeySpace.bytes(to));
        RangeResult result = read.range(range, new RangeOptions(revision, limit, false));
        List<KeyValue> rows = expected.values().stream()
                .limit(limit == 0 ? Long.MAX_VALUE : limit)
                .map(PlainKeySpace.Row::encoded)
                .toList();
        assertEquals(rows, result.keyValues());
        assertEquals(expected.size(), result.count());
        assertEquals(model.revision(), result.revision());
        RangeResult counted = read.range(range, new RangeOptions(revision, limit, true));
        assertEquals(List.of(), counted.keyValues());
        assertEquals(expected.size(), counted.count());
    }

    private static void assertSingle(PlainKeySpace model, ReadTxn read, long revision, String key) {
        PlainKeySpace.Row row =
                model.visible(revision == 0 ? Long.MAX_VALUE : revision, key, key + "\0").get(key);
        RangeResult result =
                read.range(KeyRange.single(PlainKeySpace.bytes(key)), new RangeOptions(revision, 0, false));
        assertEquals(row == null ? List.of() : List.of(row.encoded()), result.keyValues());
        assertEquals(row == null ? 0 : 1, result.count());
    }

    /// Compares what is in the file; all compactions have to be over.
    void assertStored(PlainKeySpace model) {
        keySpace.backend().commit();
        List<String> stored = new ArrayList<>();
        List<byte[]> records = new ArrayList<>();
        try (ReadTx tx = store.beginRead()) {
            Cursor cursor = tx.bucket(MetaLayout.name(MetaLayout.KEY_BUCKET)).cursor();
            while (cursor.next()) {
                byte[] key = cursor.key().toByteArray();
                Revision revision = RevisionLayout.decode(key);
                stored.add(revision + (RevisionLayout.isTombstone(key) ? "t" : ""));
                records.add(cursor.value().toByteArray());
            }
        }
        List<PlainKeySpace.Row> kept = model.kept();
        assertEquals(kept.stream().map(PlainKeySpace.Row::revision).toList(), stored);
        for (int i = 0; i < kept.size(); i++) {
            assertArrayEquals(kept.get(i).encoded().encoded(), records.get(i));
        }
    }

    void assertCheckIsClean() {
        assertEquals(List.of(), store.check().findings());
    }

    @Override
    public void close() {
        keySpace.close();
    }
}
