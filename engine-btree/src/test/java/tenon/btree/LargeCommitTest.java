package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tenon.api.Bucket;
import tenon.api.Cursor;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.WriteBucket;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

/// Commits of tens of megabytes: pages that lie in a row in memory and pages that do not, long values between them.
class LargeCommitTest {
    private static final byte[] NAME = {'b'};
    private static final int KEY_COUNT = 100_000;
    private static final int LONG_VALUE_EVERY = 1000;
    private static final int LONG_VALUE_BYTES = 50_000;
    private static final int VALUE_BYTES = 100;
    private static final int SMALL_COMMIT_BYTES = 900_000;

    @TempDir
    private Path directory;

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private static byte[] value(int number, int round) {
        byte[] value = new byte[number % LONG_VALUE_EVERY == 0 ? LONG_VALUE_BYTES : VALUE_BYTES];
        Arrays.fill(value, (byte) (31 * number + round));
        return value;
    }

    private static int[] shuffled() {
        RandomGenerator random = Seeds.random(LargeCommitTest.class);
        int[] numbers = new int[KEY_COUNT];
        for (int i = 0; i < numbers.length; i++) {
            int other = random.nextInt(i + 1);
            numbers[i] = numbers[other];
            numbers[other] = i;
        }
        return numbers;
    }

    private static void load(BTreeStore store) {
        store.write(tx -> {
            WriteBucket bucket = tx.createBucketIfAbsent(NAME);
            for (int number = 0; number < KEY_COUNT; number++) {
                bucket.append(key(number), value(number, 0));
            }
            return null;
        });
    }

    private static void overwrite(BTreeStore store, int round) {
        int[] numbers = shuffled();
        store.write(tx -> {
            WriteBucket bucket = tx.bucket(NAME);
            for (int number : numbers) {
                bucket.put(key(number), value(number, round));
            }
            return null;
        });
    }

    private static void check(BTreeStore store, int round) {
        assertEquals(List.of(), store.check().findings());
        try (ReadTx tx = store.beginRead()) {
            Bucket bucket = tx.bucket(NAME);
            Cursor cursor = bucket.cursor();
            for (int number = 0; number < KEY_COUNT; number++) {
                assertTrue(cursor.next());
                assertEquals(0, cursor.key().compareTo(key(number)));
                assertEquals(0, cursor.value().compareTo(value(number, round)));
            }
            assertFalse(cursor.next());
        }
    }

    @ParameterizedTest
    @EnumSource(SyncMode.class)
    void shouldHoldAllOfItBeforeAndAfterReopening(SyncMode mode) {
        BTreeOptions options = BTreeOptions.DEFAULT.withSyncMode(mode);
        Path path = directory.resolve("store");
        try (BTreeStore store = BTreeStore.open(Platform.system(), path, options)) {
            load(store);
            check(store, 0);
            overwrite(store, 1);
            overwrite(store, 2);
            check(store, 2);
        }
        try (BTreeStore store = BTreeStore.open(Platform.system(), path, options)) {
            check(store, 2);
        }
    }

    @Test
    void shouldLetTheDiskBeginBeforeTheLastPageOfASyncedCommit() {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, BTreeOptions.DEFAULT)) {
            store.write(tx -> {
                tx.createBucketIfAbsent(NAME).put(key(-1), new byte[SMALL_COMMIT_BYTES]);
                return null;
            });
            assertEquals(0, disk.writeBackCount(), "a small commit has nothing to gain");
            store.write(tx -> tx.bucket(NAME).delete(key(-1)));
            load(store);
            assertTrue(disk.writeBackCount() > 10, "a large one begins again and again");
        }
    }

    @Test
    void shouldNotMakeTheDiskBeginWhereNoCommitIsSynced() {
        SimulatedFileSystem disk = Workload.newDisk();
        BTreeOptions options = BTreeOptions.DEFAULT.withSyncMode(SyncMode.LOSE_STORE);
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, options)) {
            load(store);
            assertEquals(0, disk.writeBackCount());
        }
    }
}
