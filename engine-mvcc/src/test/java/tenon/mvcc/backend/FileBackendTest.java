package tenon.mvcc.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.DefragmentReport;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.Store;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.Backend;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.keyspace.Recovery;
import tenon.mvcc.layout.MetaLayout;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

class FileBackendTest {
    private static final Path FILE = Path.of("/data/db");
    private static final int BATCH_LIMIT = 10;
    private static final int BATCH_SIZE_MAX_BYTES = 4_000;
    private static final byte[] KEY = {'k'};

    private final SimulatedFileSystem disk = new SimulatedFileSystem();
    private final Platform platform = Platform.system().withFiles(disk).withClock(new ManualClock());
    private final CountDownLatch disturbed = new CountDownLatch(1);
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private Store store;
    private MvccStore keySpace;
    private Backend backend;
    private int raftIndex;

    @BeforeEach
    void open() {
        if (!disk.exists(FILE.getParent())) {
            disk.createDirectories(FILE.getParent());
        }
        store = BTreeStore.open(platform, FILE, BTreeOptions.DEFAULT.withMapSegmentSizeBytes(1 << 20));
        MvccOptions options = new MvccOptions(100_000_000, BATCH_LIMIT, 100, 0, false, 0.9)
                .withBatchSizeMaxBytes(BATCH_SIZE_MAX_BYTES);
        keySpace = Recovery.open(platform, gated(store), options);
        backend = keySpace.backend();
    }

    /// A store whose write transactions begin when the gate is open.
    private Store gated(Store target) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("beginWrite")) {
                        disturbed.countDown();
                        gate.await();
                    }
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @AfterEach
    void close() {
        gate.countDown();
        assertEquals(List.of(), store.check().findings());
        keySpace.close();
    }

    private void reopen() {
        keySpace.close();
        open();
    }

    private boolean isStored(String bucket) {
        try (ReadTx tx = store.beginRead()) {
            return tx.findBucket(MetaLayout.name(bucket)).isPresent();
        }
    }

    private AppliedIndex next() {
        return new AppliedIndex(1, ++raftIndex);
    }

    private void put(int i) {
        try (WriteTxn write = keySpace.write(next())) {
            write.put(new byte[] {'k', (byte) i}, new byte[] {(byte) i}, 0);
        }
    }

    @Test
    void shouldShowBookkeepingWhereverItIs() {
        backend.put("alarm", KEY, new byte[] {1});
        assertArrayEquals(new byte[] {1}, backend.get("alarm", KEY), "pending");
        keySpace.skip(next());
        assertArrayEquals(new byte[] {1}, backend.get("alarm", KEY), "active");
        backend.commit();
        assertArrayEquals(new byte[] {1}, backend.get("alarm", KEY), "stored");
        backend.put("alarm", new byte[] {'l'}, new byte[0]);
        backend.delete("alarm", KEY);
        assertNull(backend.get("alarm", KEY));
        List<Backend.Record> records = backend.list("alarm");
        assertEquals(1, records.size());
        assertArrayEquals(new byte[] {'l'}, records.getFirst().key());
        assertEquals(0, records.getFirst().value().length);
        assertEquals(List.of(), backend.list("members"));
        reopen();
        assertNull(backend.get("alarm", KEY), "closing commits what no entry has claimed");
        assertEquals(1, backend.list("alarm").size());
    }

    @Test
    void shouldKeepTheBucketsOfTheKeySpaceToItself() {
        assertThrows(MisuseException.class, () -> backend.put("key", KEY, KEY));
        assertThrows(MisuseException.class, () -> backend.delete("meta", KEY));
    }

    @Test
    void shouldCommitBookkeepingWithTheEntryThatItBelongsTo() throws InterruptedException {
        put(1);
        backend.put("alarm", KEY, KEY);
        Thread other = Thread.ofPlatform().start(backend::commit);
        other.join();
        assertEquals(new AppliedIndex(1, 1), backend.durableIndex());
        assertFalse(isStored("alarm"), "its entry has not ended");
        keySpace.skip(next());
        other = Thread.ofPlatform().start(backend::commit);
        other.join();
        assertEquals(new AppliedIndex(1, 2), backend.durableIndex());
        assertTrue(isStored("alarm"));
    }

    @Test
    void shouldTakeWritesWhileABatchIsCommittedAndWaitWhenTheNextIsFull() throws InterruptedException {
        gate = new CountDownLatch(1);
        for (int i = 0; i < BATCH_LIMIT; i++) {
            put(i);
        }
        assertTrue(disturbed.await(20, TimeUnit.SECONDS), "the committer is at it");
        for (int i = BATCH_LIMIT; i < 2 * BATCH_LIMIT - 1; i++) {
            put(i);
        }
        assertEquals(2 * BATCH_LIMIT - 1, keySpace.stats().pendingChangeCount());
        try (ReadTxn read = keySpace.read()) {
            List<KeyValue> all = read.range(KeyRange.all(), RangeOptions.DEFAULT).keyValues();
            assertEquals(2 * BATCH_LIMIT - 1, all.size());
            assertEquals(all, read.history(0, HistoryLimit.NONE).changes().stream().map(WriteTxn.Change::keyValue).toList());
        }
        Thread writer = Thread.ofPlatform().start(() -> put(99));
        writer.join(100);
        assertTrue(writer.isAlive(), "the writer waits");
        try (ReadTxn read = keySpace.read()) {
            assertEquals(2 * BATCH_LIMIT, read.range(KeyRange.all(), RangeOptions.DEFAULT).count());
        }
        gate.countDown();
        writer.join(20_000);
        assertFalse(writer.isAlive());
        backend.commit();
        assertEquals(0, keySpace.stats().pendingChangeCount());
        assertEquals(new AppliedIndex(1, 2 * BATCH_LIMIT), backend.durableIndex());
    }

    @Test
    void shouldWaitWhenTheBytesOfTwoBatchesAreTooMany() throws InterruptedException {
        gate = new CountDownLatch(1);
        putLarge(1);
        putLarge(2);
        assertTrue(disturbed.await(20, TimeUnit.SECONDS), "two values fill a batch");
        putLarge(3);
        Thread writer = Thread.ofPlatform().start(() -> {
            putLarge(4);
            putLarge(5);
        });
        writer.join(100);
        assertTrue(writer.isAlive(), "the next one is full too, and the writer waits");
        assertEquals(4, keySpace.stats().pendingChangeCount());
        gate.countDown();
        writer.join(20_000);
        assertFalse(writer.isAlive());
        backend.commit();
        reopen();
        try (ReadTxn read = keySpace.read()) {
            List<KeyValue> all = read.range(KeyRange.all(), RangeOptions.DEFAULT).keyValues();
            assertEquals(5, all.size());
            all.forEach(found -> assertEquals(BATCH_SIZE_MAX_BYTES / 2, found.value().length));
        }
    }

    private void putLarge(int i) {
        try (WriteTxn write = keySpace.write(next())) {
            write.put(new byte[] {'k', (byte) i}, new byte[BATCH_SIZE_MAX_BYTES / 2], 0);
        }
    }

    @Test
    void shouldCopyAllThatIsVisible() {
        for (int i = 0; i < 25; i++) {
            put(i);
        }
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        long[] announced = {0};
        long written = backend.copyTo(copy, sizeBytes -> {
            assertEquals(0, copy.size());
            announced[0] = sizeBytes;
        });
        assertEquals(written, announced[0]);
        assertEquals(written, copy.size());
        int hash = backend.hash();
        Path other = Path.of("/data/copy");
        disk.setContent(other, copy.toByteArray());
        try (MvccStore copied = MvccStore.open(platform, other, MvccOptions.DEFAULT)) {
            assertEquals(new AppliedIndex(1, 25), copied.appliedIndex());
            assertEquals(hash, copied.backend().hash());
            assertEquals(keySpace.hashKeyspace(0), copied.hashKeyspace(0));
        }
        put(99);
        assertTrue(hash != backend.hash());
    }

    @Test
    void shouldShrinkByDefragmentation() {
        for (int round = 0; round < 30; round++) {
            try (WriteTxn write = keySpace.write(next())) {
                for (int i = 0; i < 20; i++) {
                    write.put(new byte[] {'k', (byte) i}, new byte[2_000], 0);
                }
            }
        }
        keySpace.compact(keySpace.currentRevision(), next()).join();
        put(50);
        DefragmentReport report = backend.defragment();
        assertTrue(report.afterBytes() < report.beforeBytes());
        put(51);
        backend.commit();
        assertEquals(22, keySpace.stats().keyCount());
        reopen();
        assertEquals(22, keySpace.stats().keyCount());
    }
}
