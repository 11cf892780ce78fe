package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.server.ServerConfig;
import tenon.server.error.EtcdError;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmResponse;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;
import tenon.testkit.SimulatedFileSystem;

/// W3, W4, W5, W7.
class W03QuotaAlarmTest {
    private static final long QUOTA_BYTES = 1 << 20;
    private static final int PUT_COUNT_MAX = 5000;
    private static final String VALUE = "v".repeat(16 << 10);

    private final SimulatedFileSystem files = new SimulatedFileSystem();

    private static ServerConfig config(long quotaBytes) {
        return TestNodes.config()
                .quotaBackendBytes(quotaBytes)
                .backendBatchIntervalMs(5)
                .build();
    }

    /// Puts until the quota is exceeded.
    private static EtcdError fill(Node node) {
        for (int i = 0; i < PUT_COUNT_MAX; i++) {
            EtcdError error = TestNodes.refusal(node.kv().put(TestNodes.put("key" + i % 8, VALUE)));
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private static AlarmResponse alarm(Node node, AlarmRequest.AlarmAction action) {
        return TestNodes.await(node.maintenance().alarm(AlarmRequest.newBuilder().setAction(action).build()));
    }

    @Test
    void w03ShouldRefuseAndRaiseTheAlarmWhenOverQuota() {
        try (Node node = TestNodes.start(files, config(QUOTA_BYTES))) {
            assertEquals(EtcdError.NO_SPACE, fill(node));
            AlarmResponse alarms = alarm(node, AlarmRequest.AlarmAction.GET);
            assertEquals(AlarmType.NOSPACE, alarms.getAlarms(0).getAlarm());
            assertEquals(node.identity().nodeId(), alarms.getAlarms(0).getMemberID());
            assertEquals("ALARM NOSPACE", TestNodes.await(node.maintenance().healthProblem(Set.of(), false)));
            assertEquals("", TestNodes.await(node.maintenance().healthProblem(Set.of(AlarmType.NOSPACE), false)));
            assertTrue(node.maintenance().status().getErrors(0).contains("NOSPACE"));
        }
    }

    @Test
    void w04ShouldGoOnReadingDeletingAndCompactingWhileTheAlarmStands() {
        try (Node node = TestNodes.start(files, config(QUOTA_BYTES))) {
            fill(node);
            long revision = TestNodes.get(node, "key0").getHeader().getRevision();
            assertEquals(EtcdError.NO_SPACE, TestNodes.refusal(node.kv().put(TestNodes.put("a", "b"))));
            TxnRequest growing = TxnRequest.newBuilder()
                    .addFailure(RequestOp.newBuilder().setRequestPut(TestNodes.put("a", "b")))
                    .build();
            assertEquals(EtcdError.NO_SPACE, TestNodes.refusal(node.kv().txn(growing)));
            assertEquals(revision, TestNodes.get(node, "key0").getHeader().getRevision());
            DeleteRangeRequest deletion = DeleteRangeRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("key0"))
                    .build();
            assertEquals(1, TestNodes.await(node.kv().deleteRange(deletion)).getDeleted());
            assertNull(TestNodes.refusal(node.kv().compact(CompactionRequest.newBuilder()
                    .setRevision(revision)
                    .setPhysical(true)
                    .build())));
        }
    }

    @Test
    void w05ShouldWantTheAlarmDisarmedEvenWithAHigherQuota() {
        try (Node node = TestNodes.start(files, config(QUOTA_BYTES))) {
            fill(node);
        }
        try (Node node = TestNodes.start(files, config(100 * QUOTA_BYTES))) {
            assertEquals(EtcdError.NO_SPACE, TestNodes.refusal(node.kv().put(TestNodes.put("a", "b"))));
            assertEquals(1, alarm(node, AlarmRequest.AlarmAction.DEACTIVATE).getAlarmsCount());
            assertEquals(0, alarm(node, AlarmRequest.AlarmAction.GET).getAlarmsCount());
            assertNull(TestNodes.refusal(node.kv().put(TestNodes.put("a", "b"))));
        }
    }

    @Test
    void w07ShouldComeBackUnderQuotaByCompactionAndDefragmentation() {
        try (Node node = TestNodes.start(files, config(QUOTA_BYTES))) {
            fill(node);
            long full = node.maintenance().status().getDbSize();
            long revision = TestNodes.get(node, "key0").getHeader().getRevision();
            TestNodes.await(node.kv().compact(CompactionRequest.newBuilder()
                    .setRevision(revision)
                    .setPhysical(true)
                    .build()));
            node.maintenance().defragment();
            long small = node.maintenance().status().getDbSize();
            assertTrue(small < full / 2, "from " + full + " to " + small);
            alarm(node, AlarmRequest.AlarmAction.DEACTIVATE);
            assertNull(TestNodes.refusal(node.kv().put(TestNodes.put("a", VALUE))));
        }
    }
}
