package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tenon.api.DefragmentStep;
import tenon.api.DefragmentStep.Outcome;
import tenon.api.MisuseException;
import tenon.api.ReadTx;
import tenon.api.StoreStats;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// Pages move to the front while the store is used, and the file gets shorter.
class OnlineDefragmentationTest {
    private static final byte[] NAME = {'b'};
    private static final int PAGE_BYTES = Workload.OPTIONS.pageSizeBytes();

    private final RandomGenerator random = Seeds.random(OnlineDefragmentationTest.class);
    private final SimulatedFileSystem disk = Workload.newDisk();

    private static byte[] key(int i) {
        return new byte[] {(byte) (i >> 8), (byte) i};
    }

    private static byte[] value(int i, int round) {
        byte[] value = new byte[i % 40 == 7 ? 3000 : i % 5 == 0 ? 700 : 20 + i % 200];
        java.util.Arrays.fill(value, (byte) (i + round));
        return value;
    }

    /// Fills a bucket in random order and empties most of it.
    private void fillAndThin(BTreeStore store, int keyCount) {
        for (int round = 0; round < 4; round++) {
            int present = round;
            store.write(tx -> {
                WriteBucket bucket = tx.createBucketIfAbsent(NAME);
                for (int i = 0; i < keyCount / 4; i++) {
                    int number = random.nextInt(keyCount);
                    bucket.put(key(number), value(number, 0));
                    if (i % 100 == 0) {
                        bucket.createBucketIfAbsent(("nested" + present + i).getBytes()).put(NAME, value(i, 0));
                    }
                }
                return null;
            });
        }
        store.write(tx -> {
            for (int i = 0; i < keyCount; i++) {
                if (i % 4 != 0) {
                    tx.bucket(NAME).delete(key(i));
                }
            }
            return null;
        });
    }

    private static List<String> elements(BTreeStore store) {
        List<String> elements = new ArrayList<>();
        try (ReadTx tx = store.beginRead()) {
            tx.bucket(NAME).forEach((key, value) -> elements.add(java.util.Arrays.toString(key.toByteArray()) + " "
                    + java.util.Arrays.hashCode(value.toByteArray())));
        }
        return elements;
    }

    private static void assertClean(BTreeStore store) {
        assertEquals(List.of(), store.check().findings());
    }

    private static int defragment(BTreeStore store, int pageCountMax) {
        for (int steps = 1; ; steps++) {
            if (store.defragmentStep(pageCountMax).outcome() == Outcome.DONE) {
                return steps;
            }
            assertTrue(steps < 5000, "it does not end");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 10, 1000})
    void shouldShrinkTheFileToNearlyWhatIsInUse(int pageCountMax) {
        try (BTreeStore store = Workload.open(disk)) {
            fillAndThin(store, 4000);
            List<String> before = elements(store);
            StoreStats full = store.stats();
            defragment(store, pageCountMax);
            StoreStats now = store.stats();
            assertClean(store);
            assertEquals(before, elements(store));
            assertTrue(full.fileSizeBytes() > 2 * now.inUseBytes(), "the test wants an empty file");
            assertTrue(
                    now.fileSizeBytes() < now.inUseBytes() + now.inUseBytes() / 10 + 40 * PAGE_BYTES,
                    now.fileSizeBytes() + " bytes of file, in use " + now.inUseBytes());
            long txid = now.txid();
            DefragmentStep again = store.defragmentStep(100);
            assertEquals(Outcome.DONE, again.outcome());
            assertEquals(txid, store.stats().txid(), "nothing to gain, nothing to write");
            fillAndThin(store, 500);
            assertClean(store);
        }
        try (BTreeStore store = Workload.open(disk)) {
            assertClean(store);
        }
    }

    @ParameterizedTest
    @EnumSource(SyncMode.class)
    void shouldShrinkTheFileInEachSyncMode(SyncMode syncMode) {
        BTreeOptions options = Workload.OPTIONS.withSyncMode(syncMode);
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, options)) {
            fillAndThin(store, 4000);
            List<String> before = elements(store);
            long beforeBytes = store.stats().fileSizeBytes();
            defragment(store, 50);
            assertTrue(store.stats().fileSizeBytes() < beforeBytes / 3, store.stats() + " of " + beforeBytes);
            assertEquals(before, elements(store));
            assertClean(store);
        }
    }

    @Test
    void shouldMoveNoMoreThanAskedForInAStep() {
        try (BTreeStore store = Workload.open(disk)) {
            fillAndThin(store, 4000);
            int most = 0;
            DefragmentStep step;
            long steps = 0;
            do {
                step = store.defragmentStep(20);
                steps++;
                most = Math.max(most, (int) step.movedPageCount());
                assertEquals(store.stats().fileSizeBytes(), step.fileSizeBytes());
            } while (step.outcome() != Outcome.DONE);
            assertTrue(most > 10 && most <= 20 + 8, most + " pages in a step of 20");
            assertEquals(steps, store.defragmentPauses().count());
            assertThrows(MisuseException.class, () -> store.defragmentStep(0));
        }
    }

    @Test
    void shouldDoNothingWhereNothingIsToBeGained() {
        try (BTreeStore store = Workload.open(disk)) {
            assertEquals(Outcome.DONE, store.defragmentStep(10).outcome());
            store.write(tx -> {
                for (int i = 0; i < 300; i++) {
                    tx.createBucketIfAbsent(NAME).put(key(i), value(i, 0));
                }
                return null;
            });
            long txid = store.stats().txid();
            assertEquals(Outcome.DONE, store.defragmentStep(10).outcome());
            assertEquals(txid, store.stats().txid());
        }
    }

    @Test
    void shouldWaitForReadersAndKeepWhatTheySee() {
        try (BTreeStore store = Workload.open(disk)) {
            fillAndThin(store, 3000);
            List<String> before = elements(store);
            long beforeBytes = store.stats().fileSizeBytes();
            ReadTx reader = store.beginRead();
            Outcome outcome = Outcome.GOES_ON;
            for (int i = 0; i < 500 && outcome == Outcome.GOES_ON; i++) {
                outcome = store.defragmentStep(50).outcome();
            }
            assertEquals(Outcome.WAITS_FOR_READERS, outcome);
            assertTrue(store.stats().fileSizeBytes() <= beforeBytes + beforeBytes / 3, "it does not grow meanwhile");
            assertEquals(before.size(), reader.bucket(NAME).stats().keyCount() - countBuckets(reader));
            reader.close();
            defragment(store, 50);
            assertTrue(store.stats().fileSizeBytes() < beforeBytes / 2);
            assertEquals(before, elements(store));
            assertClean(store);
        }
    }

    private static long countBuckets(ReadTx tx) {
        var cursor = tx.bucket(NAME).cursor();
        long count = 0;
        while (cursor.next()) {
            count += cursor.isBucket() ? 1 : 0;
        }
        return count;
    }

    /// Steps between random transactions, readers of every age, and the copy that replaces the file.
    @Test
    void shouldNotDisturbTransactions() {
        Model model = new Model();
        BTreeStore store = Workload.open(disk);
        List<ReadTx> readers = new ArrayList<>();
        List<Model> seen = new ArrayList<>();
        for (int step = 0; step < 250; step++) {
            Model changed = model.copy();
            try (WriteTx tx = store.beginWrite()) {
                for (int i = random.nextInt(1, 25); i > 0; i--) {
                    changed.randomOperation(random, tx, PAGE_BYTES);
                }
                if (random.nextInt(6) > 0) {
                    tx.commit();
                    model = changed;
                }
            }
            for (int i = random.nextInt(8); i > 0; i--) {
                store.defragmentStep(random.nextInt(1, 200));
            }
            if (random.nextInt(5) == 0) {
                readers.add(store.beginRead());
                seen.add(model.copy());
            }
            if (!readers.isEmpty() && random.nextInt(4) == 0) {
                int index = random.nextInt(readers.size());
                seen.remove(index).assertEqualTo(readers.get(index));
                readers.remove(index).close();
            }
            if (step % 5 == 0) {
                assertClean(store);
                try (ReadTx tx = store.beginRead()) {
                    model.assertEqualTo(tx);
                }
            }
            if (step % 60 == 59) {
                store.defragment();
            } else if (step % 50 == 49) {
                readers.forEach(ReadTx::close);
                readers.clear();
                seen.clear();
                store.close();
                store = Workload.open(disk);
            }
        }
        readers.forEach(ReadTx::close);
        defragment(store, 100);
        assertClean(store);
        try (ReadTx tx = store.beginRead()) {
            model.assertEqualTo(tx);
        }
        store.close();
    }

    @Test
    void shouldRecoverWhereverThePowerGoes() {
        try (BTreeStore store = Workload.open(disk)) {
            fillAndThin(store, 600);
        }
        List<String> expected;
        SimulatedFileSystem whole = disk.copy();
        long begin = whole.operationCount();
        try (BTreeStore store = Workload.open(whole)) {
            expected = elements(store);
            defragment(store, 12);
            assertEquals(expected, elements(store));
        }
        long end = whole.operationCount();
        assertTrue(end - begin > 40, "the test wants some steps");
        for (long operation = begin + 1; operation <= end; operation++) {
            SimulatedFileSystem cut = disk.copy();
            cut.failAt(operation, Fault.POWER_CUT);
            String when = "operation " + (operation - begin);
            assertThrows(SimulatedPowerCut.class, () -> {
                try (BTreeStore store = Workload.open(cut)) {
                    defragment(store, 12);
                }
            });
            for (CrashPlan plan : List.of(CrashPlan.dropAll(), CrashPlan.keepAll(), CrashPlan.random(random))) {
                try (BTreeStore store = Workload.open(cut.crash(plan))) {
                    assertEquals(List.of(), store.check().findings(), when);
                    assertEquals(expected, elements(store), when);
                }
            }
        }
    }

    @Test
    void shouldRunBesideAWriterAndReaders() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (BTreeStore store = Workload.open(disk)) {
            fillAndThin(store, 3000);
            Thread writer = Thread.ofPlatform().start(() -> {
                RandomGenerator own = Seeds.from(3);
                while (!stop.get() && failure.get() == null) {
                    try {
                        int number = own.nextInt(3000) / 4 * 4;
                        store.write(tx -> {
                            tx.bucket(NAME).put(key(number), value(number, 0));
                            return null;
                        });
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                }
            });
            Thread reader = Thread.ofPlatform().start(() -> {
                while (!stop.get() && failure.get() == null) {
                    try (ReadTx tx = store.beginRead()) {
                        tx.bucket(NAME).forEach((key, value) -> {
                            int number = (key.get(0) & 0xff) << 8 | key.get(1) & 0xff;
                            assertEquals(value(number, 0).length, value.lengthBytes());
                            assertEquals((byte) number, value.get(value.lengthBytes() - 1));
                        });
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                }
            });
            for (int i = 0; i < 300 && failure.get() == null; i++) {
                store.defragmentStep(30);
            }
            stop.set(true);
            writer.join();
            reader.join();
            if (failure.get() != null) {
                throw new AssertionError(failure.get());
            }
            defragment(store, 100);
            assertClean(store);
            StoreStats now = store.stats();
            // How many pages the last commits of the writer and of the steps hold back depends on who came when.
            long heldBytes = now.inUseBytes() + now.pendingPageCount() * now.pageSizeBytes();
            assertTrue(now.fileSizeBytes() < heldBytes * 5 / 4, now.toString());
        }
    }
}
