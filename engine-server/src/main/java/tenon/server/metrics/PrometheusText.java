package tenon.server.metrics;

import tenon.server.metrics.MetricsSnapshot.Counter;
import tenon.server.metrics.MetricsSnapshot.Distribution;
import tenon.server.metrics.MetricsSnapshot.Gauge;
import tenon.server.metrics.MetricsSnapshot.Metric;

/// Metrics in Prometheus' text format.
public final class PrometheusText {
    private PrometheusText() {}

    public static void append(MetricsSnapshot snapshot, StringBuilder text) {
        String lastName = "";
        for (Metric metric : snapshot.metrics()) {
            if (!metric.name().equals(lastName)) {
                lastName = metric.name();
                text.append("# HELP ").append(lastName).append(' ').append(metric.help()).append('\n');
                text.append("# TYPE ").append(lastName).append(' ').append(type(metric)).append('\n');
            }
            switch (metric) {
                case Counter counter -> line(text, metric.name(), metric.labels(), counter.value());
                case Gauge gauge -> line(text, metric.name(), metric.labels(), gauge.value());
                case Distribution distribution -> append(distribution, text);
            }
        }
    }

    private static String type(Metric metric) {
        return switch (metric) {
            case Counter _ -> "counter";
            case Gauge _ -> "gauge";
            case Distribution _ -> "histogram";
        };
    }

    private static void append(Distribution distribution, StringBuilder text) {
        String separator = distribution.labels().isEmpty() ? "" : ",";
        String bucket = distribution.name() + "_bucket";
        for (int i = 0; i < distribution.boundsSeconds().length; i++) {
            String bound = distribution.labels() + separator + "le=\"" + number(distribution.boundsSeconds()[i]) + '"';
            line(text, bucket, bound, distribution.cumulativeCounts()[i]);
        }
        line(text, bucket, distribution.labels() + separator + "le=\"+Inf\"", distribution.count());
        line(text, distribution.name() + "_sum", distribution.labels(), distribution.sumSeconds());
        line(text, distribution.name() + "_count", distribution.labels(), distribution.count());
    }

    private static void line(StringBuilder text, String name, String labels, double value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(number(value)).append('\n');
    }

    private static String number(double value) {
        boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return isWhole ? Long.toString((long) value) : Double.toString(value);
    }
}
