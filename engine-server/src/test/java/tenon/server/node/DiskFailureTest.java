package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tenon.api.StorageException;
import tenon.server.error.EtcdError;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.SimulatedFileSystem;

/// W15: what the disk did not take is not acknowledged, and the node says so and stops.
class DiskFailureTest {
    @Test
    void w15ShouldStopWhenTheDiskFails() throws Exception {
        SimulatedFileSystem files = new SimulatedFileSystem();
        Node node = TestNodes.start(files);
        long acknowledged = 0;
        try {
            files.failAt(files.operationCount() + 40, Fault.IO_ERROR);
            EtcdError error = null;
            while (error == null) {
                error = TestNodes.refusal(node.kv().put(TestNodes.put("k", Long.toString(acknowledged + 1))));
                acknowledged += error == null ? 1 : 0;
            }
            assertEquals(EtcdError.STOPPED, error);
            Throwable reason = node.failure().reason().get(20, TimeUnit.SECONDS);
            assertInstanceOf(StorageException.class, reason);
            String health = node.maintenance().healthProblem(Set.of(), true).join();
            assertTrue(health.contains(reason.getMessage()), health);
            assertEquals(EtcdError.STOPPED, TestNodes.refusal(node.kv().put(TestNodes.put("k", "late"))));
        } finally {
            try {
                node.close();
            } catch (StorageException expected) {
                // The disk has failed.
            }
        }
        try (Node again = TestNodes.start(files.crash(CrashPlan.dropAll()))) {
            long found = TestNodes.get(again, "k").getKvs(0).getVersion();
            assertTrue(found >= acknowledged && found <= acknowledged + 1, found + " after " + acknowledged);
        }
    }
}
