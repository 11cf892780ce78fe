package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Bucket;
import tenon.api.ByteView;
import tenon.api.Cursor;
import tenon.api.KeyRange;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.Scrub;
import tenon.api.Store;
import tenon.api.TxEndedException;
import tenon.api.WritableView;
import tenon.api.WriteBucket;
import tenon.api.WriteCursor;
import tenon.api.WriteTx;

/// Every method of every object that a transaction gives, after every way in which it may end. What is added to the
/// interfaces is tried as well.
class MisuseMatrixTest {
    private static final byte[] NAME = {'b'};
    private static final byte[] KEY = {'k'};
    private static final byte[] VALUE = new byte[600];

    /// These say something that stays true, or end what has ended.
    private static final Set<String> ALLOWED = Set.of("ReadTx.txid", "ReadTx.close", "WriteTx.txid", "WriteTx.close");

    @TempDir
    Path directory;

    private BTreeStore store;
    private int calls;

    private BTreeStore fresh() {
        if (store != null) {
            store.close();
        }
        Arrays.fill(VALUE, (byte) 7);
        BTreeOptions options = BTreeOptions.DEFAULT.withMapSegmentSizeBytes(1 << 20).withSyncMode(SyncMode.LOSE_STORE);
        store = BTreeStore.open(Platform.system(), directory.resolve("store"), options);
        store.write(tx -> {
            WriteBucket bucket = tx.createBucketIfAbsent(NAME);
            for (byte key = 'a'; key < 'z'; key++) {
                bucket.put(new byte[] {key}, VALUE);
            }
            bucket.put("long".getBytes(), new byte[100_000]);
            return null;
        });
        return store;
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private static Map<Class<?>, Object> objectsOf(ReadTx tx) {
        Map<Class<?>, Object> objects = new LinkedHashMap<>();
        Bucket bucket = tx.bucket(NAME);
        Cursor cursor = bucket.cursor();
        Cursor ranged = bucket.cursor(KeyRange.atLeast(new byte[] {'c'}));
        assertTrue(cursor.seek(KEY) && ranged.seek(KEY));
        objects.put(ReadTx.class, tx);
        objects.put(Bucket.class, bucket);
        objects.put(Cursor.class, cursor);
        objects.put(RangeCursor.class, ranged);
        objects.put(ByteView.class, bucket.get(KEY));
        return objects;
    }

    private static Map<Class<?>, Object> objectsOf(WriteTx tx) {
        Map<Class<?>, Object> objects = new LinkedHashMap<>();
        WriteBucket bucket = tx.bucket(NAME);
        WritableView reserved = bucket.reserve("reserved".getBytes(), 20);
        WriteCursor cursor = bucket.cursor();
        assertTrue(cursor.seek(KEY));
        objects.put(WriteTx.class, tx);
        objects.put(WriteBucket.class, bucket);
        objects.put(WriteCursor.class, cursor);
        objects.put(ByteView.class, bucket.get(KEY));
        objects.put(WritableView.class, reserved);
        return objects;
    }

    private static Object argument(Class<?> type) {
        if (type == byte[].class) {
            return KEY.clone();
        } else if (type == int.class || type == long.class || type == byte.class) {
            return type == int.class ? (Object) 0 : type == long.class ? (Object) 0L : (Object) (byte) 0;
        } else if (type == double.class) {
            return 0.5;
        } else if (type == KeyRange.class) {
            return KeyRange.atLeast(new byte[] {'c'});
        } else if (type == MemorySegment.class) {
            return MemorySegment.ofArray(new byte[8]);
        } else if (type == ByteView.class) {
            return new ByteView();
        } else if (type == OutputStream.class) {
            return new ByteArrayOutputStream();
        } else if (type == LongConsumer.class) {
            return (LongConsumer) size -> {};
        } else if (type == Function.class) {
            return (Function<Object, Object>) any -> null;
        } else if (type.isInterface()) {
            return java.lang.reflect.Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> false);
        }
        throw new AssertionError("no argument of " + type);
    }

    /// Calls all that an interface has. What was set by [ByteView#set] would be another view.
    private void callAll(Class<?> type, Object object, Set<String> allowed, Class<?> expected, String when) {
        Class<?> face = type == RangeCursor.class ? Cursor.class : type;
        for (Method method : face.getMethods()) {
            String name = face.getSimpleName() + "." + method.getName();
            boolean isObjects = method.getDeclaringClass() == Object.class || Modifier.isStatic(method.getModifiers());
            if (!isObjects && !allowed.contains(name) && !method.getName().equals("set")) {
                call(method, object, expected, when + ": " + name);
            }
        }
    }

    private void call(Method method, Object object, Class<?> expected, String when) {
        Object[] arguments =
                Arrays.stream(method.getParameterTypes()).map(MisuseMatrixTest::argument).toArray();
        calls++;
        try {
            Object result = method.invoke(object, arguments);
            throw new AssertionError(when + " gave " + result);
        } catch (InvocationTargetException e) {
            assertTrue(expected.isInstance(e.getCause()), () -> {
                e.getCause().printStackTrace(System.out);
                return when + " threw " + e.getCause();
            });
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldThrowWhateverIsUsedAfterItsTransaction() {
        Map<String, Consumer<ReadTx>> endings = Map.of(
                "close", ReadTx::close,
                "close of the store", tx -> store.close(),
                "defragmentation, then close", tx -> {
                    store.defragment();
                    tx.close();
                });
        endings.forEach((ending, end) -> {
            ReadTx tx = fresh().beginRead();
            Map<Class<?>, Object> objects = objectsOf(tx);
            end.accept(tx);
            objects.forEach((type, object) -> callAll(type, object, ALLOWED, TxEndedException.class, ending));
        });
        assertTrue(calls > 100, "calls: " + calls);
    }

    @Test
    void shouldThrowWhateverIsUsedAfterItsWriteTransaction() {
        Map<String, Consumer<WriteTx>> endings = Map.of(
                "commit", WriteTx::commit,
                "rollback", WriteTx::rollback,
                "close", WriteTx::close,
                "close of the store", tx -> store.close());
        endings.forEach((ending, end) -> {
            WriteTx tx = fresh().beginWrite();
            Map<Class<?>, Object> objects = objectsOf(tx);
            end.accept(tx);
            objects.forEach((type, object) -> callAll(type, object, ALLOWED, TxEndedException.class, ending));
        });
        assertTrue(calls > 150, "calls: " + calls);
    }

    /// Views and cursors that were set before; what sets them anew goes on.
    @Test
    void shouldThrowWhatAChangeMayHaveMoved() {
        Set<String> setsAnew = Set.of(
                "WriteCursor.first",
                "WriteCursor.last",
                "WriteCursor.seek",
                "WriteCursor.seekAtMost",
                "WriteCursor.seekExact");
        Map<String, Consumer<WriteBucket>> changes = Map.of(
                "put", bucket -> bucket.put("new".getBytes(), VALUE),
                "delete", bucket -> bucket.delete(new byte[] {'d'}),
                "createBucket", bucket -> bucket.createBucket("nested".getBytes()));
        changes.forEach((change, run) -> {
            try (WriteTx tx = fresh().beginWrite()) {
                Map<Class<?>, Object> objects = objectsOf(tx);
                run.accept(tx.bucket(NAME));
                for (Class<?> type : List.of(WriteCursor.class, ByteView.class, WritableView.class)) {
                    callAll(type, objects.get(type), setsAnew, TxEndedException.class, change);
                }
            }
        });
    }

    @Test
    void shouldThrowWhateverIsUsedAfterTheStoreWasClosed() {
        BTreeStore closed = fresh();
        Scrub scrub = closed.scrub();
        closed.close();
        Set<String> allowed =
                Set.of("Store.close", "Store.path", "Store.scrub", "Store.defragmentPauses", "Scrub.progress");
        callAll(Store.class, closed, allowed, MisuseException.class, "a closed store");
        // Its step is of no page.
        callAll(Scrub.class, scrub, allowed, MisuseException.class, "a closed store");
    }

    /// A thread reads as fast as it can while another one ends what it reads: right bytes, or the error.
    @Test
    void shouldNeverShowOtherBytesToAThreadThatReadsWhileAnotherEnds() throws InterruptedException {
        int ended = 0;
        for (int round = 0; round < 60; round++) {
            BTreeStore present = fresh();
            ReadTx tx = present.beginRead();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread reader = Thread.ofPlatform().start(() -> readUntilEnded(tx, failure));
            Thread.sleep(0, 1000 * (round % 10) * 100);
            if (round % 2 == 0) {
                present.close();
            } else {
                tx.close();
                present.defragment();
                present.write(any -> any.bucket(NAME).delete(KEY));
            }
            reader.join();
            assertTrue(failure.get() instanceof TxEndedException, () -> String.valueOf(failure.get()));
            ended++;
        }
        assertEquals(60, ended);
        assertNull(store.stats().openReadTxCount() == 0 ? null : "a reader is left");
    }

    private static void readInOrder(Cursor cursor) {
        for (byte key = 'm'; key < 'z'; key++) {
            assertTrue(cursor.next());
            assertEquals(key, cursor.key().get(0));
            assertEquals(VALUE.length, cursor.value().lengthBytes());
            assertEquals(7, cursor.value().get(VALUE.length - 1));
        }
        assertFalse(cursor.next());
    }

    private static void readUntilEnded(ReadTx tx, AtomicReference<Throwable> failure) {
        try {
            Bucket bucket = tx.bucket(NAME);
            ByteView view = new ByteView();
            List<byte[]> keys = new ArrayList<>();
            for (byte key = 'a'; key < 'z'; key++) {
                keys.add(new byte[] {key});
            }
            while (true) {
                for (byte[] key : keys) {
                    assertTrue(bucket.get(key, view));
                    assertArrayEquals(VALUE, view.toByteArray());
                    assertEquals(7, view.get(3));
                    assertEquals(0, view.compareTo(VALUE));
                }
                assertArrayEquals(new byte[100_000], bucket.get("long".getBytes()).toByteArray());
                readInOrder(bucket.cursor(KeyRange.atLeast(new byte[] {'m'})));
            }
        } catch (Throwable e) {
            failure.set(e);
        }
    }
}
