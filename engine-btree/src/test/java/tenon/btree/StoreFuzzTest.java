package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.Bucket;
import tenon.api.Cursor;
import tenon.api.KeyRange;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.Scrub;
import tenon.api.TenonException;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;

/// Hostile files, their checksums right, under everything that can be done with a store: what passes the check is read,
/// copied, compacted and defragmented without a difference; the rest ends in an error of the contract, and soon.
/// `-Dtenon.fuzz.rounds=N` makes it longer.
class StoreFuzzTest {
    private static final int ROUNDS = Integer.getInteger("tenon.fuzz.rounds", 120);
    private static final int ROUNDS_PER_FILE = 50;
    private static final Duration ROUND_MAX = Duration.ofSeconds(40);
    private static final Path COPY = Path.of("/disk/copy");
    private static final int BUCKETS_MAX = 500;

    private int clean;
    private int refused;

    private static byte[] goodFile(RandomGenerator random) {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS)) {
            Model model = new Model();
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                try (WriteTx tx = store.beginWrite()) {
                    for (int operation = 0; operation < 12; operation++) {
                        model.randomOperation(random, tx, Workload.OPTIONS.pageSizeBytes());
                    }
                    tx.commit();
                }
            }
        }
        return disk.content(Workload.PATH);
    }

    @Test
    void shouldShowTheSameDataEverywhereOrAnErrorOfTheContract() {
        long seed = Seeds.seed(StoreFuzzTest.class);
        byte[] good = {};
        for (int round = 0; round < ROUNDS; round++) {
            RandomGenerator random = Seeds.from(seed + round);
            if (round % ROUNDS_PER_FILE == 0 || good.length == 0) {
                good = goodFile(Seeds.from(seed + round - round % ROUNDS_PER_FILE));
            }
            byte[] bad = new FileMutator(random, Workload.OPTIONS.pageSizeBytes()).mutate(good);
            String when = "seed " + seed + ", round " + round;
            assertTimeoutPreemptively(ROUND_MAX, () -> useAll(bad, random), when);
        }
        System.out.println("StoreFuzzTest: " + ROUNDS + " files, " + clean + " passed the check, " + refused
                + " uses ended in an error");
        assertTrue(refused > ROUNDS / 4, "errors: " + refused);
        assertTrue(clean > 0 && clean < ROUNDS, "files that passed: " + clean);
    }

    private interface Use {
        void run(SimulatedFileSystem disk, Platform platform);
    }

    /// Each use gets a disk of its own.
    private void useAll(byte[] bad, RandomGenerator random) {
        List<String> content = checkedContent(bad);
        clean += content == null ? 0 : 1;
        use(bad, content, StoreFuzzTest::inspect);
        use(bad, content, (disk, platform) -> {
            StoreInspector.compact(platform, Workload.PATH, COPY);
            assertContent(content, platform, COPY);
        });
        use(bad, content, (disk, platform) -> read(platform, content));
        use(bad, content, (disk, platform) -> {
            try (BTreeStore store = open(platform, Workload.PATH)) {
                store.defragment();
            }
            assertContent(content, platform, Workload.PATH);
        });
        use(bad, content, (disk, platform) -> {
            try (BTreeStore store = open(platform, Workload.PATH)) {
                for (int step = 0; step < 20; step++) {
                    store.defragmentStep(20);
                }
            }
            assertContent(content, platform, Workload.PATH);
        });
        use(bad, null, (disk, platform) -> change(platform, random));
        use(bad, null, (disk, platform) -> {
            StoreRepair.salvage(platform, Workload.PATH, COPY);
            try (BTreeStore store = open(platform, COPY)) {
                assertTrue(store.check().isClean(), "what was salvaged is whole");
            }
        });
        use(bad, null, (disk, platform) -> {
            StoreRepair.fallBack(platform, Workload.PATH);
            try (BTreeStore store = open(platform, Workload.PATH)) {
                assertTrue(store.check().isClean(), "what stands again is whole");
            }
        });
    }

    /// @param content what the file holds, if it passes the check: then the use must end well
    private void use(byte[] bad, List<String> content, Use use) {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.setContent(Workload.PATH, bad);
        try {
            use.run(disk, Workload.platform(disk));
        } catch (TenonException e) {
            refused++;
            if (content != null) {
                throw new AssertionError("what passed the check cannot be used", e);
            }
        }
    }

    private static BTreeStore open(Platform platform, Path path) {
        return BTreeStore.open(platform, path, Workload.OPTIONS);
    }

    /// Null if it does not pass the check.
    private static List<String> checkedContent(byte[] bad) {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.setContent(Workload.PATH, bad);
        try (BTreeStore store = open(Workload.platform(disk), Workload.PATH)) {
            return store.check().isClean() ? content(store) : null;
        } catch (TenonException e) {
            return null;
        }
    }

    private static void assertContent(List<String> expected, Platform platform, Path path) {
        try (BTreeStore store = open(platform, path)) {
            if (expected != null) {
                assertEquals(List.of(), store.check().findings());
                assertEquals(expected, content(store));
            }
        }
    }

    private static List<String> content(BTreeStore store) {
        List<String> content = new ArrayList<>();
        try (ReadTx tx = store.beginRead()) {
            for (byte[] name : tx.bucketNames()) {
                content.add(Arrays.toString(name));
                collect(tx.bucket(name), 1, content);
            }
        }
        return content;
    }

    /// There may be ways that lead back.
    private static void collect(Bucket bucket, int depth, List<String> to) {
        if (depth > 6 || to.size() > 20_000) {
            return;
        }
        to.add("sequence " + bucket.sequence());
        List<byte[]> keys = new ArrayList<>();
        Cursor cursor = bucket.cursor();
        while (cursor.next()) {
            byte[] key = cursor.key().toByteArray();
            byte[] value = cursor.value().toByteArray();
            assertTrue(keys.isEmpty() || Arrays.compareUnsigned(keys.getLast(), key) < 0, "keys ascend");
            keys.add(key);
            to.add(depth + Arrays.toString(key) + Arrays.hashCode(value) + " " + value.length);
            if (cursor.isBucket()) {
                collect(bucket.findBucket(key).orElseThrow(), depth + 1, to);
            }
        }
        Collections.reverse(keys);
        for (byte[] key : keys) {
            assertTrue(cursor.previous());
            assertArrayEquals(key, cursor.key().toByteArray(), "backward as forward");
        }
    }

    private static void inspect(SimulatedFileSystem disk, Platform platform) {
        try (StoreInspector inspector = StoreInspector.open(platform, Workload.PATH)) {
            inspector.check();
            inspector.forEachPage(page -> inspector.dump(page.pageId()));
            assertTrue(inspector.buckets().size() < BUCKETS_MAX);
        }
    }

    private static void read(Platform platform, List<String> content) {
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        try (BTreeStore store = open(platform, Workload.PATH)) {
            store.stats();
            Scrub scrub = store.scrub();
            int steps = 0;
            while (scrub.step(3)) {
                assertTrue(++steps < 10_000, "a scrub that does not end");
            }
            assertTrue(content == null || scrub.progress().isClean(), scrub.progress().toString());
            content(store);
            try (ReadTx tx = store.beginRead()) {
                for (byte[] name : tx.bucketNames()) {
                    tx.bucket(name).stats();
                }
            }
            store.copyTo(copy);
        }
        SimulatedFileSystem other = new SimulatedFileSystem();
        other.setContent(Workload.PATH, copy.toByteArray());
        assertContent(content, Workload.platform(other), Workload.PATH);
    }

    private static void change(Platform platform, RandomGenerator random) {
        try (BTreeStore store = open(platform, Workload.PATH)) {
            for (int round = 0; round < 3; round++) {
                try (WriteTx tx = store.beginWrite()) {
                    for (byte[] name : tx.bucketNames()) {
                        change(tx.bucket(name), random);
                        if (random.nextInt(3) == 0) {
                            tx.deleteBucket(name);
                        }
                    }
                    tx.commit();
                }
            }
        }
    }

    private static void change(WriteBucket bucket, RandomGenerator random) {
        for (int i = 0; i < 20; i++) {
            bucket.put(("new" + i).getBytes(), new byte[i * 20]);
        }
        var cursor = bucket.cursor();
        for (boolean found = cursor.first(); found; found = cursor.next()) {
            if (!cursor.isBucket() && random.nextBoolean()) {
                cursor.delete();
            }
        }
        if (random.nextInt(4) == 0) {
            bucket.deleteRange(KeyRange.ALL);
        }
    }
}
