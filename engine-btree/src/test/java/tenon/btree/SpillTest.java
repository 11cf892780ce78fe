package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tenon.api.Cursor;
import tenon.api.KeyRange;
import tenon.api.ReadTx;
import tenon.api.StorageException;
import tenon.api.StorageFailedException;
import tenon.api.StorageFullException;
import tenon.api.StorageIoException;
import tenon.api.WriteBucket;
import tenon.api.WriteCursor;
import tenon.api.WriteTx;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// Transactions that append so much that their pages are written before they end.
class SpillTest {
    private static final byte[] NAME = {'b'};
    private static final int PAGE_BYTES = Workload.OPTIONS.pageSizeBytes();
    private static final int VALUE_BYTES = 100;
    private static final int KEYS_PER_LEAF = 8;
    /// Of one spill, and some more.
    private static final int PIECE = (CommitWriter.SPILL_PAGES + 40) * KEYS_PER_LEAF;
    private static final int SPILLS = 3;

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private static byte[] value(int number, int round) {
        byte[] value = new byte[VALUE_BYTES];
        Arrays.fill(value, (byte) (31 * number + round));
        return value;
    }

    private static BTreeStore open(SimulatedFileSystem disk, SyncMode mode) {
        return BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS.withSyncMode(mode));
    }

    /// A store with one piece.
    private static SimulatedFileSystem loadedDisk() {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = Workload.open(disk)) {
            store.write(tx -> append(tx.createBucket(NAME), 0, PIECE));
        }
        return disk;
    }

    private static boolean append(WriteBucket bucket, int from, int to) {
        for (int number = from; number < to; number++) {
            bucket.append(key(number), value(number, 0));
        }
        return true;
    }

    private static void appendAll(BTreeStore store) {
        store.write(tx -> append(tx.bucket(NAME), PIECE, (1 + SPILLS) * PIECE));
    }

    private static int keyCount(BTreeStore store) {
        return store.<Integer>read(tx -> {
            Cursor cursor = tx.bucket(NAME).cursor();
            int count = 0;
            for (; cursor.next(); count++) {
                assertArrayEquals(key(count), cursor.key().toByteArray());
                assertArrayEquals(value(count, 0), cursor.value().toByteArray());
            }
            return count;
        });
    }

    private static void assertHolds(BTreeStore store, int keyCount, String when) {
        assertEquals(List.of(), store.check().findings(), when);
        assertEquals(keyCount, keyCount(store), when);
    }

    @ParameterizedTest
    @EnumSource(SyncMode.class)
    void shouldWriteFullPagesBeforeTheCommitAndShowThemToNobodyElse(SyncMode mode) {
        SimulatedFileSystem disk = loadedDisk();
        try (BTreeStore store = open(disk, mode)) {
            long before = disk.content(Workload.PATH).length;
            try (WriteTx tx = store.beginWrite();
                    ReadTx earlier = store.beginRead()) {
                WriteBucket bucket = tx.bucket(NAME);
                append(bucket, PIECE, (1 + SPILLS) * PIECE);
                long written = disk.content(Workload.PATH).length - before;
                // A few of them lie among the pages of the load before.
                assertTrue(written >= (SPILLS - 1L) * CommitWriter.SPILL_PAGES * PAGE_BYTES, written + " bytes");
                for (int number = 0; number < (1 + SPILLS) * PIECE; number++) {
                    assertEquals(0, bucket.get(key(number)).compareTo(value(number, 0)));
                }
                assertNull(earlier.bucket(NAME).get(key(PIECE)));
                tx.commit();
                assertNull(earlier.bucket(NAME).get(key(PIECE)));
            }
            assertHolds(store, (1 + SPILLS) * PIECE, "after the commit");
        }
        try (BTreeStore store = Workload.open(disk)) {
            assertHolds(store, (1 + SPILLS) * PIECE, "opened again");
        }
    }

    @Test
    void shouldForgetAllOfATransactionThatIsRolledBack() {
        SimulatedFileSystem disk = loadedDisk();
        try (BTreeStore store = Workload.open(disk)) {
            for (int round = 0; round < 3; round++) {
                try (WriteTx tx = store.beginWrite()) {
                    append(tx.bucket(NAME), PIECE, (1 + SPILLS) * PIECE);
                }
                assertHolds(store, PIECE, "rolled back");
            }
            store.write(tx -> tx.bucket(NAME).putIfAbsent(key(PIECE), value(PIECE, 0)));
            assertHolds(store, PIECE + 1, "after the next commit");
            long size = disk.content(Workload.PATH).length;
            assertTrue(size < 2L * PIECE / KEYS_PER_LEAF * PAGE_BYTES, size + " bytes are left of it");
        }
    }

    /// Pages that are in the file already are changed, joined and freed.
    @Test
    void shouldChangeWhatIsSpilledAsAnythingElse() {
        RandomGenerator random = Seeds.random(SpillTest.class);
        SimulatedFileSystem disk = loadedDisk();
        TreeMap<Integer, Integer> model = new TreeMap<>();
        for (int number = 0; number < PIECE; number++) {
            model.put(number, 0);
        }
        try (BTreeStore store = Workload.open(disk)) {
            for (int round = 1; round <= 12; round++) {
                TreeMap<Integer, Integer> changed = new TreeMap<>(model);
                boolean commits = random.nextInt(4) > 0;
                try (WriteTx tx = store.beginWrite()) {
                    change(tx.bucket(NAME), changed, round, random);
                    if (commits) {
                        tx.commit();
                    }
                }
                model = commits ? changed : model;
                assertEquals(List.of(), store.check().findings(), "round " + round);
                assertSame(store, model, "round " + round);
            }
        }
        try (BTreeStore store = Workload.open(disk)) {
            assertSame(store, model, "opened again");
        }
    }

    private static void change(WriteBucket bucket, TreeMap<Integer, Integer> model, int round, RandomGenerator random) {
        for (int part = 0; part < 3; part++) {
            int first = model.isEmpty() ? 0 : model.lastKey() + 1;
            for (int number = first; number < first + PIECE; number++) {
                bucket.append(key(number), value(number, 0));
                model.put(number, 0);
            }
            for (int i = random.nextInt(400); i > 0; i--) {
                int number = random.nextInt(first + PIECE);
                bucket.put(key(number), value(number, round));
                model.put(number, round);
            }
            int from = random.nextInt(first + PIECE);
            int to = from + random.nextInt(PIECE);
            bucket.deleteRange(new KeyRange(key(from), key(to)));
            model.subMap(from, to).clear();
            WriteCursor cursor = bucket.cursor();
            boolean found = cursor.seek(key(random.nextInt(first + PIECE)));
            for (int i = random.nextInt(300); found && i > 0; i--) {
                model.remove(ByteBuffer.wrap(cursor.key().toByteArray()).getInt());
                cursor.delete();
                found = cursor.next();
            }
        }
    }

    private static void assertSame(BTreeStore store, TreeMap<Integer, Integer> model, String when) {
        try (ReadTx tx = store.beginRead()) {
            Cursor cursor = tx.bucket(NAME).cursor();
            for (Map.Entry<Integer, Integer> element : model.entrySet()) {
                assertTrue(cursor.next(), when);
                assertArrayEquals(key(element.getKey()), cursor.key().toByteArray(), when);
                assertArrayEquals(
                        value(element.getKey(), element.getValue()), cursor.value().toByteArray(), when);
            }
            assertFalse(cursor.next(), when);
        }
    }

    @Test
    void shouldOpenAtOldOrNewCommitAfterPowerCutAtAnyOperation() {
        SimulatedFileSystem whole = loadedDisk();
        long first = whole.operationCount() + 1;
        try (BTreeStore store = Workload.open(whole)) {
            appendAll(store);
        }
        long last = whole.operationCount();
        RandomGenerator random = Seeds.random(SpillTest.class);
        int old = 0;
        int states = 0;
        for (long operation = first; operation <= last; operation++) {
            SimulatedFileSystem disk = loadedDisk();
            disk.failAt(operation, Fault.POWER_CUT);
            assertThrows(SimulatedPowerCut.class, () -> {
                BTreeStore store = Workload.open(disk);
                try {
                    appendAll(store);
                } finally {
                    store.close();
                }
            });
            for (int i = 0; i < 6; i++) {
                states++;
                old += isOld(disk.crash(random), "power cut at operation " + operation) ? 1 : 0;
            }
        }
        System.out.println("SpillTest: " + states + " states of the disk, " + old + " at the old commit");
        assertTrue(old > states / 2 && old < states, old + " of " + states);
    }

    private static boolean isOld(SimulatedFileSystem disk, String when) {
        try (BTreeStore store = Workload.open(disk)) {
            boolean isOld = store.<Boolean>read(tx -> tx.bucket(NAME).get(key(PIECE)) == null);
            assertHolds(store, isOld ? PIECE : (1 + SPILLS) * PIECE, when);
            return isOld;
        }
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"IO_ERROR", "IO_ERROR_PARTIAL"})
    void shouldTakeNoMoreWritesAfterAnErrorOfTheMedium(Fault fault) {
        SimulatedFileSystem whole = loadedDisk();
        long first;
        long last;
        try (BTreeStore store = Workload.open(whole)) {
            first = whole.operationCount() + 1;
            appendAll(store);
            last = whole.operationCount();
        }
        for (long operation = first; operation <= last; operation++) {
            SimulatedFileSystem disk = loadedDisk();
            String when = fault + " at operation " + operation;
            try (BTreeStore store = Workload.open(disk)) {
                disk.failAt(operation, fault);
                assertThrows(StorageIoException.class, () -> appendAll(store), when);
                assertThrows(StorageFailedException.class, () -> appendAll(store), when);
                assertHolds(store, PIECE, when);
            }
            isOld(disk.crash(CrashPlan.dropAll()), when);
        }
    }

    /// It is the commit that finds no room. What was written before it is given back.
    @Test
    void shouldGoOnWithoutRoomAndSaySoAtTheCommit() {
        long used = loadedDisk().usedBytes();
        for (int room = 0; room < SPILLS * PIECE / KEYS_PER_LEAF; room += 100) {
            SimulatedFileSystem disk = loadedDisk();
            try (BTreeStore store = Workload.open(disk)) {
                disk.setCapacityBytes(used + (long) room * PAGE_BYTES + 10);
                StorageException full = assertThrows(StorageFullException.class, () -> appendAll(store));
                assertFalse(full.getMessage().isEmpty());
                assertHolds(store, PIECE, "full");
                disk.setCapacityBytes(Long.MAX_VALUE);
                appendAll(store);
                assertHolds(store, (1 + SPILLS) * PIECE, "with room");
            }
        }
    }

    @Test
    void shouldWriteNothingBehindTheLargestSize() {
        long sizeBytesMax = 3L * PIECE / KEYS_PER_LEAF * PAGE_BYTES;
        SimulatedFileSystem disk = loadedDisk();
        BTreeOptions options = Workload.OPTIONS.withSizeBytesMax(sizeBytesMax);
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, options)) {
            assertThrows(StorageFullException.class, () -> appendAll(store));
            assertTrue(disk.content(Workload.PATH).length <= sizeBytesMax);
            assertHolds(store, PIECE, "full");
            store.write(tx -> append(tx.bucket(NAME), PIECE, PIECE + KEYS_PER_LEAF));
            assertHolds(store, PIECE + KEYS_PER_LEAF, "with what has room");
        }
    }
}
