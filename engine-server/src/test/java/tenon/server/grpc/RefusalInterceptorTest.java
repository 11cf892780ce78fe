package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import tenon.server.error.EtcdError;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AuthGrpc;
import tenon.server.rpc.AuthStatusRequest;
import tenon.server.rpc.ClusterGrpc;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.MaintenanceGrpc;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.SnapshotRequest;
import tenon.server.rpc.StatusRequest;

@Timeout(60)
class RefusalInterceptorTest {
    @AutoClose
    private final TestNode node = new TestNode();

    private static void assertRefused(Executable call) {
        StatusRuntimeException refusal = assertThrows(StatusRuntimeException.class, call);
        assertEquals(EtcdError.CORRUPT.status().getCode(), refusal.getStatus().getCode());
        assertEquals(EtcdError.CORRUPT.text(), refusal.getStatus().getDescription());
    }

    @Test
    void shouldRefuseAllButOperatorsAndServeAgain() {
        node.maintenance.refusal = EtcdError.CORRUPT;
        RangeRequest range = RangeRequest.newBuilder().setSerializable(true).build();
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(node.channel);
        MaintenanceGrpc.MaintenanceBlockingStub maintenance = MaintenanceGrpc.newBlockingStub(node.channel);
        assertRefused(() -> kv.range(range));
        assertRefused(() -> AuthGrpc.newBlockingStub(node.channel).authStatus(AuthStatusRequest.getDefaultInstance()));
        assertRefused(() ->
                ClusterGrpc.newBlockingStub(node.channel).memberList(MemberListRequest.getDefaultInstance()));
        assertRefused(() -> maintenance.snapshot(SnapshotRequest.getDefaultInstance()).next());
        assertNotNull(maintenance.status(StatusRequest.getDefaultInstance()));
        assertNotNull(maintenance.alarm(AlarmRequest.getDefaultInstance()));
        node.maintenance.refusal = null;
        assertNotNull(maintenance.snapshot(SnapshotRequest.getDefaultInstance()).next());
    }

    @Test
    void shouldEndWatchesThatAreOpen() throws Exception {
        WatchingClient client = WatchingClient.of(node.channel);
        client.create("k", _ -> {});
        node.watch.awaitStream(0).awaitLast("watch");
        node.maintenance.refusal = EtcdError.CORRUPT;
        assertEquals(EtcdError.CORRUPT.text(), client.awaitEnd().getDescription());
        WatchingClient late = WatchingClient.of(node.channel);
        assertEquals(EtcdError.CORRUPT.text(), late.awaitEnd().getDescription());
    }
}
