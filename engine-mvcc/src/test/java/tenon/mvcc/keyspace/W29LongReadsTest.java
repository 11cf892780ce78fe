package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.Store;
import tenon.btree.BTreeStore;
import tenon.mvcc.KeyRange;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.RangeResult;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.testkit.ManualClock;

/// W29: a reader stands still in the middle of listing everything; writes, commits, a compaction and a
/// defragmentation come to their ends meanwhile, and the reader then gets what it began to read.
class W29LongReadsTest {
    private static final Path FILE = TestedKeySpace.FILE;
    private static final int KEY_COUNT = 200;

    private final CountDownLatch inTheMiddle = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private volatile Thread reader;

    /// A store in which one thread stops where it looks up the first record in the file.
    private Store stopping(Store target) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (_, method, arguments) -> {
                    Object result = invoke(target, method, arguments);
                    return result instanceof ReadTx tx && Thread.currentThread() == reader ? stopping(tx) : result;
                });
    }

    private ReadTx stopping(ReadTx target) {
        return (ReadTx) Proxy.newProxyInstance(
                ReadTx.class.getClassLoader(), new Class<?>[] {ReadTx.class}, (_, method, arguments) -> {
                    if (method.getName().equals("bucket")) {
                        inTheMiddle.countDown();
                        assertTrue(mayGoOn.await(50, TimeUnit.SECONDS));
                    }
                    return invoke(target, method, arguments);
                });
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void putAll(MvccStore store, int raftIndex, int value) {
        try (WriteTxn write = store.write(Workload.at(raftIndex))) {
            for (int i = 0; i < KEY_COUNT; i++) {
                write.put(PlainKeySpace.bytes("key" + i), new byte[] {(byte) value}, 0);
            }
        }
    }

    @Test
    @Timeout(60)
    void shouldWriteOnWhileAReaderStandsInTheMiddleOfARange() throws Exception {
        Platform platform = Platform.system().withFiles(TestedKeySpace.disk()).withClock(new ManualClock());
        Store file = BTreeStore.open(platform, FILE, TestedKeySpace.SMALL);
        MvccOptions options = new MvccOptions(100_000_000, KEY_COUNT, 50, 0, false, 0.9);
        try (MvccStore store = Recovery.open(platform, stopping(file), options)) {
            putAll(store, 0, 0);
            store.backend().commit();
            CompletableFuture<RangeResult> listed = new CompletableFuture<>();
            reader = Thread.ofPlatform().daemon().unstarted(() -> {
                try (ReadTxn read = store.read()) {
                    listed.complete(read.range(KeyRange.all(), RangeOptions.DEFAULT));
                } catch (RuntimeException | Error e) {
                    listed.completeExceptionally(e);
                }
            });
            reader.start();
            assertTrue(inTheMiddle.await(20, TimeUnit.SECONDS));
            for (int i = 1; i <= 50; i++) {
                putAll(store, i, i);
            }
            store.compact(store.currentRevision(), Workload.at(51)).join();
            store.backend().defragment();
            store.backend().commit();
            assertEquals(Workload.at(51), store.backend().durableIndex());
            assertTrue(store.stats().backendCommitCount() >= 50);
            assertTrue(reader.isAlive() && !listed.isDone());
            mayGoOn.countDown();
            RangeResult result = listed.get(20, TimeUnit.SECONDS);
            assertEquals(KEY_COUNT, result.count());
            assertTrue(result.keyValues().stream().allMatch(keyValue -> keyValue.value()[0] == 0), "one moment");
            reader.join();
            assertEquals(List.of(), file.check().findings());
        } finally {
            mayGoOn.countDown();
        }
    }
}
