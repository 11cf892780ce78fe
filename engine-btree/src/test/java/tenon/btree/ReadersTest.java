package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Bucket;
import tenon.api.BucketStats;
import tenon.api.ByteView;
import tenon.api.Cursor;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.ReaderInfo;
import tenon.api.StoreStats;
import tenon.api.TxEndedException;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.testkit.ManualClock;

/// Read transactions: what they are told apart by, what they hold back, and how they move on.
class ReadersTest {
    private static final byte[] NAME = {'b'};
    private static final byte[] NESTED = {'n'};
    private static final byte[] KEY = {'k'};
    private static final BTreeOptions OPTIONS = BTreeOptions.DEFAULT
            .withPageSizeBytes(1024)
            .withMapSegmentSizeBytes(64 << 10)
            .withSyncMode(SyncMode.LOSE_STORE);

    private final ManualClock clock = new ManualClock();
    private BTreeStore store;

    @TempDir
    Path directory;

    @BeforeEach
    void open() {
        store = BTreeStore.open(Platform.system().withClock(clock), directory.resolve("store"), OPTIONS);
        put(0);
    }

    @AfterEach
    void close() {
        assertEquals(List.of(), store.check().findings());
        store.close();
    }

    /// Each commit sets the same keys to one number.
    private void put(int number) {
        store.write(tx -> {
            WriteBucket bucket = tx.createBucketIfAbsent(NAME);
            bucket.createBucketIfAbsent(NESTED).put(KEY, new byte[] {(byte) number});
            bucket.setSequence(number);
            for (int i = 0; i < 100; i++) {
                bucket.put(new byte[] {'x', (byte) i}, new byte[] {(byte) number, 0, 0, 0, 0, 0, 0, 0});
            }
            return null;
        });
    }

    private static int number(Bucket bucket) {
        return bucket.get(new byte[] {'x', 7}).get(0);
    }

    @Test
    void shouldTellAgeOfReadersAndWhatTheyRetain() {
        assertEquals(List.of(), store.readers());
        StoreStats idle = store.stats();
        assertEquals(0, idle.openReadTxCount());
        assertEquals(idle.txid(), idle.oldestReadTxid());
        assertEquals(0, idle.oldestReadAgeNs() + idle.retainedPageCount());
        ReadTx first = store.beginRead();
        clock.advanceNs(100);
        put(1);
        put(2);
        ReadTx second = store.beginRead();
        clock.advanceNs(20);
        put(3);
        ReadTx third = store.beginRead();
        List<ReaderInfo> readers = store.readers();
        assertEquals(List.of(first.txid(), second.txid(), third.txid()), readers.stream().map(ReaderInfo::txid).toList());
        assertEquals(List.of(120L, 20L, 0L), readers.stream().map(ReaderInfo::ageNs).toList());
        assertEquals(0, readers.get(2).retainedPageCount());
        StoreStats stats = store.stats();
        assertEquals(3, stats.openReadTxCount());
        assertEquals(first.txid(), stats.oldestReadTxid());
        assertEquals(120, stats.oldestReadAgeNs());
        assertEquals(readers.get(0).retainedPageCount(), stats.retainedPageCount());
        assertTrue(readers.get(0).retainedPageCount() > readers.get(1).retainedPageCount());
        // What a reader retains is what its end lets go.
        assertEquals(stats.pendingPageCount(), stats.retainedPageCount());
        first.close();
        put(4);
        long retained = store.readers().get(0).retainedPageCount();
        second.close();
        third.close();
        store.write(tx -> tx.bucket(NAME).nextSequence());
        store.write(tx -> tx.bucket(NAME).nextSequence());
        assertEquals(List.of(), store.readers());
        assertTrue(store.stats().pendingPageCount() < retained);
        assertEquals(0, store.stats().retainedPageCount());
    }

    @Test
    void shouldShowTheNewestCommitAfterRenewal() {
        try (ReadTx tx = store.beginRead()) {
            Bucket bucket = tx.bucket(NAME);
            Bucket nested = bucket.bucket(NESTED);
            ByteView view = bucket.get(new byte[] {'x', 7});
            Cursor cursor = bucket.cursor();
            assertTrue(cursor.first());
            tx.renew();
            assertEquals(0, view.get(0), "no commit, so nothing changed");
            assertTrue(cursor.next());
            put(1);
            put(2);
            assertEquals(0, number(bucket));
            tx.renew();
            assertEquals(store.stats().txid(), tx.txid());
            assertThrows(TxEndedException.class, () -> view.get(0));
            assertThrows(TxEndedException.class, cursor::next);
            assertThrows(TxEndedException.class, cursor::key);
            assertEquals(2, number(bucket));
            assertEquals(2, bucket.sequence());
            assertEquals(2, nested.get(KEY).get(0));
            assertTrue(cursor.seek(new byte[] {'x', 7}));
            assertEquals(2, cursor.value().get(0));
            assertEquals(101, bucket.stats().keyCount());
        }
    }

    @Test
    void shouldLetGoOfTheCommitBeforeWhenRenewed() {
        try (ReadTx tx = store.beginRead()) {
            for (int number = 1; number < 60; number++) {
                put(number);
                clock.advanceNs(5);
                tx.renew();
                assertEquals(0, store.readers().getFirst().ageNs());
            }
            assertTrue(store.stats().pageCount() < 80, "pages are reused: " + store.stats());
            clock.advanceNs(7);
            tx.renew();
            assertEquals(7, store.readers().getFirst().ageNs(), "it is still on the same commit");
        }
    }

    @Test
    void shouldMissABucketThatIsGoneAfterRenewal() {
        try (ReadTx tx = store.beginRead()) {
            Bucket bucket = tx.bucket(NAME);
            Bucket nested = bucket.bucket(NESTED);
            store.write(write -> write.bucket(NAME).deleteBucket(NESTED));
            assertEquals(0, nested.get(KEY).get(0));
            tx.renew();
            assertThrows(MisuseException.class, () -> nested.get(KEY));
            assertEquals(0, number(bucket));
            put(5);
            tx.renew();
            assertEquals(5, nested.get(KEY).get(0));
        }
    }

    @Test
    void shouldRenewAcrossDefragmentation() {
        ReadTx other = store.beginRead();
        try (ReadTx tx = store.beginRead()) {
            Bucket bucket = tx.bucket(NAME);
            put(1);
            store.defragment();
            assertEquals(0, number(bucket));
            assertEquals(2, store.readers().size(), "those on the file from before are readers too");
            tx.renew();
            assertEquals(1, number(bucket));
            put(2);
            assertEquals(1, number(bucket));
            assertEquals(0, number(other.bucket(NAME)));
            List<ReaderInfo> readers = store.readers();
            assertEquals(List.of(other.txid(), tx.txid()), readers.stream().map(ReaderInfo::txid).toList());
            assertTrue(readers.get(0).retainedPageCount() >= 10, "the whole file");
            assertEquals(other.txid(), store.stats().oldestReadTxid());
            assertEquals(2, store.stats().openReadTxCount());
            other.close();
            assertEquals(1, store.readers().size());
        }
    }

    @Test
    void shouldNotRenewWhatHasEnded() {
        ReadTx tx = store.beginRead();
        tx.close();
        assertThrows(TxEndedException.class, tx::renew);
        try (WriteTx write = store.beginWrite()) {
            assertThrows(MisuseException.class, write::renew);
        }
        BTreeStore other = BTreeStore.inMemory(OPTIONS);
        ReadTx open = other.beginRead();
        other.close();
        assertThrows(TxEndedException.class, open::renew);
        assertThrows(MisuseException.class, other::readers);
    }

    @Test
    void shouldShowRenewingReadersOneCommitAtATime() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch started = new CountDownLatch(3);
        List<CompletableFuture<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(CompletableFuture.supplyAsync(() -> {
                int renewals = 0;
                try (ReadTx tx = store.beginRead()) {
                    Bucket bucket = tx.bucket(NAME);
                    Cursor cursor = bucket.cursor();
                    while (!stop.get()) {
                        tx.renew();
                        if (renewals++ == 0) {
                            started.countDown();
                        }
                        long number = bucket.sequence() & 0x7f;
                        for (boolean found = cursor.first(); found; found = cursor.next()) {
                            if (!cursor.isBucket()) {
                                assertEquals(number, cursor.value().get(0), "two commits in one snapshot");
                            }
                        }
                        assertEquals(number, bucket.bucket(NESTED).get(KEY).get(0));
                    }
                }
                return renewals;
            }, task -> Thread.ofPlatform().start(task)));
        }
        started.await();
        for (int number = 1; number < 128; number++) {
            put(number);
            if (number % 40 == 0) {
                store.defragment();
            }
        }
        stop.set(true);
        for (CompletableFuture<Integer> reader : readers) {
            assertTrue(reader.get() > 1);
        }
        assertEquals(List.of(), store.readers());
    }

    @Test
    void shouldMoveFromThreadToThread() throws Exception {
        WriteTx write = CompletableFuture.supplyAsync(() -> store.beginWrite()).get();
        WriteBucket bucket = write.bucket(NAME);
        CompletableFuture.runAsync(() -> bucket.put(KEY, KEY)).get();
        ReadTx read = CompletableFuture.supplyAsync(() -> store.beginRead()).get();
        assertEquals(0, number(read.bucket(NAME)));
        CompletableFuture.runAsync(write::commit).get();
        assertFalse(read.bucket(NAME).cursor().seekExact(KEY));
        CompletableFuture.runAsync(() -> {
            read.renew();
            assertArrayEquals(KEY, read.bucket(NAME).get(KEY).toByteArray());
            read.close();
        }).get();
        assertThrows(TxEndedException.class, () -> read.bucket(NAME));
        assertEquals(List.of(), store.readers());
    }

    @Test
    void shouldCountPagesOfAllBuckets() {
        store.write(tx -> {
            tx.bucket(NAME).bucket(NESTED).put(KEY, new byte[5000]);
            for (int i = 0; i < 300; i++) {
                tx.createBucketIfAbsent("other".getBytes()).put(new byte[] {(byte) i, (byte) (i >> 8)}, new byte[100]);
            }
            return null;
        });
        try (ReadTx tx = store.beginRead()) {
            BucketStats all = tx.stats();
            BucketStats bucket = tx.bucket(NAME).stats();
            BucketStats nested = tx.bucket(NAME).bucket(NESTED).stats();
            BucketStats other = tx.bucket("other".getBytes()).stats();
            assertEquals(3, all.bucketCount());
            assertEquals(1, bucket.bucketCount());
            assertEquals(0, nested.bucketCount());
            assertEquals(2 + bucket.keyCount() + nested.keyCount() + other.keyCount(), all.keyCount());
            assertEquals(5, nested.overflowPageCount());
            assertEquals(nested.overflowPageCount(), all.overflowPageCount());
            assertEquals(1 + bucket.leafPageCount() + nested.leafPageCount() + other.leafPageCount(), all.leafPageCount());
            assertEquals(bucket.branchPageCount() + other.branchPageCount(), all.branchPageCount());
            assertEquals(2, all.depth());
            assertTrue(all.fill() > 0.4 && all.fill() <= 1);
            StoreStats stats = store.stats();
            long others = stats.pageCount() - stats.freePageCount() - stats.pendingPageCount() - all.pageBytes() / 1024;
            assertTrue(others >= 2 && others < 10, "meta and freelist pages: " + others);
        }
    }

    @Test
    void shouldGrowByStepsOfAtMostTheSizeThatWasAskedFor() {
        BTreeOptions options = OPTIONS.withGrowStepBytesMax(256 << 10);
        try (BTreeStore growing = BTreeStore.open(Platform.system(), directory.resolve("growing"), options)) {
            long before = growing.stats().fileSizeBytes();
            int growths = 0;
            for (int i = 0; i < 150; i++) {
                byte[] key = {(byte) i};
                growing.write(tx -> {
                    tx.createBucketIfAbsent(NAME).put(key, new byte[20_000]);
                    return null;
                });
                long after = growing.stats().fileSizeBytes();
                assertTrue(after - before <= (256 << 10) + 40_000, before + " to " + after);
                growths += after > before ? 1 : 0;
                before = after;
            }
            assertTrue(growths > 5 && growths < 60, growths + " growths");
        }
    }
}
