package tenon.server.metrics;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// Durations, in nanoseconds, as a histogram with two significant digits. Any thread records, without waiting; any
/// thread reads.
public final class LatencyRecorder {
    private static final long LOWEST_NS = 64;
    private static final long HIGHEST_NS = 3_600_000_000_000L;
    private static final int DIGITS = 2;

    private final Recorder recent = new Recorder(LOWEST_NS, HIGHEST_NS, DIGITS);
    private final Histogram total = new Histogram(LOWEST_NS, HIGHEST_NS, DIGITS);
    private Histogram spare;

    public void record(long durationNs) {
        recent.recordValue(Math.clamp(durationNs, 0, HIGHEST_NS));
    }

    /// All durations since the beginning.
    public synchronized Histogram copy() {
        spare = recent.getIntervalHistogram(spare);
        total.add(spare);
        return total.copy();
    }
}
