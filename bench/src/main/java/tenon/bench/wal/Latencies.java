package tenon.bench.wal;

import org.HdrHistogram.Histogram;
import tenon.bench.measure.Outcome;

/// How long appenders waited, once the warm-up is over; one thread at a time.
final class Latencies {
    private static final long HIGHEST_NS = 60_000_000_000L;

    private final Histogram histogram = new Histogram(HIGHEST_NS, 3);
    private final long beginNs;
    private final long endNs;
    private long firstNs;
    private long lastNs;

    /// From now on.
    Latencies(double warmUpSeconds, double seconds) {
        beginNs = System.nanoTime() + (long) (warmUpSeconds * 1e9);
        endNs = beginNs + (long) (seconds * 1e9);
    }

    /// So many waited from then until now.
    ///
    /// @return whether to go on
    boolean record(long startNs, long nowNs, int count) {
        if (startNs >= beginNs) {
            firstNs = firstNs == 0 ? startNs : firstNs;
            lastNs = nowNs;
            histogram.recordValueWithCount(Math.min(HIGHEST_NS, nowNs - startNs), count);
        }
        return nowNs < endNs || firstNs == 0;
    }

    Outcome outcome() {
        return Outcome.of(histogram.getTotalCount(), lastNs - firstNs)
                .with("p50", histogram.getValueAtPercentile(50))
                .with("p99", histogram.getValueAtPercentile(99))
                .with("p999", histogram.getValueAtPercentile(99.9));
    }
}
