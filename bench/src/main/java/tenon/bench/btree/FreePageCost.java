package tenon.bench.btree;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tenon.api.Platform;
import tenon.api.Store;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.btree.SyncMode;

/// What free pages cost a commit: two stores with the same small bucket, one of them with a big bucket beside it of which
/// every second page was deleted. Blocks of commits take turns on both.
final class FreePageCost {
    private static final byte[] SMALL = "small".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BIG = "big".getBytes(StandardCharsets.US_ASCII);
    private static final int SMALL_COUNT = 10_000;
    /// A page has room for one of them.
    private static final int BIG_VALUE_BYTES = 3_000;
    private static final double RATIO_MAX = 1.1;

    private final Path none;
    private final Path many;

    FreePageCost(Path directory) {
        none = directory.resolve("none.tenon");
        many = directory.resolve("many.tenon");
    }

    /// @param blockCount blocks of commits that are not synced; of those that are, there are fewer
    /// @return rows for [SpecialWork#COMMIT_FREE_PAGES]
    List<List<String>> run(long freePageCount, int blockCount) {
        fill(none, 0);
        fill(many, freePageCount);
        List<List<String>> rows = new ArrayList<>();
        rows.addAll(measure(SyncMode.LOSE_STORE, blockCount, 300));
        rows.addAll(measure(SyncMode.LOSE_NOTHING, 1 + blockCount / 5, 25));
        return rows;
    }

    private static Store open(Path path, SyncMode mode) {
        return BTreeStore.open(Platform.system(), path, BTreeOptions.DEFAULT.withSyncMode(mode));
    }

    private static void fill(Path path, long freePageCount) {
        try (Store store = open(path, SyncMode.LOSE_STORE)) {
            store.write(tx -> tx.createBucket(BIG));
            store.write(tx -> {
                WriteBucket small = tx.createBucket(SMALL);
                byte[] key = Elements.RANDOM.newKey();
                for (int i = 0; i < SMALL_COUNT; i++) {
                    Elements.RANDOM.setKey(key, i);
                    small.put(key, Elements.RANDOM.newValue());
                }
                return small;
            });
            byte[] value = new byte[BIG_VALUE_BYTES];
            inBatches(store, 2 * freePageCount, 1, (bucket, key) -> bucket.put(key, value));
            inBatches(store, 2 * freePageCount, 2, WriteBucket::delete);
        }
    }

    private interface Change {
        void apply(WriteBucket bucket, byte[] key);
    }

    private static void inBatches(Store store, long count, int step, Change change) {
        byte[] key = Elements.ASCENDING.newKey();
        for (long from = 0; from < count; from += Phases.REVISION_BATCH) {
            try (WriteTx tx = store.beginWrite()) {
                WriteBucket bucket = tx.bucket(BIG);
                bucket.setFillPercent(1.0);
                for (long i = from; i < Math.min(count, from + Phases.REVISION_BATCH); i += step) {
                    Elements.ASCENDING.setKey(key, i);
                    change.apply(bucket, key);
                }
                tx.commit();
            }
        }
    }

    private List<List<String>> measure(SyncMode mode, int blockCount, int blockSize) {
        try (Store without = open(none, mode);
                Store with = open(many, mode)) {
            double[] noneUs = new double[blockCount];
            double[] manyUs = new double[blockCount];
            for (int warmUp = 0; warmUp < blockCount / 2; warmUp++) {
                commits(without, blockSize);
                commits(with, blockSize);
            }
            for (int i = 0; i < blockCount; i++) {
                noneUs[i] = commits(without, blockSize);
                manyUs[i] = commits(with, blockSize);
            }
            return List.of(row(mode, without, noneUs, noneUs), row(mode, with, manyUs, noneUs));
        }
    }

    /// @return microseconds for each
    private static double commits(Store store, int count) {
        byte[] key = Elements.RANDOM.newKey();
        byte[] value = Elements.RANDOM.newValue();
        long startNs = System.nanoTime();
        for (int i = 0; i < count; i++) {
            Elements.RANDOM.setKey(key, Elements.pick(startNs + i, SMALL_COUNT));
            try (WriteTx tx = store.beginWrite()) {
                tx.bucket(SMALL).put(key, value);
                tx.commit();
            }
        }
        return (System.nanoTime() - startNs) / 1e3 / count;
    }

    private static List<String> row(SyncMode mode, Store store, double[] blocksUs, double[] noneUs) {
        double ratio = median(blocksUs) / median(noneUs);
        boolean isMeasured = blocksUs != noneUs;
        return List.of(
                mode == SyncMode.LOSE_NOTHING ? "each commit" : "none",
                String.format(Locale.ROOT, "%,d", store.stats().freePageCount()),
                String.format(Locale.ROOT, "%.1f", median(blocksUs)),
                String.format(Locale.ROOT, "%.1f", Arrays.stream(blocksUs).max().orElseThrow()),
                isMeasured ? String.format(Locale.ROOT, "%.2f x", ratio) : "",
                isMeasured ? "at most 1.10 x: " + (ratio <= RATIO_MAX ? "reached" : "MISSED") : "");
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
