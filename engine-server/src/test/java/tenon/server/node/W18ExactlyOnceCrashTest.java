package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.server.error.EtcdError;
import tenon.server.rpc.KeyValue;
import tenon.server.rpc.RangeResponse;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// W18, W24, W28: whatever instant the power goes at, each acknowledged put is there, and none was applied twice.
/// `-Dtenon.crash.rounds=1000` makes a campaign of it.
class W18ExactlyOnceCrashTest {
    private static final int CRASH_COUNT = Integer.getInteger("tenon.crash.rounds", 12);
    private static final int OPERATIONS_MAX = 60;
    private static final String KEY = "counter";

    @Test
    void shouldApplyEveryEntryExactlyOnceWhereverTheCrashFalls() {
        RandomGenerator random = Seeds.random(getClass());
        SimulatedFileSystem files = new SimulatedFileSystem();
        try (Node node = TestNodes.start(files)) {
            TestNodes.put(node, KEY, "1");
        }
        long version = 1;
        for (int crash = 0; crash < CRASH_COUNT; crash++) {
            files.failAt(files.operationCount() + 1 + random.nextInt(OPERATIONS_MAX), Fault.POWER_CUT);
            Progress progress = putUntilTheEnd(files, version);
            files = files.crash(random);
            try (Node node = TestNodes.start(files)) {
                RangeResponse found = TestNodes.get(node, KEY);
                KeyValue counter = found.getKvs(0);
                assertTrue(
                        counter.getVersion() >= progress.acknowledged && counter.getVersion() <= progress.attempted,
                        "version " + counter.getVersion() + " is not within " + progress);
                assertEquals(Long.toString(counter.getVersion()), counter.getValue().toStringUtf8());
                assertEquals(counter.getVersion() + 1, counter.getModRevision());
                assertEquals(counter.getModRevision(), found.getHeader().getRevision());
                version = counter.getVersion();
            }
        }
    }

    private record Progress(long acknowledged, long attempted) {}

    /// Puts ascending numbers, one after the other, until the power goes.
    private static Progress putUntilTheEnd(SimulatedFileSystem files, long version) {
        long acknowledged = version;
        long attempted = version;
        Node node;
        try {
            node = TestNodes.start(files);
        } catch (SimulatedPowerCut cut) {
            return new Progress(acknowledged, attempted);
        }
        try {
            EtcdError error = null;
            while (error == null) {
                attempted++;
                error = TestNodes.refusal(node.kv().put(TestNodes.put(KEY, Long.toString(attempted))));
                acknowledged = error == null ? attempted : acknowledged;
            }
            assertEquals(EtcdError.STOPPED, error);
        } finally {
            closeWithoutPower(node);
        }
        return new Progress(acknowledged, attempted);
    }

    private static void closeWithoutPower(Node node) {
        try {
            node.close();
        } catch (SimulatedPowerCut | RuntimeException expected) {
            // The disk is gone.
        }
    }
}
