package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tenon.api.StorageException;
import tenon.testkit.Fault;
import tenon.testkit.SimulatedFileSystem;

class StartFailureTest {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    @Test
    void shouldFailAndNotHangWhereverTheDiskFailsDuringTheFirstStart() {
        boolean started = false;
        int failedCount = 0;
        for (int operation = 1; !started; operation++) {
            SimulatedFileSystem files = new SimulatedFileSystem();
            files.failAt(operation, Fault.IO_ERROR);
            started = assertTimeoutPreemptively(START_LIMIT, () -> starts(files));
            failedCount += started ? 0 : 1;
        }
        assertTrue(failedCount > 10, "only " + failedCount + " operations of a start can fail");
    }

    private static boolean starts(SimulatedFileSystem files) {
        try (Node node = TestNodes.start(files, TestNodes.config().build())) {
            return node.failure().find() == null;
        } catch (StorageException e) {
            return false;
        }
    }
}
