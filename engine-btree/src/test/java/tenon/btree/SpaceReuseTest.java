package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.WriteBucket;
import tenon.testkit.Seeds;

/// What is deleted makes room for what comes, and growth is nobody's business but the writer's.
class SpaceReuseTest {
    private static final byte[] NAME = {'b'};
    private static final int KEY_COUNT = 20_000;
    private static final int KEYS_PER_COMMIT = 500;
    private static final byte[] VALUE = new byte[100];

    @TempDir
    Path directory;

    private final RandomGenerator random = Seeds.random(SpaceReuseTest.class);

    private BTreeStore open() {
        BTreeOptions options =
                BTreeOptions.DEFAULT.withSyncMode(SyncMode.LOSE_STORE).withGrowStepBytesMax(64 << 10);
        return BTreeStore.open(Platform.system(), directory.resolve("store"), options);
    }

    private static byte[] key(int i) {
        // Scattered, but each one once.
        return String.format("%016x", i * 0x9e37_79b9_7f4a_7c15L).getBytes();
    }

    private void overwriteAll(BTreeStore store) {
        for (int from = 0; from < KEY_COUNT; from += KEYS_PER_COMMIT) {
            int first = from;
            store.write(tx -> {
                WriteBucket bucket = tx.createBucketIfAbsent(NAME);
                for (int i = first; i < first + KEYS_PER_COMMIT; i++) {
                    bucket.put(key(i), VALUE);
                }
                return null;
            });
        }
    }

    private void deleteHalf(BTreeStore store) {
        for (int commit = 0; commit < KEY_COUNT / 2 / KEYS_PER_COMMIT; commit++) {
            store.write(tx -> {
                for (int deleted = 0; deleted < KEYS_PER_COMMIT; ) {
                    deleted += tx.bucket(NAME).delete(key(random.nextInt(KEY_COUNT))) ? 1 : 0;
                }
                return null;
            });
        }
    }

    @Test
    void shouldNotGrowAfterTheFirstRoundOfDeletingHalfAndOverwriting() {
        try (BTreeStore store = open()) {
            overwriteAll(store);
            List<Long> pageCounts = new ArrayList<>();
            for (int round = 0; round < 6; round++) {
                deleteHalf(store);
                overwriteAll(store);
                pageCounts.add(store.stats().pageCount());
                assertEquals(List.of(), store.check().findings());
            }
            long after = pageCounts.getFirst();
            // Which leaves are split and joined is chance.
            for (long count : pageCounts) {
                assertTrue(count <= after + after / 50, "pages after each round: " + pageCounts);
            }
        }
    }

    /// Readers begin and end while a write transaction is open: they wait for nothing of it. Values that they hold
    /// stay where they are while the file grows tenfold.
    @Test
    void shouldLetReadersReadWhileTheFileGrows() throws InterruptedException {
        try (BTreeStore store = open()) {
            overwriteAll(store);
            long before = store.stats().fileSizeBytes();
            AtomicBoolean stop = new AtomicBoolean();
            AtomicLong reads = new AtomicLong();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread reader = Thread.ofPlatform().start(() -> {
                try (ReadTx old = store.beginRead()) {
                    var held = old.bucket(NAME).get(key(7));
                    while (!stop.get()) {
                        try (ReadTx tx = store.beginRead()) {
                            byte[] key = key((int) (reads.get() % KEY_COUNT));
                            assertEquals(VALUE.length, tx.bucket(NAME).get(key).lengthBytes());
                        }
                        assertEquals(0, held.get(VALUE.length - 1));
                        reads.incrementAndGet();
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            while (store.stats().fileSizeBytes() < 10 * before && failure.get() == null) {
                long readsBefore = reads.get();
                var tx = store.beginWrite();
                for (int i = 0; i < 40; i++) {
                    tx.bucket(NAME).put(("long" + random.nextLong()).getBytes(), new byte[20_000]);
                }
                // The writer's permit is held: a reader that needed it would stand still.
                while (reads.get() < readsBefore + 10 && failure.get() == null) {
                    Thread.onSpinWait();
                }
                tx.commit();
            }
            stop.set(true);
            reader.join();
            if (failure.get() != null) {
                throw new AssertionError(failure.get());
            }
            assertEquals(List.of(), store.check().findings());
        }
    }
}
