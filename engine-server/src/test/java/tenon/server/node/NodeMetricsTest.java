package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Platform;
import tenon.server.ServerVersion;
import tenon.server.metrics.PrometheusText;
import tenon.server.metrics.Stage;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// What dashboards made for etcd look for.
@Timeout(60)
class NodeMetricsTest {
    private static final long MS = 1_000_000L;
    private static final List<String> OF_THE_PROCESS = List.of(
            "process_cpu_seconds_total",
            "process_max_fds",
            "process_open_fds",
            "process_resident_memory_bytes",
            "process_start_time_seconds",
            "process_virtual_memory_bytes");

    private final SimulatedFileSystem files = new SimulatedFileSystem();

    private static String text(Node node) {
        StringBuilder text = new StringBuilder();
        PrometheusText.append(node.metrics(), text);
        return text.toString();
    }

    private static void assertSays(Node node, String line) {
        String text = text(node);
        assertTrue(text.contains("\n" + line + "\n"), () -> "no " + line + " in " + text);
    }

    private void setContent(String path, String content) {
        files.setContent(Path.of(path), content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldSayWhoItIs() {
        try (Node node = TestNodes.start(files)) {
            assertSays(node, "etcd_server_id{server_id=\"" + Long.toHexString(node.identity().nodeId()) + "\"} 1");
            assertSays(node, "etcd_server_version{server_version=\"" + ServerVersion.text() + "\"} 1");
            assertSays(node, "etcd_cluster_version{cluster_version=\"3.5\"} 1");
            assertSays(node, "etcd_server_is_leader 1");
            assertSays(node, "etcd_server_is_learner 0");
        }
    }

    @Test
    void shouldCountWhatWasSlow() {
        ManualClock clock = new ManualClock();
        Platform platform = Platform.system().withFiles(files).withClock(clock);
        try (Node node = Node.start(TestNodes.config().build(), platform)) {
            assertSays(node, "etcd_server_slow_apply_total 0");
            assertSays(node, "etcd_server_slow_read_indexes_total 0");
            node.stages().record(Stage.APPLIER, 90 * MS);
            node.stages().record(Stage.APPLIER, 200 * MS);
            assertSays(node, "etcd_server_slow_apply_total 1");
            // Ticks that come faster than the loop can take them.
            while (text(node).contains("\netcd_server_heartbeat_send_failures_total 0\n")) {
                clock.advanceNs(10_000 * MS);
            }
        }
    }

    @Test
    void shouldCountHowOftenItWasWell() {
        Node node = TestNodes.start(files);
        try (node) {
            assertSays(node, "etcd_server_health_success 0");
            node.maintenance().healthProblem(Set.of(), true).join();
            node.maintenance().healthProblem(Set.of(), false).join();
            assertSays(node, "etcd_server_health_success 2");
        }
        node.maintenance().healthProblem(Set.of(), true).join();
        assertSays(node, "etcd_server_health_failures 1");
    }

    @Test
    void shouldShowWhatTheProcessTakes() {
        try (Node node = TestNodes.start(files)) {
            String without = text(node);
            OF_THE_PROCESS.forEach(name -> assertFalse(without.contains(name), "this system does not tell"));
            setContent("/proc/self/status", "Name:\tjava\nVmSize:\t  9000 kB\nVmRSS:\t     300 kB\nThreads:\t3\n");
            setContent("/proc/self/limits", "Limit    Soft Limit  Hard Limit  Units\nMax open files    1024    4096    files\n");
            setContent("/proc/self/stat", "17 (a) b (c) S 1 2 3 4 -1 4194560 900 901 77 903 150 50 7 8 20 0 9 0 1000 1 2\n");
            setContent("/proc/stat", "cpu 1 2 3\nbtime 1700000000\nprocesses 7\n");
            setContent("/proc/self/fd/0", "");
            setContent("/proc/self/fd/1", "");
            assertSays(node, "process_resident_memory_bytes 307200");
            assertSays(node, "process_virtual_memory_bytes 9216000");
            assertSays(node, "process_max_fds 1024");
            assertSays(node, "process_open_fds 2");
            assertSays(node, "process_cpu_seconds_total 2");
            assertSays(node, "process_start_time_seconds 1700000010");
        }
    }
}
