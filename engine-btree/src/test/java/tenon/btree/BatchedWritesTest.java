package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.api.FileSystem;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.StorageFailedException;
import tenon.api.StorageFullException;
import tenon.api.WriteTx;
import tenon.testkit.Fault;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

class BatchedWritesTest {
    private static final byte[] NAME = {'b'};

    private final ManualClock clock = new ManualClock();
    private final SimulatedFileSystem disk = new SimulatedFileSystem();
    private BTreeStore store;

    private void open(BTreeOptions options) {
        disk.createDirectories(Workload.PATH.getParent());
        FileSystem files = disk;
        Platform platform = Workload.platform(files).withClock(clock);
        store = BTreeStore.open(platform, Workload.PATH, options);
        store.write(tx -> tx.createBucketIfAbsent(NAME));
    }

    @AfterEach
    void close() {
        assertEquals(List.of(), store.check().findings());
        store.close();
    }

    private static byte[] key(int i) {
        return String.format("%06d", i).getBytes();
    }

    private static Function<WriteTx, Integer> put(int i, int lengthBytes) {
        return tx -> {
            tx.bucket(NAME).put(key(i), new byte[lengthBytes]);
            return i;
        };
    }

    /// Brings a work on a thread of its own.
    private <T> CompletableFuture<T> bring(Function<WriteTx, T> work) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                outcome.complete(store.writeBatched(work));
            } catch (RuntimeException | Error e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    /// Brings all works while the writer is busy, so that they gather.
    private <T> List<CompletableFuture<T>> bringTogether(List<Function<WriteTx, T>> works) {
        List<CompletableFuture<T>> outcomes = new ArrayList<>();
        try (WriteTx busy = store.beginWrite()) {
            for (Function<WriteTx, T> work : works) {
                outcomes.add(bring(work));
                awaitGathered(outcomes.size());
            }
            busy.rollback();
        }
        return outcomes;
    }

    private void awaitGathered(int count) {
        while (store.batchedWrites().gatheredCount() < count) {
            Thread.onSpinWait();
        }
    }

    private static <T> T get(CompletableFuture<T> outcome) throws Exception {
        return outcome.get(60, TimeUnit.SECONDS);
    }

    private static <T> Throwable failure(CompletableFuture<T> outcome) {
        return assertThrows(ExecutionException.class, () -> get(outcome)).getCause();
    }

    private boolean holds(int i) {
        return store.read(tx -> tx.bucket(NAME).get(key(i)) != null);
    }

    @Test
    void shouldRunTheWorksOfManyThreadsInOneCommit() throws Exception {
        open(Workload.OPTIONS);
        long before = store.stats().commitCount();
        List<Function<WriteTx, Integer>> works = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            works.add(put(i, 100));
        }
        List<CompletableFuture<Integer>> outcomes = bringTogether(works);
        for (int i = 0; i < 50; i++) {
            assertEquals(i, get(outcomes.get(i)));
            assertTrue(holds(i));
        }
        assertEquals(before + 1, store.stats().commitCount());
    }

    @Test
    void shouldTakeOutAFailingWorkAlone() throws Exception {
        open(Workload.OPTIONS);
        long before = store.stats().commitCount();
        IllegalArgumentException meant = new IllegalArgumentException("meant to fail");
        AtomicInteger runs = new AtomicInteger();
        List<CompletableFuture<Integer>> outcomes = bringTogether(List.of(
                put(1, 10),
                tx -> {
                    put(2, 10).apply(tx);
                    runs.incrementAndGet();
                    throw meant;
                },
                put(3, 10),
                tx -> {
                    throw new MisuseException("this one too");
                },
                put(5, 10)));
        assertEquals(1, get(outcomes.get(0)));
        assertSame(meant, failure(outcomes.get(1)));
        assertEquals(3, get(outcomes.get(2)));
        assertTrue(failure(outcomes.get(3)) instanceof MisuseException);
        assertEquals(5, get(outcomes.get(4)));
        assertTrue(holds(1) && !holds(2) && holds(3) && holds(5));
        assertEquals(before + 1, store.stats().commitCount());
        assertEquals(2, runs.get(), "once among others, once alone");
    }

    @Test
    void shouldNotLetAWorkFailBecauseOfAnother() throws Exception {
        open(Workload.OPTIONS);
        AtomicInteger runs = new AtomicInteger();
        List<CompletableFuture<Integer>> outcomes = bringTogether(List.of(
                tx -> {
                    put(1, 10).apply(tx);
                    if (runs.incrementAndGet() > 1) {
                        throw new IllegalStateException("fails when it is run again");
                    }
                    return 1;
                },
                tx -> {
                    if (!tx.bucket(NAME).putIfAbsent(key(1), NAME)) {
                        throw new IllegalStateException("somebody was here before");
                    }
                    return 2;
                }));
        assertTrue(failure(outcomes.get(0)) instanceof IllegalStateException);
        assertEquals(2, get(outcomes.get(1)));
        assertArrayEquals(NAME, store.<byte[]>read(tx -> tx.bucket(NAME).get(key(1)).toByteArray()));
    }

    @Test
    void shouldRunEachAloneWhenTheyDoNotFitTogether() throws Exception {
        open(Workload.OPTIONS.withSizeBytesMax(1 << 20));
        List<CompletableFuture<Integer>> outcomes =
                bringTogether(List.of(put(1, 400_000), put(2, 2_000_000), put(3, 10_000), put(4, 1_500_000)));
        assertEquals(1, get(outcomes.get(0)));
        assertTrue(failure(outcomes.get(1)) instanceof StorageFullException);
        assertEquals(3, get(outcomes.get(2)));
        assertTrue(failure(outcomes.get(3)) instanceof StorageFullException);
        assertTrue(holds(1) && !holds(2) && holds(3) && !holds(4));
    }

    @Test
    void shouldTellEveryoneOfAFailedDisk() throws Exception {
        open(Workload.OPTIONS);
        disk.failAt(disk.operationCount() + 1, Fault.IO_ERROR);
        List<CompletableFuture<Integer>> outcomes = bringTogether(List.of(put(1, 10), put(2, 10), put(3, 10)));
        for (CompletableFuture<Integer> outcome : outcomes) {
            assertTrue(failure(outcome) instanceof StorageFailedException);
        }
        assertTrue(!holds(1) && !holds(2) && !holds(3));
    }

    @Test
    void shouldBoundTheSizeOfABatch() throws Exception {
        open(Workload.OPTIONS.withBatchCountMax(3));
        long before = store.stats().commitCount();
        List<CompletableFuture<Integer>> outcomes = new ArrayList<>();
        try (WriteTx busy = store.beginWrite()) {
            for (int i = 0; i < 7; i++) {
                outcomes.add(bring(put(i, 10)));
                int gathered = (i + 1) % 3;
                while (store.batchedWrites().gatheredCount() != gathered || gathered == 0 && i % 3 != 2) {
                    Thread.onSpinWait();
                }
            }
            busy.rollback();
        }
        for (CompletableFuture<Integer> outcome : outcomes) {
            assertNotNull(get(outcome));
        }
        assertEquals(before + 3, store.stats().commitCount());
    }

    @Test
    void shouldWaitForMoreWorksNoLongerThanItIsTold() throws Exception {
        open(Workload.OPTIONS.withBatchDelayNs(1_000_000).withBatchCountMax(3));
        long before = store.stats().commitCount();
        CompletableFuture<Integer> first = bring(put(1, 10));
        awaitGathered(1);
        CompletableFuture<Integer> second = bring(put(2, 10));
        awaitGathered(2);
        Thread.sleep(20);
        assertTrue(!first.isDone() && !second.isDone());
        while (!first.isDone() || !second.isDone()) {
            clock.advanceNs(1_000_000);
        }
        assertEquals(before + 1, store.stats().commitCount());
        // A full batch waits for no clock.
        List<CompletableFuture<Integer>> full = List.of(bring(put(3, 10)), bring(put(4, 10)), bring(put(5, 10)));
        for (CompletableFuture<Integer> outcome : full) {
            assertNotNull(get(outcome));
        }
        assertEquals(before + 2, store.stats().commitCount());
    }

    private static Object closed(WriteTx tx) {
        AutoCloseable closing = tx;
        assertThrows(MisuseException.class, closing::close);
        throw new MisuseException("could not be closed");
    }

    @Test
    void shouldNotLetAWorkEndTheTransaction() throws Exception {
        open(Workload.OPTIONS);
        List<CompletableFuture<Object>> outcomes = bringTogether(List.of(
                tx -> {
                    tx.commit();
                    return null;
                },
                tx -> {
                    tx.rollback();
                    return null;
                },
                BatchedWritesTest::closed,
                put(4, 10)::apply));
        for (int i = 0; i < 3; i++) {
            assertTrue(failure(outcomes.get(i)) instanceof MisuseException);
        }
        assertEquals(4, get(outcomes.get(3)));
        assertThrows(MisuseException.class, () -> store.write(tx -> {
            tx.commit();
            return null;
        }));
    }

    @Test
    void shouldRefuseAWriteInsideAWrite() {
        open(Workload.OPTIONS);
        assertThrows(MisuseException.class, () -> store.write(tx -> store.writeBatched(put(1, 10))));
        assertThrows(MisuseException.class, () -> store.writeBatched(tx -> store.write(put(1, 10))));
        assertThrows(MisuseException.class, () -> store.writeBatched(tx -> store.writeBatched(put(1, 10))));
        assertThrows(MisuseException.class, () -> store.write(tx -> store.beginWrite()));
        assertThrows(MisuseException.class, () -> store.write(tx -> store.defragment()));
        store.write(put(2, 10));
        assertTrue(!holds(1) && holds(2));
    }

    @Test
    void shouldKeepEveryIncrementOfManyThreads() throws Exception {
        open(Workload.OPTIONS);
        List<Thread> threads = new ArrayList<>();
        int rounds = 100;
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < rounds; round++) {
                    store.writeBatched(tx -> tx.bucket(NAME).nextSequence());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(8L * rounds, store.<Long>read(tx -> tx.bucket(NAME).sequence()));
    }

    @Test
    void shouldEndWithTheStore() throws Exception {
        open(Workload.OPTIONS);
        store.close();
        assertThrows(MisuseException.class, () -> store.writeBatched(put(1, 10)));
        open(Workload.OPTIONS.withReadOnly(false));
        assertNull(store.writeBatched(tx -> null));
    }
}
