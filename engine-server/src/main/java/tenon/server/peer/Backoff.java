package tenon.server.peer;

import java.util.random.RandomGenerator;

/// How long to wait before the next try: twice as long each time up to a limit, and each time a quarter more or less, so
/// that those who failed together do not try together. One thread at a time.
final class Backoff {
    private final long firstNs;
    private final long longestNs;
    private final RandomGenerator random;
    private int failureCount;

    Backoff(long firstNs, long longestNs, RandomGenerator random) {
        this.firstNs = firstNs;
        this.longestNs = longestNs;
        this.random = random;
    }

    /// A try has failed.
    long nextDelayNs() {
        long baseNs = longestNs;
        if (failureCount < Long.numberOfLeadingZeros(firstNs) - 1) {
            baseNs = Math.min(longestNs, firstNs << failureCount);
            failureCount++;
        }
        return baseNs * 3 / 4 + random.nextLong(Math.max(1, baseNs / 2));
    }

    /// A try has succeeded.
    void reset() {
        failureCount = 0;
    }
}
