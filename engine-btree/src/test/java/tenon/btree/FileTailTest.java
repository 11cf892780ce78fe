package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.ReadTx;
import tenon.api.WriteBucket;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// The free end of the file goes back to the file system, and nobody misses it.
class FileTailTest {
    private static final byte[] NAME = {'b'};
    private static final int PAGE_BYTES = Workload.OPTIONS.pageSizeBytes();
    private static final int KEY_COUNT = 1000;
    private static final byte[] LONG_VALUE = new byte[600];

    private static byte[] key(int i) {
        return new byte[] {(byte) (i >> 8), (byte) i};
    }

    private static void put(BTreeStore store, int from, int to) {
        store.write(tx -> {
            WriteBucket bucket = tx.createBucketIfAbsent(NAME);
            for (int i = from; i < to; i++) {
                bucket.put(key(i), LONG_VALUE);
            }
            return null;
        });
    }

    /// What is left moves to the front; old pages of the freelist go.
    private static void rewrite(BTreeStore store, int count) {
        for (int i = 0; i < 20; i++) {
            put(store, 0, i < 3 ? count : 1);
            assertClean(store);
        }
    }

    private static void delete(BTreeStore store, int from, int to) {
        store.write(tx -> {
            for (int i = from; i < to; i++) {
                tx.bucket(NAME).delete(key(i));
            }
            return null;
        });
    }

    private static long keyCount(ReadTx tx) {
        return tx.bucket(NAME).stats().keyCount();
    }

    private static long fileSize(BTreeStore store) {
        return store.stats().fileSizeBytes();
    }

    private static void assertClean(BTreeStore store) {
        assertEquals(List.of(), store.check().findings());
    }

    @Test
    void shouldShrinkWhenTheEndIsFree() {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = Workload.open(disk)) {
            put(store, 0, KEY_COUNT);
            long full = fileSize(store);
            assertTrue(full > KEY_COUNT * PAGE_BYTES);
            delete(store, KEY_COUNT / 10, KEY_COUNT);
            assertTrue(fileSize(store) >= full, "the commit before still needs the pages");
            rewrite(store, KEY_COUNT / 10);
            // A tenth is in use, three times with what the last commits hold; then there is room for pages with a brief life.
            assertTrue(fileSize(store) < full * 35 / 100, fileSize(store) + " of " + full + " bytes are left");
            assertTrue(store.stats().pageCount() * PAGE_BYTES <= fileSize(store));
            put(store, 0, KEY_COUNT);
            assertClean(store);
        }
        try (BTreeStore store = Workload.open(disk)) {
            assertClean(store);
            assertEquals(KEY_COUNT, store.<Long>read(FileTailTest::keyCount));
        }
    }

    /// What is taken and freed again and again stays in the file.
    @Test
    void shouldNotCutAndGrowInTurns() {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = Workload.open(disk)) {
            put(store, 0, KEY_COUNT);
            Set<Long> sizes = new HashSet<>();
            for (int round = 0; round < 30; round++) {
                delete(store, KEY_COUNT - 60, KEY_COUNT);
                put(store, KEY_COUNT - 60, KEY_COUNT);
                sizes.add(fileSize(store));
            }
            assertTrue(sizes.size() <= 2, "sizes " + sizes);
            assertClean(store);
        }
    }

    @Test
    void shouldKeepWhatReadersOfOldCommitsSee() {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = Workload.open(disk)) {
            put(store, 0, KEY_COUNT);
            List<ReadTx> readers = new ArrayList<>();
            for (int left = KEY_COUNT - 100; left >= 100; left -= 100) {
                readers.add(store.beginRead());
                delete(store, left, left + 100);
            }
            // The oldest readers end first, so that each cut leaves the younger ones.
            for (int i = 0; i < readers.size(); i++) {
                for (int j = i; j < readers.size(); j++) {
                    ReadTx reader = readers.get(j);
                    long expected = KEY_COUNT - 100L * j;
                    assertEquals(expected, keyCount(reader));
                    assertEquals(LONG_VALUE.length, reader.bucket(NAME).get(key((int) expected - 1)).lengthBytes());
                }
                ByteArrayOutputStream copy = new ByteArrayOutputStream();
                StoreCopy.write((BTreeReadTx) readers.get(i), copy);
                SimulatedFileSystem other = Workload.newDisk();
                other.setContent(Workload.PATH, copy.toByteArray());
                try (BTreeStore copied = Workload.open(other)) {
                    assertEquals(KEY_COUNT - 100L * i, copied.<Long>read(FileTailTest::keyCount));
                    assertClean(copied);
                }
                readers.get(i).close();
                rewrite(store, 100);
            }
            rewrite(store, 100);
            assertTrue(fileSize(store) < KEY_COUNT * PAGE_BYTES / 2, fileSize(store) + " bytes are left");
        }
    }

    /// Grows, shrinks and grows again; notes after each commit how many keys there are.
    private static final class Run {
        private BTreeStore store;
        private int committed;
        private int attempted;
        private boolean hasShrunk;

        void run(SimulatedFileSystem disk) {
            store = Workload.open(disk);
            for (int count : new int[] {400, 20, 60, 300, 10, 120}) {
                attempted = count;
                if (count > committed) {
                    put(store, committed, count);
                } else {
                    delete(store, count, committed);
                }
                committed = count;
                for (int i = 0; i < 20 && count < 100; i++) {
                    long before = fileSize(store);
                    put(store, 0, i < 3 ? count : 1);
                    hasShrunk |= fileSize(store) < before;
                }
            }
            store.close();
        }

        void assertHolds(SimulatedFileSystem disk, String when) {
            try (BTreeStore opened = Workload.open(disk)) {
                assertEquals(List.of(), opened.check().findings(), when);
                long found = opened.read(tx -> tx.findBucket(NAME).isEmpty() ? 0 : keyCount(tx));
                assertTrue(found == committed || found == attempted, when + ": " + found + " keys");
                put(opened, 0, 50);
                put(opened, 50, 90);
                assertEquals(List.of(), opened.check().findings(), when);
            }
        }
    }

    @Test
    void shouldOpenWhereverThePowerGoes() {
        RandomGenerator random = Seeds.random(FileTailTest.class);
        SimulatedFileSystem whole = Workload.newDisk();
        long first = whole.operationCount() + 1;
        Run untroubled = new Run();
        untroubled.run(whole);
        assertTrue(untroubled.hasShrunk, "the test wants a file that shrinks");
        for (long operation = first; operation <= whole.operationCount(); operation++) {
            SimulatedFileSystem disk = Workload.newDisk();
            disk.failAt(operation, Fault.POWER_CUT);
            Run run = new Run();
            assertThrows(SimulatedPowerCut.class, () -> run.run(disk));
            for (CrashPlan plan : List.of(CrashPlan.dropAll(), CrashPlan.keepAll(), CrashPlan.random(random))) {
                run.assertHolds(disk.crash(plan), "operation " + operation);
            }
        }
    }

    /// The commit before the newest lies inside of the file, too: it is what is left if the newest meta page is damaged.
    @Test
    void shouldKeepTheCommitOfTheOlderMetaPage() {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = Workload.open(disk)) {
            put(store, 0, KEY_COUNT);
            delete(store, 50, KEY_COUNT);
            long before = fileSize(store);
            for (int i = 0; i < 22; i++) {
                put(store, 0, i < 3 ? 50 : 1);
                byte[] content = disk.content(Workload.PATH);
                long txid = store.stats().txid();
                for (int offset : new int[] {0, PAGE_BYTES}) {
                    byte[] bad = content.clone();
                    bad[offset + 20] ^= 1;
                    bad[offset + MetaLayout.RECORD_BYTES + 20] ^= 1;
                    SimulatedFileSystem other = Workload.newDisk();
                    other.setContent(Workload.PATH, bad);
                    try (BTreeStore opened = Workload.open(other)) {
                        assertTrue(opened.stats().txid() >= txid - 1);
                        assertEquals(50, opened.<Long>read(FileTailTest::keyCount));
                        assertClean(opened);
                    }
                }
            }
            assertTrue(fileSize(store) < before / 2, fileSize(store) + " of " + before);
        }
    }

    @Test
    void shouldGoOnWhenTheFileCannotBeCut() {
        SimulatedFileSystem probe = Workload.newDisk();
        Run untroubled = new Run();
        untroubled.run(probe);
        int refused = 0;
        for (long operation = 1; operation <= probe.operationCount(); operation++) {
            SimulatedFileSystem disk = Workload.newDisk();
            disk.failAt(operation, Fault.IO_ERROR);
            Run run = new Run();
            try {
                run.run(disk);
            } catch (tenon.api.StorageException expected) {
                refused++;
                if (run.store != null) {
                    run.store.close();
                }
            }
            run.assertHolds(disk.crash(CrashPlan.keepAll()), "operation " + operation);
        }
        assertTrue(refused > 0);
    }
}
