package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.server.ServerConfig;
import tenon.testkit.CrashPlan;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// W24: what was acknowledged but not committed to the db survives a crash through the log alone.
class W24UncommittedWriteTest {
    private static final int PUT_COUNT = 20;

    @Test
    void shouldKeepAcknowledgedWritesThatNoBatchHasCommitted() {
        SimulatedFileSystem files = new SimulatedFileSystem();
        ServerConfig config = TestNodes.config().backendBatchIntervalMs(3_600_000).build();
        Node node = TestNodes.start(files, config);
        for (int i = 0; i < PUT_COUNT; i++) {
            TestNodes.put(node, "key" + i, Integer.toString(i));
        }
        SimulatedFileSystem after = files.crash(CrashPlan.dropAll());
        try {
            node.close();
        } catch (SimulatedPowerCut | RuntimeException expected) {
            // The disk is gone.
        }
        Platform platform = Platform.system().withFiles(after.copy());
        try (MvccStore store = MvccStore.open(platform, Path.of("/data/member/snap/db"), MvccOptions.DEFAULT)) {
            assertEquals(1, store.currentRevision(), "the db has none of them");
        }
        try (Node again = TestNodes.start(after, config)) {
            for (int i = 0; i < PUT_COUNT; i++) {
                var found = TestNodes.get(again, "key" + i).getKvs(0);
                assertEquals(Integer.toString(i), found.getValue().toStringUtf8());
                assertEquals(2 + i, found.getModRevision());
            }
        }
    }
}
