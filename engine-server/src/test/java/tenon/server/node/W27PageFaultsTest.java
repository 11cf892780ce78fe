package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import tenon.api.Platform;
import tenon.server.metrics.PageFaults;
import tenon.testkit.SimulatedFileSystem;

/// W27: waits for pages of mapped files are a metric, where the system counts them.
class W27PageFaultsTest {
    private static final String NAME = "tenon_process_major_page_faults_total";
    /// With a name that looks like fields. Field 12 is the count.
    private static final String STAT = "17 (a) b (c) S 1 2 3 4 -1 4194560 900 901 77 903 5 6 7 8 20 0 9 0 1000\n";

    @Test
    void shouldShowMajorPageFaults() {
        SimulatedFileSystem files = new SimulatedFileSystem();
        try (Node node = TestNodes.start(files)) {
            assertFalse(node.metrics().toString().contains(NAME), "this system does not count");
            files.setContent(Path.of("/proc/self/stat"), STAT.getBytes());
            String metrics = node.metrics().metrics().stream()
                    .filter(metric -> metric.name().equals(NAME))
                    .toList()
                    .toString();
            assertTrue(metrics.contains("77"), metrics);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldReadWhatLinuxCounts() {
        assertTrue(PageFaults.majorCount(Platform.system().files()) >= 0);
    }
}
