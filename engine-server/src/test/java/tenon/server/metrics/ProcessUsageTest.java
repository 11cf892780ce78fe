package tenon.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import tenon.api.Platform;
import tenon.server.metrics.MetricsSnapshot.Counter;
import tenon.server.metrics.MetricsSnapshot.Gauge;
import tenon.server.metrics.MetricsSnapshot.Metric;

class ProcessUsageTest {
    private static double value(Metric metric) {
        return switch (metric) {
            case Counter counter -> counter.value();
            case Gauge gauge -> gauge.value();
            case MetricsSnapshot.Distribution _ -> throw new AssertionError(metric.name());
        };
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldReadWhatLinuxTells() {
        Platform system = Platform.system();
        List<Metric> metrics = ProcessUsage.of(system.files());
        assertEquals(
                List.of(
                        "process_cpu_seconds_total",
                        "process_max_fds",
                        "process_open_fds",
                        "process_resident_memory_bytes",
                        "process_start_time_seconds",
                        "process_virtual_memory_bytes"),
                metrics.stream().map(Metric::name).sorted().toList());
        metrics.forEach(metric -> assertTrue(value(metric) > 0, metric.toString()));
        double startSeconds = metrics.stream()
                .filter(metric -> metric.name().equals("process_start_time_seconds"))
                .mapToDouble(ProcessUsageTest::value)
                .sum();
        double ageSeconds = system.clock().wallMs() / 1e3 - startSeconds;
        // The kernel's idea of when it booted is off by up to a second.
        assertTrue(ageSeconds > -2 && ageSeconds < 86_400, "started " + ageSeconds + " s ago");
    }
}
