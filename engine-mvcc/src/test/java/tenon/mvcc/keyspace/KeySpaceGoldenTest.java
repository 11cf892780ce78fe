package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tenon.api.Cursor;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.btree.StoreInspector;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.Backend;
import tenon.mvcc.CompactedException;
import tenon.mvcc.FutureRevisionException;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.KeyspaceHash;
import tenon.mvcc.MvccStore;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.StateHash;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.layout.MetaLayout;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// Key spaces of each format version that was ever released still open, and the newest is written as it was. What is
/// expected of them is spelled out here, so that a mistake in reading cannot hide behind the same one in writing.
/// `-Dtenon.rewrite=true` writes the file of the newest version anew.
class KeySpaceGoldenTest {
    private static final AppliedIndex LAST = new AppliedIndex(4, 19);
    private static final String ALARM = "alarm";
    private static final byte[] ODD_KEY = {0, (byte) 0xff};

    /// The buckets of version 1: two versions of `alpha` and the one of `beta` were compacted away, as was the
    /// first life of `gamma` with its tombstone. The tombstone at the compacted revision stays.
    private static final String RECORDS_OF_VERSION_1 = """
            alarm
              6e6f7370616365 01
            key
              00000000000000055f0000000000000000 0a05616c7068611002180520032a026133
              00000000000000055f000000000000000174 0a04626574611805
              00000000000000065f0000000000000000 0a0200ff100618062001
              00000000000000065f0000000000000001 0a0567616d6d611006180620012a02673230ffffffffffffffff7f
              00000000000000075f0000000000000000 0a0567616d6d611006180720022a026733
              00000000000000075f0000000000000001 0a05616c7068611002180720042a026134
              00000000000000085f000000000000000074 0a05616c7068611808
            meta
              636f6e73697374656e742d696e646578 00000000000000130000000000000004
              66696e69736865642d636f6d70616374696f6e 0000000000000005
              666f726d6174 00000001
              7363686564756c65642d636f6d70616374696f6e 0000000000000005
            """;

    /// The same, with the hashes of what was written and of what is left.
    private static final String RECORDS_OF_VERSION_2 = RECORDS_OF_VERSION_1
            .replace("666f726d6174 00000001", "666f726d6174 00000002\n  7265636f72642d73756d ec981af2931c549d")
            .replace(
                    "meta\n",
                    "meta\n  636861696e 468ead4c16d37c700000000000000001\n"
                            + "  636861696e2d626567696e 00000000000000056d94da568b6a31c2\n");

    private static final long STATE_HASH = 0x468ead4c16d37c70L;

    private static byte[] bytes(String text) {
        return PlainKeySpace.bytes(text);
    }

    /// Every kind of record: first and later versions, with and without lease, an empty value, tombstones before, at
    /// and behind the compacted revision, a second generation, bookkeeping, an entry that was skipped.
    private static SimulatedFileSystem write() {
        SimulatedFileSystem disk = TestedKeySpace.disk();
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(1000))) {
            KeySpace store = tested.keySpace;
            try (WriteTxn first = store.write(new AppliedIndex(3, 11))) {
                first.put(bytes("alpha"), bytes("a1"), 0);
                first.put(bytes("beta"), bytes("b1"), 77);
                first.put(bytes("gamma"), bytes("g1"), 0);
            }
            put(store, new AppliedIndex(3, 12), "alpha", "a2");
            delete(store, new AppliedIndex(3, 13), "gamma");
            try (WriteTxn both = store.write(new AppliedIndex(3, 14))) {
                both.put(bytes("alpha"), bytes("a3"), 0);
                both.deleteRange(KeyRange.single(bytes("beta")));
            }
            store.backend().put(ALARM, bytes("corrupt"), new byte[] {2});
            store.backend().put(ALARM, bytes("nospace"), new byte[] {1});
            store.backend().commit();
            store.compact(5, new AppliedIndex(3, 15)).join();
            try (WriteTxn second = store.write(new AppliedIndex(3, 16))) {
                second.put(ODD_KEY, new byte[0], 0);
                second.put(bytes("gamma"), bytes("g2"), Long.MAX_VALUE);
            }
            try (WriteTxn third = store.write(new AppliedIndex(3, 17))) {
                third.put(bytes("gamma"), bytes("g3"), 0);
                third.put(bytes("alpha"), bytes("a4"), 0);
            }
            delete(store, new AppliedIndex(3, 18), "alpha");
            store.backend().delete(ALARM, bytes("corrupt"));
            store.skip(LAST);
        }
        return disk;
    }

    private static void put(MvccStore store, AppliedIndex at, String key, String value) {
        try (WriteTxn write = store.write(at)) {
            write.put(bytes(key), bytes(value), 0);
        }
    }

    private static void delete(MvccStore store, AppliedIndex at, String key) {
        try (WriteTxn write = store.write(at)) {
            assertEquals(1, write.deleteRange(KeyRange.single(bytes(key))));
        }
    }

    private static Platform platform(SimulatedFileSystem disk) {
        return new Platform(disk, new ManualClock(), Platform.system().threads(), 1);
    }

    private static byte[] golden(int version) throws IOException {
        String name = "/testdata/format-" + version + "/keyspace.golden";
        try (InputStream in = KeySpaceGoldenTest.class.getResourceAsStream(name)) {
            assertNotNull(in, name);
            return in.readAllBytes();
        }
    }

    private static SimulatedFileSystem disk(byte[] content) {
        SimulatedFileSystem disk = TestedKeySpace.disk();
        disk.setContent(TestedKeySpace.FILE, content);
        return disk;
    }

    /// All buckets with all records in hex, past all code of the key space.
    private static String records(SimulatedFileSystem disk) {
        StringBuilder records = new StringBuilder();
        HexFormat hex = HexFormat.of();
        try (BTreeStore store = BTreeStore.open(platform(disk), TestedKeySpace.FILE, BTreeOptions.DEFAULT);
                ReadTx tx = store.beginRead()) {
            assertEquals(List.of(), store.check().findings());
            for (byte[] name : tx.bucketNames()) {
                records.append(text(name)).append('\n');
                Cursor cursor = tx.bucket(name).cursor();
                while (cursor.next()) {
                    records.append("  ").append(hex.formatHex(cursor.key().toByteArray()));
                    records.append(' ').append(hex.formatHex(cursor.value().toByteArray())).append('\n');
                }
            }
        }
        return records.toString();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /// `key=value` with createRevision, modRevision, version and lease.
    private static String text(KeyValue kv) {
        return text(kv.key()) + "=" + text(kv.value()) + " " + kv.createRevision() + " " + kv.modRevision() + " "
                + kv.version() + " " + kv.leaseId();
    }

    private static List<String> range(ReadTxn read, long revision) {
        return read.range(KeyRange.all(), new RangeOptions(revision, 0, false)).keyValues().stream()
                .map(KeySpaceGoldenTest::text)
                .toList();
    }

    @Test
    void shouldWriteTheFormatOfThisVersion() throws IOException {
        SimulatedFileSystem disk = write();
        if (Boolean.getBoolean("tenon.rewrite")) {
            int usedBytes;
            try (StoreInspector inspector = StoreInspector.open(platform(disk), TestedKeySpace.FILE)) {
                usedBytes = (int) inspector.tx().sizeBytes();
            }
            Path target = Path.of(
                    "src/test/resources/testdata/format-" + MetaLayout.FORMAT_VERSION, "keyspace.golden");
            Files.createDirectories(target.getParent());
            Files.write(target, Arrays.copyOf(disk.content(TestedKeySpace.FILE), usedBytes));
        } else {
            // Which page holds a record is the page store's affair, and has a golden file of its own.
            assertEquals(records(disk(golden(MetaLayout.FORMAT_VERSION))), records(disk));
        }
    }

    @Test
    void shouldHoldTheRecordsOfTheDocument() throws IOException {
        assertEquals(RECORDS_OF_VERSION_1, records(disk(golden(1))));
        assertEquals(RECORDS_OF_VERSION_2, records(disk(golden(2))));
    }

    @Test
    void shouldOpenEachVersion() throws IOException {
        for (int version = 1; version <= MetaLayout.FORMAT_VERSION; version++) {
            try (MvccStore store = open(disk(golden(version)))) {
                assertState(store);
                assertReads(store);
                assertHashes(store, version);
            }
        }
    }

    @Test
    void shouldKeepTheStateHashFromTheFirstOpeningOn() throws IOException {
        SimulatedFileSystem disk = disk(golden(1));
        StateHash begin = StateHash.beginningAt(8);
        try (MvccStore store = open(disk)) {
            assertEquals(begin, store.stateHash());
            put(store, new AppliedIndex(4, 20), "alpha", "a5");
            assertNull(store.findStateHash(7));
            assertEquals(begin, store.findStateHash(8));
        }
        try (MvccStore store = open(disk)) {
            assertEquals(8, store.stateHash().sinceRevision());
            assertNotEquals(begin, store.stateHash());
            assertEquals(store.stateHash(), store.findStateHash(9));
            assertEquals(begin, store.findStateHash(8));
        }
    }

    private static MvccStore open(SimulatedFileSystem disk) {
        return MvccStore.open(platform(disk), TestedKeySpace.FILE, TestedKeySpace.options(1000));
    }

    private static void assertState(MvccStore store) {
        assertEquals(8, store.currentRevision());
        assertEquals(5, store.compactedRevision());
        assertEquals(LAST, store.appliedIndex());
        assertEquals(LAST, store.backend().durableIndex());
        assertEquals(2, store.stats().keyCount());
        String alarms = store.backend().list(ALARM).stream()
                .map((Backend.Record r) -> text(r.key()) + "=" + Arrays.toString(r.value()))
                .collect(Collectors.joining(" "));
        assertEquals("nospace=[1]", alarms);
    }

    private static void assertReads(MvccStore store) {
        String odd = "\0\u00ff= 6 6 1 0";
        try (ReadTxn read = store.read()) {
            assertThrows(CompactedException.class, () -> range(read, 4));
            assertEquals(List.of("alpha=a3 2 5 3 0"), range(read, 5));
            String leased = "gamma=g2 6 6 1 9223372036854775807";
            assertEquals(List.of(odd, "alpha=a3 2 5 3 0", leased), range(read, 6));
            assertEquals(List.of(odd, "alpha=a4 2 7 4 0", "gamma=g3 6 7 2 0"), range(read, 7));
            assertEquals(List.of(odd, "gamma=g3 6 7 2 0"), range(read, 8));
            assertEquals(range(read, 8), range(read, 0));
            assertThrows(FutureRevisionException.class, () -> range(read, 9));
            List<String> history = read.history(5, HistoryLimit.NONE).changes().stream()
                    .map(change -> (change.isDelete() ? "deleted " : "") + text(change.keyValue()))
                    .toList();
            List<String> expected = List.of(
                    "alpha=a3 2 5 3 0",
                    "deleted beta= 0 5 0 0",
                    odd,
                    leased,
                    "gamma=g3 6 7 2 0",
                    "alpha=a4 2 7 4 0",
                    "deleted alpha= 0 8 0 0");
            assertEquals(expected, history);
        }
    }

    /// Members of a cluster compare the first two with one another, whatever version they run.
    private static void assertHashes(MvccStore store, int version) {
        assertEquals(new KeyspaceHash(0x487b771b, 5, 5, 8), store.hashKeyspace(5));
        assertEquals(new KeyspaceHash(0xc4ab1727, 8, 5, 8), store.hashKeyspace(0));
        assertEquals(version == 1 ? 0x78e4df4 : 0xf877aa30, store.backend().hash());
        StateHash ofVersion2 = new StateHash(STATE_HASH, 1);
        assertEquals(version == 1 ? StateHash.beginningAt(8) : ofVersion2, store.stateHash());
        assertEquals(version == 1 ? null : ofVersion2, store.findStateHash(version == 1 ? 7 : 8));
    }

    @Test
    void shouldGoOnWithEachVersion() throws IOException {
        for (int version = 1; version <= MetaLayout.FORMAT_VERSION; version++) {
            SimulatedFileSystem disk = disk(golden(version));
            try (MvccStore store = open(disk)) {
                assertThrows(MisuseException.class, () -> store.skip(LAST), "applied already");
                put(store, new AppliedIndex(4, 20), "alpha", "a5");
                put(store, new AppliedIndex(4, 21), "gamma", "g4");
                store.compact(10, new AppliedIndex(4, 22)).join();
            }
            assertFalse(records(disk).contains("62657461"), "the tombstone of `beta` is compacted away at last");
            try (MvccStore store = open(disk);
                    ReadTxn read = store.read()) {
                assertEquals(new AppliedIndex(4, 22), store.appliedIndex());
                assertEquals(
                        List.of("\0\u00ff= 6 6 1 0", "alpha=a5 9 9 1 0", "gamma=g4 6 10 3 0"), range(read, 0));
            }
        }
    }
}
