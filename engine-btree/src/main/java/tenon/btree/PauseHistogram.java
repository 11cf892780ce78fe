package tenon.btree;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import tenon.api.PauseStats;

/// Counts durations in buckets, eight to each power of two. Any thread may record and read.
final class PauseHistogram {
    private static final int SUB_SHIFT = 3;
    private static final int SUB_COUNT = 1 << SUB_SHIFT;

    private final AtomicLongArray counts = new AtomicLongArray(Long.SIZE << SUB_SHIFT);
    private final LongAccumulator max = new LongAccumulator(Math::max, 0);
    private final LongAdder total = new LongAdder();

    void record(long durationNs) {
        counts.incrementAndGet(bucketOf(durationNs));
        max.accumulate(durationNs);
        total.add(durationNs);
    }

    /// Durations below eight have a bucket each; above, the three bits behind the first one tell which.
    private static int bucketOf(long durationNs) {
        long value = Math.max(0, durationNs);
        if (value < SUB_COUNT) {
            return (int) value;
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
        int shift = exponent - SUB_SHIFT;
        return (shift + 1 << SUB_SHIFT) + (int) (value >>> shift) - SUB_COUNT;
    }

    /// The greatest duration of a bucket.
    private static long lastOf(int bucket) {
        if (bucket < SUB_COUNT) {
            return bucket;
        }
        int shift = (bucket >>> SUB_SHIFT) - 1;
        return ((long) SUB_COUNT + (bucket & SUB_COUNT - 1) + 1 << shift) - 1;
    }

    PauseStats stats() {
        long count = 0;
        for (int i = 0; i < counts.length(); i++) {
            count += counts.get(i);
        }
        long longest = max.get();
        return new PauseStats(
                count,
                percentile(count, 500, longest),
                percentile(count, 990, longest),
                percentile(count, 999, longest),
                longest,
                total.sum());
    }

    private long percentile(long count, int permille, long longest) {
        long left = (count * permille + 999) / 1000;
        for (int i = 0; i < counts.length() && left > 0; i++) {
            left -= counts.get(i);
            if (left <= 0) {
                return Math.min(lastOf(i), longest);
            }
        }
        return longest;
    }
}
