package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.MisuseException;
import tenon.api.TxEndedException;
import tenon.api.WriteTx;
import tenon.testkit.HangingDisk;
import tenon.testkit.SimulatedFileSystem;

/// A write transaction moves from thread to thread, and somebody closes the store, or asks for what waits for the
/// writer. Nobody waits for itself, nothing is rolled back under a thread that is at work, and there is one writer
/// afterwards.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WriterHandoverTest {
    private static final byte[] NAME = {'b'};
    private static final byte[] KEY = {'k'};
    private static final byte[] OLD = {'o'};
    private static final byte[] NEW = {'n'};

    private final SimulatedFileSystem files = Workload.newDisk();
    private final HangingDisk disk = new HangingDisk(files, Workload.PATH.getParent());
    private final BTreeStore store = Workload.open(disk.files());

    /// Two threads that stay alive whatever they did.
    private final Worker first = new Worker();
    private final Worker second = new Worker();

    WriterHandoverTest() {
        store.write(tx -> {
            tx.createBucket(NAME).put(KEY, OLD);
            return null;
        });
    }

    /// A thread that does one thing after the other, and can be seen to wait.
    private static final class Worker {
        private final CompletableFuture<Thread> thread = new CompletableFuture<>();
        private final ExecutorService executor =
                Executors.newSingleThreadExecutor(body -> Thread.ofPlatform().daemon().unstarted(body));

        Worker() {
            executor.execute(() -> thread.complete(Thread.currentThread()));
        }

        <T> Future<T> begin(Callable<T> work) {
            CountDownLatch begun = new CountDownLatch(1);
            Future<T> result = executor.submit(() -> {
                begun.countDown();
                return work.call();
            });
            await(begun);
            return result;
        }

        Future<?> begin(Runnable work) {
            return begin(() -> {
                work.run();
                return null;
            });
        }

        <T> T call(Callable<T> work) {
            return get(begin(work));
        }

        void run(Runnable work) {
            get(begin(work));
        }

        /// Returns when the work waits for something that another thread has to do.
        void awaitWaiting(Future<?> work) {
            Thread present = thread.join();
            while (present.getState() != Thread.State.WAITING) {
                assertFalse(work.isDone(), "it should wait");
                Thread.onSpinWait();
            }
            assertFalse(work.isDone(), "it should wait");
        }
    }

    private static <T> T get(Future<T> work) {
        try {
            return work.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("it waits for ever", e);
        }
    }

    private static Throwable failure(Future<?> work) {
        return assertThrows(ExecutionException.class, () -> work.get(60, TimeUnit.SECONDS))
                .getCause();
    }

    @AfterEach
    void stop() {
        disk.goOn();
        first.executor.shutdownNow();
        second.executor.shutdownNow();
    }

    private static void put(WriteTx tx) {
        tx.bucket(NAME).put(KEY, NEW);
    }

    private void assertHolds(byte[] value, BTreeStore present) {
        assertArrayEquals(value, present.<byte[]>read(tx -> tx.bucket(NAME).get(KEY).toByteArray()));
    }

    /// The store was closed: it opens again, and holds this value.
    private void assertReopens(byte[] value) {
        assertTrue(store.isClosed());
        try (BTreeStore reopened = Workload.open(files)) {
            assertHolds(value, reopened);
            assertTrue(reopened.check().findings().isEmpty());
        }
    }

    /// A second writer waits for the first one: the permit was released once.
    private void assertHasOneWriter() {
        WriteTx tx = first.call(store::beginWrite);
        Future<BTreeWriteTx> other = second.begin(store::beginWrite);
        second.awaitWaiting(other);
        first.run(tx::close);
        get(other).close();
    }

    /// A transaction that the first thread has begun and used.
    private WriteTx begunByFirst() {
        return first.call(() -> {
            WriteTx begun = store.beginWrite();
            put(begun);
            return begun;
        });
    }

    /// A commit by the second thread that waits for its disk.
    private Future<?> beginCommit(WriteTx tx) {
        disk.stall();
        int syncs = disk.syncCount();
        Future<?> commit = second.begin(tx::commit);
        while (disk.syncCount() == syncs) {
            Thread.onSpinWait();
        }
        return commit;
    }

    @Test
    void shouldRollBackOnCloseWhatTheClosingThreadWasHanded() {
        WriteTx tx = first.call(store::beginWrite);
        second.run(() -> {
            put(tx);
            store.close();
        });
        assertThrows(TxEndedException.class, tx::commit);
        assertReopens(OLD);
    }

    @Test
    void shouldRollBackOnCloseWhatWasHandedOnButNotYetUsed() {
        WriteTx tx = first.call(store::beginWrite);
        first.run(store::close);
        assertInstanceOf(TxEndedException.class, failure(second.begin(() -> put(tx))));
        assertInstanceOf(TxEndedException.class, failure(second.begin(tx::commit)));
        second.run(tx::close);
        assertReopens(OLD);
    }

    @Test
    void shouldWaitOnCloseForAThreadThatWasHandedTheTransaction() {
        WriteTx tx = first.call(store::beginWrite);
        second.run(() -> put(tx));
        Future<?> close = first.begin(store::close);
        first.awaitWaiting(close);
        second.run(tx::commit);
        get(close);
        assertReopens(NEW);
    }

    @Test
    void shouldWaitOnCloseForACommitUnderWay() {
        WriteTx tx = begunByFirst();
        Future<?> commit = beginCommit(tx);
        Future<?> close = first.begin(store::close);
        first.awaitWaiting(close);
        disk.goOn();
        get(commit);
        get(close);
        assertReopens(NEW);
    }

    @Test
    void shouldEndATransactionOnceThoughAThreadThatHandedItOnEndsItToo() {
        WriteTx tx = begunByFirst();
        Future<?> commit = beginCommit(tx);
        first.run(tx::close);
        assertInstanceOf(TxEndedException.class, failure(first.begin(tx::rollback)));
        assertInstanceOf(TxEndedException.class, failure(first.begin(tx::commit)));
        assertInstanceOf(TxEndedException.class, failure(first.begin(() -> put(tx))));
        disk.goOn();
        get(commit);
        assertHolds(NEW, store);
        assertHasOneWriter();
        store.close();
        assertReopens(NEW);
    }

    @Test
    void shouldRollBackOnCloseWhatAThreadThatEndedLeftOpen() throws InterruptedException {
        CompletableFuture<WriteTx> left = new CompletableFuture<>();
        Thread gone = Thread.ofPlatform().start(() -> {
            WriteTx tx = store.beginWrite();
            put(tx);
            left.complete(tx);
        });
        gone.join();
        first.run(store::close);
        assertThrows(TxEndedException.class, () -> put(left.join()));
        assertReopens(OLD);
    }

    @Test
    void shouldCloseInAWorkThatAnotherThreadHelpedWith() {
        Future<?> write = first.begin(() -> store.write(tx -> {
            second.run(() -> put(tx));
            store.close();
            return null;
        }));
        assertInstanceOf(TxEndedException.class, failure(write));
        assertReopens(OLD);
    }

    @Test
    void shouldWaitOnCloseForAWorkWhoseHelperHasEnded() {
        CountDownLatch helped = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Future<?> write = first.begin(() -> store.write(tx -> {
            Thread helper = Thread.ofPlatform().start(() -> put(tx));
            join(helper);
            helped.countDown();
            await(goOn);
            return null;
        }));
        await(helped);
        Future<?> close = second.begin(store::close);
        second.awaitWaiting(close);
        goOn.countDown();
        get(write);
        get(close);
        assertReopens(NEW);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldRefuseWhatWouldWaitForTheCallingThread() {
        WriteTx tx = first.call(store::beginWrite);
        second.run(() -> {
            put(tx);
            assertThrows(MisuseException.class, store::defragment);
            assertThrows(MisuseException.class, () -> store.defragmentStep(10));
            assertThrows(MisuseException.class, store::sync);
            put(tx);
            tx.commit();
            store.defragment();
            store.defragmentStep(10);
            store.sync();
        });
        assertHolds(NEW, store);
        assertEquals(0, store.stats().openReadTxCount());
        assertFalse(files.exists(Defragmentation.pathBeside(Workload.PATH)));
        assertHasOneWriter();
        store.close();
        assertReopens(NEW);
    }

    @Test
    void shouldRefuseInAWorkWhatWouldWaitForIt() {
        store.write(tx -> {
            assertThrows(MisuseException.class, store::defragment);
            assertThrows(MisuseException.class, () -> store.defragmentStep(10));
            assertThrows(MisuseException.class, store::sync);
            assertThrows(MisuseException.class, store::beginWrite);
            assertThrows(MisuseException.class, () -> store.write(other -> null));
            assertThrows(MisuseException.class, () -> store.writeBatched(other -> null));
            return null;
        });
        assertHasOneWriter();
        store.close();
    }

    @Test
    void shouldBeginTheNextOneWhenAThreadThatWasHandedTheTransactionEndsIt() {
        WriteTx tx = begunByFirst();
        Future<BTreeWriteTx> next = first.begin(store::beginWrite);
        first.awaitWaiting(next);
        second.run(tx::commit);
        WriteTx begun = get(next);
        assertArrayEquals(NEW, begun.bucket(NAME).get(KEY).toByteArray());
        assertNull(begun.bucket(NAME).get(NEW));
        begun.close();
        assertHasOneWriter();
        store.close();
    }

    @Test
    void shouldDefragmentBesideAThreadThatWasHandedTheTransaction() {
        WriteTx tx = first.call(store::beginWrite);
        second.run(() -> put(tx));
        Future<?> defragmentation = first.begin(store::defragment);
        first.awaitWaiting(defragmentation);
        second.run(tx::commit);
        get(defragmentation);
        assertHolds(NEW, store);
        assertHasOneWriter();
        store.close();
        assertReopens(NEW);
    }
}
