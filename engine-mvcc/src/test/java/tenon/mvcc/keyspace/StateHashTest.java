package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.api.Cursor;
import tenon.api.Platform;
import tenon.api.Store;
import tenon.api.WriteBucket;
import tenon.btree.BTreeStore;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.StateHash;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.layout.KeyValueLayout;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

/// The state hash follows the history and nothing else, and a file whose records are not those that were written does not
/// open.
class StateHashTest {
    private static final byte[] KEY = PlainKeySpace.bytes("key");
    private static final byte[] VALUE = PlainKeySpace.bytes("value");

    private final SimulatedFileSystem disk = TestedKeySpace.disk();

    private TestedKeySpace open() {
        return TestedKeySpace.open(disk, TestedKeySpace.options(5));
    }

    private static void put(KeySpace store, int i, String key, String value) {
        try (WriteTxn write = store.write(Workload.at(i))) {
            write.put(PlainKeySpace.bytes(key), PlainKeySpace.bytes(value), 0);
        }
    }

    @Test
    void shouldBeEqualForEqualHistoriesHoweverTheyWereCommittedAndCompacted() {
        RandomGenerator random = Seeds.random(getClass());
        Workload workload = new Workload(random, 30, 700);
        SimulatedFileSystem other = TestedKeySpace.disk();
        try (TestedKeySpace here = open()) {
            TestedKeySpace there = TestedKeySpace.open(other, TestedKeySpace.options(40));
            List<StateHash> passed = new ArrayList<>(List.of(StateHash.EMPTY, StateHash.EMPTY));
            for (int i = 0; i < workload.size(); i++) {
                workload.apply(here.keySpace, i);
                workload.apply(there.keySpace, i);
                assertEquals(here.keySpace.stateHash(), there.keySpace.stateHash());
                if (here.keySpace.currentRevision() == passed.size()) {
                    assertNotEquals(passed.getLast(), here.keySpace.stateHash());
                    passed.add(here.keySpace.stateHash());
                }
                if (random.nextInt(50) == 0) {
                    there.close();
                    there = TestedKeySpace.open(other, TestedKeySpace.options(1 + random.nextInt(40)));
                }
            }
            assertTellsThePast(here.keySpace, passed);
            assertTellsThePast(there.keySpace, passed);
            there.close();
        }
    }

    private static void assertTellsThePast(KeySpace store, List<StateHash> passed) {
        for (long revision = Math.max(1, store.compactedRevision()); revision < passed.size(); revision++) {
            assertEquals(passed.get((int) revision), store.findStateHash(revision));
        }
        assertNull(store.findStateHash(store.currentRevision() + 1));
    }

    @Test
    void shouldNotKnowWhatWasBeforeACompaction() {
        try (TestedKeySpace tested = open()) {
            for (int i = 0; i < 20; i++) {
                put(tested.keySpace, i, "k" + i % 3, "v" + i);
            }
            StateHash at10 = tested.keySpace.findStateHash(10);
            StateHash last = tested.keySpace.stateHash();
            tested.keySpace.compact(10, Workload.at(20)).join();
            assertNull(tested.keySpace.findStateHash(9));
            assertEquals(at10, tested.keySpace.findStateHash(10));
            assertEquals(last, tested.keySpace.stateHash(), "a compaction is no part of the history");
        }
        try (TestedKeySpace tested = open()) {
            assertNull(tested.keySpace.findStateHash(9));
            assertTrue(tested.keySpace.findStateHash(10) != null);
        }
    }

    @Test
    void shouldDifferForEveryOtherHistory() {
        List<StateHash> hashes = new ArrayList<>();
        hashes.add(after(write -> write.put(KEY, VALUE, 0)));
        hashes.add(after(write -> write.put(KEY, PlainKeySpace.bytes("walue"), 0)));
        hashes.add(after(write -> write.put(VALUE, KEY, 0)));
        hashes.add(after(write -> write.put(KEY, VALUE, 1)));
        hashes.add(after(write -> write.put(KEY, VALUE, 0), write -> write.put(KEY, VALUE, 0)));
        hashes.add(after(write -> write.put(KEY, VALUE, 0), write -> write.put(VALUE, KEY, 0)));
        hashes.add(after(write -> write.put(VALUE, KEY, 0), write -> write.put(KEY, VALUE, 0)));
        hashes.add(after(write -> {
            write.put(KEY, VALUE, 0);
            write.put(VALUE, KEY, 0);
        }));
        hashes.add(after(write -> write.put(KEY, VALUE, 0), write -> write.deleteRange(KeyRange.all())));
        assertEquals(hashes.size(), hashes.stream().distinct().count());
        assertEquals(StateHash.EMPTY, after(write -> write.deleteRange(KeyRange.all())), "nothing has changed");
    }

    @SafeVarargs
    private static StateHash after(Consumer<WriteTxn>... entries) {
        try (TestedKeySpace tested = TestedKeySpace.open(TestedKeySpace.disk(), TestedKeySpace.options(5))) {
            for (int i = 0; i < entries.length; i++) {
                try (WriteTxn write = tested.keySpace.write(Workload.at(i))) {
                    entries[i].accept(write);
                }
            }
            return tested.keySpace.stateHash();
        }
    }

    @Test
    void shouldRefuseAFileInWhichOneRecordIsNotTheOneThatWasWritten() {
        RandomGenerator random = Seeds.random(getClass());
        fill(random);
        List<byte[]> keys = keys();
        assertTrue(keys.size() > 20);
        for (byte[] key : keys) {
            SimulatedFileSystem altered = disk.copy();
            alter(altered, (records, meta) -> records.put(key, altered(records.get(key).toByteArray())));
            assertRefused(altered);
        }
    }

    /// A compacted history: what the compaction left, some of it for certain, and what came after it.
    private void fill(RandomGenerator random) {
        Workload workload = new Workload(random, 20, 60);
        try (TestedKeySpace tested = open()) {
            for (int i = 0; i < workload.size(); i++) {
                workload.apply(tested.keySpace, i);
            }
            int i = workload.size();
            for (int kept = 0; kept < 11; kept++) {
                put(tested.keySpace, i++, "kept/" + kept, "1");
            }
            long revision = tested.keySpace.currentRevision();
            tested.keySpace.compact(revision, Workload.at(i++)).join();
            for (int more = 0; more < 10; more++) {
                put(tested.keySpace, i++, "key/" + more, "later");
            }
        }
    }

    /// Another value or, in a tombstone, another key of the same form.
    private static byte[] altered(byte[] record) {
        KeyValue kv = new KeyValue(record);
        byte[] key = kv.key();
        byte[] value = kv.value();
        byte[] target = value.length == 0 ? key : value;
        target[target.length - 1] ^= 1;
        return KeyValueLayout.encode(
                key,
                value,
                new KeyValueLayout.Numbers(kv.createRevision(), kv.modRevision(), kv.version(), kv.leaseId()));
    }

    private List<byte[]> keys() {
        List<byte[]> keys = new ArrayList<>();
        alter(disk, (records, meta) -> {
            Cursor cursor = records.cursor();
            while (cursor.next()) {
                keys.add(cursor.key().toByteArray());
            }
        });
        return keys;
    }

    @Test
    void shouldRefuseAFileThatLostARecordOrGotOneMore() {
        fill(Seeds.random(getClass()));
        for (byte[] key : keys()) {
            SimulatedFileSystem altered = disk.copy();
            alter(altered, (records, meta) -> records.delete(key));
            assertRefused(altered);
        }
        SimulatedFileSystem longer = disk.copy();
        KeyValue more = KeyValue.of(KEY, VALUE, new KeyValue.Origin(5000, 1), 5000, 0);
        alter(longer, (records, meta) -> records.put(RevisionLayout.encode(5000, 0, false), more.encoded()));
        assertRefused(longer);
    }

    @Test
    void shouldRefuseAFileWhoseChainIsNotThatOfItsRecords() {
        fill(Seeds.random(getClass()));
        alter(disk, (records, meta) -> meta.put(
                MetaLayout.name(MetaLayout.CHAIN), MetaLayout.encodeChain(new StateHash(4711, 1))));
        CorruptDataException refusal = assertRefused(disk);
        assertTrue(refusal.getMessage().contains("0000000000001267"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("put this member's files back"), refusal.getMessage());
    }

    @Test
    void shouldRefuseAFileThatLostAHash() {
        for (String name : List.of(MetaLayout.CHAIN, MetaLayout.CHAIN_BEGIN, MetaLayout.RECORD_SUM)) {
            SimulatedFileSystem altered = TestedKeySpace.disk();
            TestedKeySpace.open(altered, TestedKeySpace.options(5)).close();
            alter(altered, (records, meta) -> meta.delete(MetaLayout.name(name)));
            assertTrue(assertRefused(altered).getMessage().contains("'" + name + "' is missing"));
        }
    }

    private static CorruptDataException assertRefused(SimulatedFileSystem files) {
        return assertThrows(
                CorruptDataException.class, () -> TestedKeySpace.open(files, TestedKeySpace.options(5)).close());
    }

    /// Behind the back of the key space, in pages with right checksums.
    private static void alter(SimulatedFileSystem files, BiConsumer<WriteBucket, WriteBucket> change) {
        Platform platform = Platform.system().withFiles(files);
        try (Store store = BTreeStore.open(platform, TestedKeySpace.FILE, TestedKeySpace.SMALL)) {
            store.write(tx -> {
                change.accept(
                        tx.bucket(MetaLayout.name(MetaLayout.KEY_BUCKET)),
                        tx.bucket(MetaLayout.name(MetaLayout.META_BUCKET)));
                return null;
            });
        }
    }
}
