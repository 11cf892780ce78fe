package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.ByteView;
import tenon.api.CorruptDataException;
import tenon.api.DefragmentReport;
import tenon.api.FileInUseException;
import tenon.api.FormatTooNewException;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.StorageFullException;
import tenon.api.TxEndedException;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.api.WrongFileException;
import tenon.testkit.CrashPlan;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

class StoreTest {
    private static final byte[] NAME = {'b'};
    private static final byte[] KEY = {'k'};
    private static final BTreeOptions SMALL = BTreeOptions.DEFAULT
            .withMapSegmentSizeBytes(64 << 10)
            .withGrowStepBytesMax(64 << 10);

    @TempDir
    Path directory;

    private BTreeStore open(BTreeOptions options) {
        return BTreeStore.open(Platform.system(), directory.resolve("store"), options);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RandomGenerator random = Seeds.from(length);
        random.nextBytes(bytes);
        return bytes;
    }

    private static void put(BTreeStore store, byte[] key, byte[] value) {
        store.write(tx -> {
            tx.createBucketIfAbsent(NAME).put(key, value);
            return null;
        });
    }

    private static byte[] get(BTreeStore store, byte[] key) {
        return store.read(tx -> {
            ByteView view = tx.bucket(NAME).get(key);
            return view == null ? null : view.toByteArray();
        });
    }

    @Test
    void shouldKeepValuesLongerThanMapSegments() {
        byte[] value = random(5 << 20);
        try (BTreeStore store = open(SMALL)) {
            put(store, KEY, value);
            assertArrayEquals(value, get(store, KEY));
            put(store, new byte[] {'l'}, random(70_000));
            assertEquals(List.of(), store.check().findings());
        }
        try (BTreeStore store = open(SMALL)) {
            assertArrayEquals(value, get(store, KEY));
            put(store, KEY, random(3 << 20));
            put(store, KEY, value);
            assertArrayEquals(value, get(store, KEY));
            store.defragment();
            assertArrayEquals(value, get(store, KEY));
            assertEquals(List.of(), store.check().findings());
        }
        // Another segment size finds borders elsewhere.
        try (BTreeStore store = open(SMALL.withMapSegmentSizeBytes(128 << 10))) {
            assertArrayEquals(value, get(store, KEY));
            assertEquals(List.of(), store.check().findings());
        }
    }

    @Test
    void shouldRefuseSecondOpener() {
        try (BTreeStore store = open(SMALL)) {
            assertThrows(FileInUseException.class, () -> open(SMALL));
            assertThrows(FileInUseException.class, () -> open(SMALL.withReadOnly(true)));
            put(store, KEY, KEY);
        }
        try (BTreeStore store = open(SMALL.withReadOnly(true).withPrefault(true))) {
            assertArrayEquals(KEY, get(store, KEY));
            assertThrows(MisuseException.class, store::beginWrite);
            assertThrows(FileInUseException.class, () -> open(SMALL));
            assertEquals(List.of(), store.check().findings());
        }
    }

    @Test
    void shouldTellWrongFileFromNewAndDamagedOne() throws IOException {
        Path path = directory.resolve("store");
        Files.write(path, random(100_000));
        assertThrows(WrongFileException.class, () -> open(SMALL));
        Files.writeString(path, "hello");
        assertThrows(WrongFileException.class, () -> open(SMALL));
        Files.write(path, new byte[0]);
        open(SMALL).close();
        byte[] good = Files.readAllBytes(path);
        byte[] bad = good.clone();
        for (int copy : new int[] {0, 512, 4096, 4608}) {
            bad[copy + 20] ^= 1;
        }
        Files.write(path, bad);
        assertThrows(CorruptDataException.class, () -> open(SMALL));
        Meta newer = new Meta(MetaLayout.FORMAT_VERSION + 1, 4096, 1, 0, 0, 0, 0, 2, 0);
        byte[] page = new byte[4096];
        newer.encode().get(page);
        Files.write(path, page);
        assertThrows(FormatTooNewException.class, () -> open(SMALL));
    }

    @Test
    void shouldRefuseFileThatWasCutShort() throws IOException {
        Path path = directory.resolve("store");
        try (BTreeStore store = open(SMALL)) {
            put(store, KEY, random(100_000));
        }
        byte[] whole = Files.readAllBytes(path);
        Files.write(path, java.util.Arrays.copyOf(whole, 50_000));
        assertThrows(CorruptDataException.class, () -> open(SMALL));
    }

    @Test
    void shouldEndTransactionsWhenClosed() {
        BTreeStore store = open(SMALL);
        put(store, KEY, random(100));
        ReadTx read = store.beginRead();
        ByteView view = read.bucket(NAME).get(KEY);
        var cursor = read.bucket(NAME).cursor();
        assertTrue(cursor.first());
        WriteTx write = store.beginWrite();
        WriteBucket bucket = write.bucket(NAME);
        store.close();
        assertThrows(TxEndedException.class, view::toByteArray);
        assertThrows(TxEndedException.class, () -> view.get(0));
        assertThrows(TxEndedException.class, cursor::next);
        assertThrows(TxEndedException.class, () -> read.findBucket(NAME));
        assertThrows(TxEndedException.class, () -> bucket.put(KEY, KEY));
        assertThrows(TxEndedException.class, write::commit);
        write.close();
        read.close();
        assertThrows(MisuseException.class, store::beginRead);
        assertThrows(MisuseException.class, store::beginWrite);
        store.close();
    }

    @Test
    void shouldNeverShowOtherBytesAfterTransactionEnded() {
        try (BTreeStore store = open(SMALL)) {
            put(store, KEY, random(100));
            ReadTx read = store.beginRead();
            ByteView view = read.bucket(NAME).get(KEY);
            assertEquals(100, view.lengthBytes());
            read.close();
            read.close();
            assertThrows(TxEndedException.class, view::toByteArray);
            assertThrows(TxEndedException.class, view::lengthBytes);
            WriteTx write = store.beginWrite();
            ByteView dirty = write.bucket(NAME).get(KEY);
            write.bucket(NAME).put(KEY, random(50));
            assertThrows(TxEndedException.class, dirty::toByteArray);
            assertTrue(write.bucket(NAME).get(KEY, dirty));
            assertArrayEquals(random(50), dirty.toByteArray());
            write.rollback();
            assertThrows(TxEndedException.class, dirty::toByteArray);
            assertThrows(TxEndedException.class, write::rollback);
            write.close();
            assertArrayEquals(random(100), get(store, KEY));
        }
    }

    @Test
    void shouldRefuseKeysAndValuesOutOfBounds() {
        try (BTreeStore store = open(SMALL);
                WriteTx tx = store.beginWrite()) {
            WriteBucket bucket = tx.createBucket(NAME);
            assertThrows(MisuseException.class, () -> tx.createBucket(NAME));
            assertThrows(MisuseException.class, () -> bucket.put(new byte[0], KEY));
            assertThrows(MisuseException.class, () -> bucket.put(new byte[1537], KEY));
            assertThrows(MisuseException.class, () -> bucket.put(KEY, KEY, 0, 2));
            assertThrows(MisuseException.class, () -> bucket.setFillPercent(1.1));
            bucket.put(new byte[1536], new byte[0]);
            assertEquals(0, bucket.get(new byte[1536]).lengthBytes());
            assertNull(bucket.get(KEY));
            assertThrows(MisuseException.class, () -> tx.bucket(KEY));
            assertFalse(tx.deleteBucket(KEY));
            assertTrue(tx.deleteBucket(NAME));
            assertThrows(MisuseException.class, () -> bucket.put(KEY, KEY));
            tx.commit();
        }
    }

    @Test
    void shouldReuseFreedPagesBeforeGrowing() {
        try (BTreeStore store = open(SMALL)) {
            for (int round = 0; round < 60; round++) {
                for (int i = 0; i < 10; i++) {
                    put(store, new byte[] {(byte) i}, random(3000));
                }
            }
            assertTrue(store.stats().pageCount() < 80, "pages: " + store.stats());
            long before = store.stats().pageCount();
            try (ReadTx pinned = store.beginRead()) {
                for (int i = 0; i < 30; i++) {
                    put(store, new byte[] {(byte) i}, random(3001));
                }
                assertEquals(1, store.stats().openReadTxCount());
                assertEquals(pinned.txid(), store.stats().oldestReadTxid());
                assertArrayEquals(random(3000), pinned.bucket(NAME).get(new byte[] {1}).toByteArray());
            }
            assertTrue(store.stats().pageCount() > before + 30, "a reader should hold pages back");
            assertEquals(List.of(), store.check().findings());
        }
    }

    @Test
    void shouldGoOnAfterMaximumSizeOrFullDiskRefusedCommit() {
        SimulatedFileSystem disk = Workload.newDisk();
        BTreeOptions options = SMALL.withSizeBytesMax(1 << 20);
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, options)) {
            put(store, KEY, random(100_000));
            assertThrows(StorageFullException.class, () -> put(store, new byte[] {1}, random(2 << 20)));
            disk.setCapacityBytes(400_000);
            assertThrows(StorageFullException.class, () -> put(store, new byte[] {1}, random(500_000)));
            put(store, new byte[] {2}, random(1000));
            assertArrayEquals(random(100_000), get(store, KEY));
            assertNull(get(store, new byte[] {1}));
            assertEquals(List.of(), store.check().findings());
        }
    }

    @Test
    void shouldCopyWhileInUse() throws IOException {
        try (BTreeStore store = open(SMALL)) {
            put(store, KEY, random(200_000));
            for (int i = 0; i < 100; i++) {
                put(store, ("key" + i).getBytes(), random(i * 10));
            }
            ByteArrayOutputStream copied = new ByteArrayOutputStream();
            long[] announced = new long[1];
            long written = store.copyTo(copied, size -> announced[0] = size);
            assertEquals(copied.size(), written);
            assertEquals(announced[0], written);
            Path copy = directory.resolve("copy");
            Files.write(copy, copied.toByteArray());
            try (BTreeStore other = BTreeStore.open(Platform.system(), copy, SMALL)) {
                assertEquals(List.of(), other.check().findings());
                assertEquals(store.stats().txid(), other.stats().txid());
                assertArrayEquals(random(200_000), get(other, KEY));
                put(other, KEY, KEY);
                assertEquals(List.of(), other.check().findings());
            }
        }
    }

    @Test
    void shouldShrinkByDefragmentationWhileReadersGoOn() {
        try (BTreeStore store = open(SMALL)) {
            store.write(tx -> {
                tx.createBucket(NAME).setSequence(42);
                tx.bucket(NAME).createBucket("nested".getBytes()).put(KEY, random(10));
                return null;
            });
            for (int i = 0; i < 200; i++) {
                put(store, ("key" + i).getBytes(), random(2000));
            }
            ReadTx old = store.beginRead();
            store.write(tx -> {
                for (int i = 0; i < 190; i++) {
                    tx.bucket(NAME).delete(("key" + i).getBytes());
                }
                return null;
            });
            long txid = store.stats().txid();
            DefragmentReport report = store.defragment();
            assertTrue(report.afterBytes() < report.beforeBytes() / 4, report.toString());
            assertTrue(store.stats().txid() > txid);
            assertArrayEquals(random(2000), old.bucket(NAME).get("key7".getBytes()).toByteArray());
            old.close();
            assertThrows(FileInUseException.class, () -> open(SMALL), "the new file should be locked");
            assertEquals(List.of(), store.check().findings());
            assertArrayEquals(random(2000), get(store, "key195".getBytes()));
            assertEquals(42, store.<Long>read(tx -> tx.bucket(NAME).sequence()));
            put(store, KEY, KEY);
        }
        try (BTreeStore store = open(SMALL)) {
            assertArrayEquals(KEY, get(store, KEY));
            assertEquals(11 + 1, store.<Long>read(tx -> tx.bucket(NAME).stats().keyCount()));
        }
    }

    @Test
    void shouldLoseOnlyCommitsSinceSyncInThatMode() {
        SimulatedFileSystem disk = Workload.newDisk();
        BTreeOptions options = SMALL.withSyncMode(SyncMode.LOSE_COMMITS_SINCE_SYNC);
        RandomGenerator random = Seeds.random(StoreTest.class);
        BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, options);
        put(store, KEY, random(100));
        store.sync();
        for (int i = 0; i < 50; i++) {
            put(store, KEY, random(200 + i));
            put(store, new byte[] {(byte) i}, random(500));
        }
        assertArrayEquals(random(249), get(store, KEY));
        for (int i = 0; i < 10; i++) {
            SimulatedFileSystem after = disk.crash(CrashPlan.random(random));
            try (BTreeStore reopened = BTreeStore.open(Workload.platform(after), Workload.PATH, SMALL)) {
                assertArrayEquals(random(100), get(reopened, KEY));
                assertEquals(List.of(), reopened.check().findings());
            }
        }
    }
}
