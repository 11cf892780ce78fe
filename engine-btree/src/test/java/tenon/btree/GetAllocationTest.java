package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Bucket;
import tenon.api.ByteView;
import tenon.api.Platform;
import tenon.api.ReadTx;

/// Whoever keeps the bucket and a view of its own reads without garbage. Code that is not yet compiled allocates where
/// compiled code does not: so each measurement is made again until it finds nothing, and the least of all counts.
class GetAllocationTest {
    private static final byte[] NAME = {'b'};
    private static final int KEY_COUNT = 10_000;
    private static final int GET_COUNT = 100_000;
    private static final int ATTEMPTS_MAX = 60;
    /// More than compiled code was seen to need.
    private static final int ATTEMPTS_USUAL = 15;
    private static final int OBJECT_BYTES_MIN = 16;
    /// What the JVM does in this thread beside the gets: less than an object for a thousand of them.
    private static final long BYTES_MAX = OBJECT_BYTES_MIN * GET_COUNT / 1000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final ByteView value = new ByteView();
    private final byte[][] present = new byte[KEY_COUNT][];
    private final byte[][] missing = new byte[KEY_COUNT][];
    private final byte[][] longValued = new byte[KEY_COUNT / 50][];
    private BTreeStore store;
    /// What is stored here escapes: no compiler leaves it out.
    private ByteView kept;

    @TempDir
    Path directory;

    @BeforeEach
    void fill() {
        BTreeOptions options = BTreeOptions.DEFAULT.withSyncMode(SyncMode.LOSE_STORE);
        store = BTreeStore.open(Platform.system(), directory.resolve("store"), options);
        store.write(tx -> {
            var bucket = tx.createBucket(NAME);
            for (int i = 0; i < KEY_COUNT; i++) {
                present[i] = String.format("key%08d", i).getBytes();
                missing[i] = String.format("key%08d.", i).getBytes();
                bucket.put(present[i], new byte[100]);
            }
            for (int i = 0; i < longValued.length; i++) {
                longValued[i] = String.format("long%08d", i).getBytes();
                bucket.put(longValued[i], new byte[10_000]);
            }
            return null;
        });
    }

    @AfterEach
    void close() {
        assertEquals(List.of(), store.check().findings());
        store.close();
    }

    /// @return how many keys were found
    private long getAll(Bucket bucket, byte[][] keys) {
        long found = 0;
        for (int i = 0; i < GET_COUNT; i++) {
            if (bucket.get(keys[(int) (i * 7919L % keys.length)], value)) {
                found += 1 + value.get(value.lengthBytes() - 1);
            }
        }
        return found;
    }

    private long getAllIntoNewViews(Bucket bucket, byte[][] keys) {
        long found = 0;
        for (int i = 0; i < GET_COUNT; i++) {
            kept = bucket.get(keys[(int) (i * 7919L % keys.length)]);
            found += 1 + kept.get(0);
        }
        return found;
    }

    /// The bytes that this thread allocates for the work once all of it is compiled.
    private long leastBytesOf(int attempts, Bucket bucket, long expected, ToLongFunction<Bucket> work) {
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < attempts && least > BYTES_MAX; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            long result = work.applyAsLong(bucket);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            assertEquals(expected, result);
        }
        return least;
    }

    private void assertAllocatesNothing(long expected, ToLongFunction<Bucket> work) {
        try (ReadTx tx = store.beginRead()) {
            long bytes = leastBytesOf(ATTEMPTS_MAX, tx.bucket(NAME), expected, work);
            assertTrue(bytes <= BYTES_MAX, bytes + " bytes for " + GET_COUNT + " reads");
        }
    }

    @Test
    void shouldAllocateNothingForAGet() {
        assertAllocatesNothing(GET_COUNT, bucket -> getAll(bucket, present));
    }

    @Test
    void shouldAllocateNothingForAGetOfALongValue() {
        assertAllocatesNothing(GET_COUNT, bucket -> getAll(bucket, longValued));
    }

    @Test
    void shouldAllocateNothingForAKeyThatIsNotThere() {
        assertAllocatesNothing(0, bucket -> getAll(bucket, missing));
    }

    /// Else the tests above would prove nothing.
    @Test
    void shouldNoticeAnObjectForEachGet() {
        try (ReadTx tx = store.beginRead()) {
            long bytes = leastBytesOf(
                    ATTEMPTS_USUAL, tx.bucket(NAME), GET_COUNT, bucket -> getAllIntoNewViews(bucket, present));
            assertTrue(bytes >= (long) OBJECT_BYTES_MIN * GET_COUNT, "only " + bytes + " bytes");
        }
    }
}
