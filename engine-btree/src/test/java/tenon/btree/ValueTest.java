package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.ByteView;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.TxEndedException;
import tenon.api.WritableView;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.testkit.Seeds;

/// Values of every length, and the ways to write them.
class ValueTest {
    private static final byte[] NAME = {'b'};
    private static final byte[] KEY = {'k'};
    private static final int PAGE_SIZE = 1024;
    private static final BTreeOptions OPTIONS =
            BTreeOptions.DEFAULT.withPageSizeBytes(PAGE_SIZE).withSyncMode(SyncMode.LOSE_STORE);
    /// 1024 for the longest value that there can be: `-Dtenon.value.mib=1024`.
    private static final int LONG_VALUE_MIB = Integer.getInteger("tenon.value.mib", 40);

    @TempDir
    Path directory;

    private BTreeStore open(BTreeOptions options) {
        return BTreeStore.open(Platform.system(), directory.resolve("store"), options);
    }

    private static byte[] random(int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        Seeds.from(lengthBytes).nextBytes(bytes);
        return bytes;
    }

    private static byte[] key(int i) {
        return String.format("%08d", i).getBytes();
    }

    /// Around every border at which a value is kept in another way.
    private static int[] lengths() {
        int inlineMax = PageLayout.inlineValueLengthMax(PAGE_SIZE, key(0).length);
        int firstPage = PAGE_SIZE - PageLayout.HEADER_BYTES;
        return new int[] {
            0, 1, 7, 8, inlineMax - 1, inlineMax, inlineMax + 1, firstPage - 1, firstPage, firstPage + 1,
            firstPage + PAGE_SIZE, firstPage + PAGE_SIZE + 1, 100_000, (1 << 20) - 41, 1 << 20, (1 << 20) + 5
        };
    }

    @Test
    void shouldKeepValuesOfEveryLengthHoweverTheyAreWritten() {
        try (BTreeStore store = open(OPTIONS);
                Arena arena = Arena.ofConfined()) {
            for (int round = 0; round < 3; round++) {
                try (WriteTx tx = store.beginWrite()) {
                    WriteBucket bucket = tx.createBucketIfAbsent(NAME);
                    int way = round;
                    for (int length : lengths()) {
                        write(bucket, way++ % 4, key(length), random(length), arena);
                    }
                    tx.commit();
                }
                for (int length : lengths()) {
                    byte[] found = store.read(tx -> tx.bucket(NAME).get(key(length)).toByteArray());
                    assertArrayEquals(random(length), found);
                }
                assertEquals(List.of(), store.check().findings());
            }
        }
    }

    private static void write(WriteBucket bucket, int way, byte[] key, byte[] value, Arena arena) {
        switch (way) {
            case 0 -> bucket.put(key, value);
            case 1 -> bucket.put(key, arena.allocateFrom(ValueLayout.JAVA_BYTE, value));
            case 2 -> bucket.put(key, MemorySegment.ofBuffer(ByteBuffer.wrap(value)));
            default -> bucket.reserve(key, value.length).put(0, value);
        }
        assertArrayEquals(value, bucket.get(key).toByteArray());
    }

    @Test
    void shouldShowZerosWhereAReservedValueWasNotWritten() {
        try (BTreeStore store = open(OPTIONS)) {
            for (int length : lengths()) {
                // Dirty memory that is used again must not shine through.
                store.write(tx -> {
                    WriteBucket bucket = tx.createBucketIfAbsent(NAME);
                    bucket.put(KEY, random(length));
                    bucket.put(key(1), random(length));
                    assertTrue(bucket.delete(key(1)));
                    WritableView view = bucket.reserve(key(1), length);
                    assertEquals(length, view.lengthBytes());
                    if (length >= 8) {
                        view.putLong(length - 8, 0x0807_0605_0403_0201L);
                        view.put(0, (byte) 42);
                    }
                    return null;
                });
                byte[] expected = new byte[length];
                for (int i = 0; i < 8 && length >= 8; i++) {
                    expected[length - 8 + i] = (byte) (i + 1);
                }
                if (length >= 8) {
                    expected[0] = 42;
                }
                byte[] found = store.read(tx -> tx.bucket(NAME).get(key(1)).toByteArray());
                assertArrayEquals(expected, found);
            }
            assertEquals(List.of(), store.check().findings());
        }
    }

    @Test
    void shouldLetAReservedValueBeWrittenOnlyUntilTheNextChange() {
        try (BTreeStore store = open(OPTIONS)) {
            for (int length : new int[] {8, 5000}) {
                WriteTx tx = store.beginWrite();
                WriteBucket bucket = tx.createBucketIfAbsent(NAME);
                WritableView view = bucket.reserve(KEY, length);
                assertThrows(MisuseException.class, () -> view.put(length, (byte) 1));
                assertThrows(MisuseException.class, () -> view.put(-1, (byte) 1));
                assertThrows(MisuseException.class, () -> view.putLong(length - 7, 1));
                assertThrows(MisuseException.class, () -> view.put(1, new byte[length]));
                view.putLong(0, 1);
                // A look at it is no change.
                assertEquals(1, bucket.get(KEY).getLong(0));
                view.putLong(0, 2);
                bucket.put(key(1), KEY);
                assertThrows(TxEndedException.class, () -> view.putLong(0, 3));
                assertThrows(TxEndedException.class, () -> view.put(0, KEY));
                assertThrows(TxEndedException.class, view::lengthBytes);
                WritableView last = bucket.reserve(key(2), length);
                tx.commit();
                assertThrows(TxEndedException.class, () -> last.put(0, (byte) 1));
                assertEquals(2, store.<Long>read(read -> read.bucket(NAME).get(KEY).getLong(0)));
            }
        }
    }

    @Test
    void shouldCopyValuesFromViews() {
        try (BTreeStore source = BTreeStore.inMemory(OPTIONS);
                BTreeStore store = open(OPTIONS)) {
            source.write(tx -> {
                WriteBucket bucket = tx.createBucket(NAME);
                for (int length : lengths()) {
                    bucket.put(key(length), random(length));
                }
                return null;
            });
            store.write(tx -> {
                WriteBucket bucket = tx.createBucket(NAME);
                source.read(from -> {
                    from.bucket(NAME).forEach((key, value) -> bucket.put(key.toByteArray(), value));
                    return null;
                });
                for (int length : lengths()) {
                    assertArrayEquals(random(length), bucket.get(key(length)).toByteArray());
                    // From where it is about to be replaced.
                    bucket.put(key(length), bucket.get(key(length)));
                    bucket.put(KEY, bucket.get(key(length)));
                    assertArrayEquals(random(length), bucket.get(key(length)).toByteArray());
                    assertArrayEquals(random(length), bucket.get(KEY).toByteArray());
                }
                ByteView ended = bucket.get(key(100_000));
                bucket.put(KEY, KEY);
                assertThrows(TxEndedException.class, () -> bucket.put(key(1), ended));
                assertEquals(1, bucket.get(key(1)).lengthBytes());
                return null;
            });
            assertEquals(List.of(), store.check().findings());
        }
    }

    /// Of a transaction that another thread ends, so that the memory of its views goes, while they are read.
    private static final class EndedWhileRead extends ByteView.Guard {
        @Override
        protected RuntimeException onFault(Throwable fault) {
            return endedError();
        }
    }

    @Test
    void shouldLeaveNothingOfAValueThatCouldNotBeRead() {
        try (BTreeStore store = open(OPTIONS)) {
            try (BTreeWriteTx tx = store.beginWrite()) {
                WriteBucket bucket = tx.createBucket(NAME);
                bucket.put(KEY, KEY);
                long before = tx.sizeBytes();
                ByteView torn = new ByteView();
                Arena arena = Arena.ofConfined();
                torn.set(arena.allocate(50_000), 0, 50_000, new EndedWhileRead(), 0);
                arena.close();
                assertThrows(TxEndedException.class, () -> bucket.put(key(1), torn));
                bucket.put(key(2), random(40_000));
                assertTrue(tx.sizeBytes() <= before + 50 * PAGE_SIZE, "its pages are used again");
                tx.commit();
            }
            assertEquals(List.of(), store.check().findings());
            assertEquals(2, store.<Long>read(tx -> tx.bucket(NAME).stats().keyCount()));
        }
    }

    @Test
    void shouldRefuseWhatIsNoValue() {
        try (BTreeStore store = open(OPTIONS);
                WriteTx tx = store.beginWrite()) {
            WriteBucket bucket = tx.createBucket(NAME);
            bucket.createBucket(key(1));
            assertThrows(MisuseException.class, () -> bucket.reserve(KEY, -1));
            assertThrows(MisuseException.class, () -> bucket.reserve(KEY, PageLayout.VALUE_LENGTH_MAX + 1));
            assertThrows(MisuseException.class, () -> bucket.reserve(key(1), 1));
            assertThrows(MisuseException.class, () -> bucket.put(key(1), MemorySegment.ofArray(KEY)));
            Arena arena = Arena.ofConfined();
            MemorySegment freed = arena.allocate(5000);
            arena.close();
            assertThrows(MisuseException.class, () -> bucket.put(KEY, freed));
            bucket.put(KEY, KEY);
            tx.commit();
        }
    }

    @Test
    void shouldTakeMemoryForValuesFromSlabs() {
        RunPool pool = new RunPool(PAGE_SIZE);
        RunPool.Run small = pool.acquire(3);
        assertEquals(3 * PAGE_SIZE, small.memory().byteSize());
        assertEquals(1, pool.slabCount());
        RunPool.Run other = pool.acquire(4);
        assertEquals(1, pool.slabCount());
        assertEquals(-1, small.memory().fill((byte) 1).mismatch(small.memory()));
        assertTrue(other.memory().asOverlappingSlice(small.memory()).isEmpty());
        pool.release(small);
        assertEquals(small.buffer().address(), pool.acquire(3).buffer().address());
        RunPool.Run large = pool.acquire(5000);
        assertEquals(1, pool.slabCount());
        pool.release(large);
        assertFalse(large.memory().scope().isAlive());
        for (int i = 0; i < 40; i++) {
            pool.acquire(512);
        }
        assertEquals(21, pool.slabCount());
        pool.trim();
        assertEquals(0, pool.slabCount());
        pool.close();
    }

    @Test
    void shouldKeepAValueOfAnyLengthInPlace() {
        int length = LONG_VALUE_MIB << 20;
        MemorySegment piece = MemorySegment.ofArray(random(1 << 20));
        try (BTreeStore store = open(OPTIONS.withPageSizeBytes(4096).withMapSegmentSizeBytes(16 << 20))) {
            store.write(tx -> {
                WritableView view = tx.createBucket(NAME).reserve(KEY, length);
                for (int mib = 0; mib < LONG_VALUE_MIB; mib++) {
                    view.put(mib << 20, piece);
                    view.putLong(mib << 20, mib);
                }
                return null;
            });
        }
        try (BTreeStore store = open(OPTIONS)) {
            store.defragment();
            store.read(tx -> {
                ByteView view = tx.bucket(NAME).get(KEY);
                assertEquals(length, view.lengthBytes());
                MemorySegment found = MemorySegment.ofArray(new byte[1 << 20]);
                for (int mib = 0; mib < LONG_VALUE_MIB; mib++) {
                    view.copyTo(mib << 20, found);
                    assertEquals(mib, view.getLong(mib << 20));
                    assertEquals(-1, found.asSlice(8).mismatch(piece.asSlice(8)));
                }
                return null;
            });
            assertEquals(List.of(), store.check().findings());
        }
        checkThatASalvageNeedsNoHeapFor(length);
    }

    private void checkThatASalvageNeedsNoHeapFor(int length) {
        Path salvaged = directory.resolve("salvaged");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        StoreRepair.salvage(Platform.system(), directory.resolve("store"), salvaged);
        assertTrue(threads.getCurrentThreadAllocatedBytes() - before < length / 2);
        try (BTreeStore source = open(OPTIONS);
                BTreeStore target = BTreeStore.open(Platform.system(), salvaged, OPTIONS)) {
            int order = source.read(tx -> target.read(
                    other -> tx.bucket(NAME).get(KEY).compareTo(other.bucket(NAME).get(KEY))));
            assertEquals(0, order);
        }
    }
}
