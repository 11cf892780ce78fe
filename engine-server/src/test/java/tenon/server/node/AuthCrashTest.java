package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tenon.server.error.EtcdError;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// Whatever instant the power goes at, each acknowledged change of users and roles is there, once each: the revision
/// counts them. `-Dtenon.crash.rounds=1000` makes a campaign of it.
class AuthCrashTest {
    private static final int CRASH_COUNT = Integer.getInteger("tenon.crash.rounds", 8);
    private static final int OPERATIONS_MAX = 60;

    /// Revisions: the first is 1, and each role that is added makes the next one.
    private record Progress(long acknowledged, long attempted) {}

    @Test
    void shouldKeepEveryAcknowledgedChangeOnceWhereverTheCrashFalls() {
        RandomGenerator random = Seeds.random(getClass());
        SimulatedFileSystem files = new SimulatedFileSystem();
        TestNodes.start(files).close();
        long revision = 1;
        for (int crash = 0; crash < CRASH_COUNT; crash++) {
            files.failAt(files.operationCount() + 1 + random.nextInt(OPERATIONS_MAX), Fault.POWER_CUT);
            Progress progress = addRolesUntilTheEnd(files, revision);
            files = files.crash(random);
            try (Node node = TestNodes.start(files)) {
                revision = TestNodes.await(node.auth().status()).getAuthRevision();
                assertTrue(
                        revision >= progress.acknowledged && revision <= progress.attempted,
                        "revision " + revision + " is not within " + progress);
                List<String> roles = LongStream.rangeClosed(2, revision)
                        .mapToObj(AuthCrashTest::role)
                        .sorted()
                        .toList();
                assertEquals(roles, TestNodes.await(node.auth().roleList()).getRolesList());
            }
        }
    }

    private static String role(long revision) {
        return "role " + revision;
    }

    private static Progress addRolesUntilTheEnd(SimulatedFileSystem files, long revision) {
        long acknowledged = revision;
        long attempted = revision;
        Node node;
        try {
            node = TestNodes.start(files);
        } catch (SimulatedPowerCut cut) {
            return new Progress(acknowledged, attempted);
        }
        Users users = new Users(node);
        try {
            EtcdError error = null;
            while (error == null) {
                String role = role(++attempted);
                error = TestNodes.refusal(users.tryChange(null, change -> change.getRoleAddBuilder().setName(role)));
                acknowledged = error == null ? attempted : acknowledged;
            }
            assertEquals(EtcdError.STOPPED, error);
        } finally {
            try {
                node.close();
            } catch (SimulatedPowerCut | RuntimeException expected) {
                // The disk is gone.
            }
        }
        return new Progress(acknowledged, attempted);
    }
}
