package tenon.server.metrics;

import java.util.List;
import org.HdrHistogram.Histogram;

/// All metrics of a node at one moment.
///
/// @param metrics grouped by name: metrics of one name that differ in their label stand next to each other
public record MetricsSnapshot(List<Metric> metrics) {
    public MetricsSnapshot {
        metrics = List.copyOf(metrics);
    }

    /// One metric, named as Prometheus names it.
    public sealed interface Metric permits Counter, Gauge, Distribution {
        String name();

        String help();

        /// Empty, or in the form `stage="log"`.
        String labels();
    }

    /// A number that only rises while the node runs.
    public record Counter(String name, String help, String labels, double value) implements Metric {}

    /// A number that may rise and fall.
    public record Gauge(String name, String help, String labels, double value) implements Metric {}

    /// A histogram of durations.
    ///
    /// @param boundsSeconds upper bounds, ascending, without the infinite one
    /// @param cumulativeCounts for each bound, how many durations are not above it
    public record Distribution(
            String name,
            String help,
            String labels,
            double[] boundsSeconds,
            long[] cumulativeCounts,
            long count,
            double sumSeconds)
            implements Metric {
        private static final double NS_PER_SECOND = 1e9;

        /// @param firstBoundSeconds the lowest bound; each further one is twice the one before
        static Distribution of(
                String name, String help, String labels, Histogram durations, double firstBoundSeconds, int boundCount) {
            double[] bounds = new double[boundCount];
            long[] counts = new long[boundCount];
            for (int i = 0; i < boundCount; i++) {
                bounds[i] = firstBoundSeconds * (1L << i);
                counts[i] = durations.getCountBetweenValues(0, (long) (bounds[i] * NS_PER_SECOND));
            }
            long count = durations.getTotalCount();
            double sum = count == 0 ? 0 : durations.getMean() * count / NS_PER_SECOND;
            return new Distribution(name, help, labels, bounds, counts, count, sum);
        }
    }
}
