package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.ByteView;
import tenon.api.Cursor;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.StorageException;
import tenon.api.StoreStats;
import tenon.api.TxEndedException;
import tenon.api.WriteTx;

class StoreConcurrencyTest {
    private static final byte[] NAME = {'b'};
    private static final int KEYS = 200;

    @TempDir
    Path directory;

    private BTreeStore open() {
        BTreeOptions options = BTreeOptions.DEFAULT
                .withPageSizeBytes(1024)
                .withMapSegmentSizeBytes(64 << 10)
                .withGrowStepBytesMax(64 << 10)
                .withSyncMode(SyncMode.LOSE_STORE);
        return BTreeStore.open(Platform.system(), directory.resolve("store"), options);
    }

    /// Each commit sets all keys to one number; a reader that sees two numbers saw two commits, or reused pages.
    private static void commit(BTreeStore store, int number) {
        try (WriteTx tx = store.beginWrite()) {
            var bucket = tx.createBucketIfAbsent(NAME);
            for (int i = 0; i < KEYS; i++) {
                bucket.put(key(i), value(number, i));
            }
            tx.commit();
        }
    }

    private static byte[] key(int i) {
        return String.format("%06d", i).getBytes();
    }

    private static byte[] value(int number, int i) {
        byte[] value = new byte[8 + (number * 7 + i) % 40 + (i == 3 ? 2000 : 0)];
        java.util.Arrays.fill(value, (byte) number);
        return value;
    }

    private static void read(ReadTx tx) {
        Cursor cursor = tx.bucket(NAME).cursor();
        int count = 0;
        byte number = 0;
        while (cursor.next()) {
            for (byte found : cursor.value().toByteArray()) {
                number = count == 0 ? found : number;
                assertEquals(number, found, "two commits in one snapshot");
                count++;
            }
        }
        assertTrue(count >= KEYS * 8);
    }

    @Test
    void shouldShowEachReaderOneCommit() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        BTreeStore store = open();
        commit(store, 1);
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(Thread.ofPlatform().start(() -> {
                try {
                    while (!stop.get()) {
                        try (ReadTx tx = store.beginRead()) {
                            read(tx);
                            read(tx);
                            reads.incrementAndGet();
                        }
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        for (int number = 2; number < 150 && failure.get() == null; number++) {
            commit(store, number);
            if (number % 50 == 0) {
                store.defragment();
            }
        }
        stop.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        assertTrue(reads.get() > 0);
        StoreStats stats = store.stats();
        assertEquals(0, stats.openReadTxCount());
        assertEquals(List.of(), store.check().findings());
        store.close();
    }

    @Test
    void shouldSurviveCloseUnderReaders() throws InterruptedException {
        BTreeStore store = open();
        commit(store, 1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicLong reads = new AtomicLong();
        Thread reader = Thread.ofPlatform().start(() -> {
            try (ReadTx tx = store.beginRead()) {
                while (true) {
                    read(tx);
                    reads.incrementAndGet();
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        while (reads.get() < 3 && reader.isAlive()) {
            Thread.sleep(1);
        }
        store.close();
        reader.join();
        assertTrue(failure.get() instanceof TxEndedException, String.valueOf(failure.get()));
    }

    /// The JVM reports such a fault at its next safepoint, which may lie behind the last frame that could translate it.
    private static void assertFaults(Executable access) {
        Throwable fault = assertThrows(Throwable.class, access);
        assertTrue(fault instanceof StorageException || fault instanceof InternalError, fault.toString());
    }

    @Test
    void shouldTurnFaultOfMappedMemoryIntoError() throws IOException {
        BTreeStore store = open();
        commit(store, 1);
        try (ReadTx tx = store.beginRead()) {
            ByteView view = tx.bucket(NAME).get(key(7));
            try (FileChannel channel = FileChannel.open(directory.resolve("store"), StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
            assertFaults(view::toByteArray);
            assertFaults(() -> view.get(0));
            assertFaults(() -> tx.bucket(NAME).get(key(9)));
            assertFaults(() -> tx.findBucket(NAME));
        }
        store.close();
    }
}
