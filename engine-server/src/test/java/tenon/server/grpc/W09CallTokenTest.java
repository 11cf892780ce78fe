package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.server.error.EtcdError;
import tenon.server.proposal.AuthChange;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AuthDisableRequest;
import tenon.server.rpc.AuthEnableRequest;
import tenon.server.rpc.AuthGrpc;
import tenon.server.rpc.AuthRoleAddRequest;
import tenon.server.rpc.AuthRoleDeleteRequest;
import tenon.server.rpc.AuthRoleGrantPermissionRequest;
import tenon.server.rpc.AuthRoleRevokePermissionRequest;
import tenon.server.rpc.AuthUserAddRequest;
import tenon.server.rpc.AuthUserDeleteRequest;
import tenon.server.rpc.AuthUserGrantRoleRequest;
import tenon.server.rpc.AuthUserRevokeRoleRequest;
import tenon.server.rpc.AuthenticateRequest;
import tenon.server.rpc.ClusterGrpc;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.DefragmentRequest;
import tenon.server.rpc.DiagnosticsGrpc;
import tenon.server.rpc.HashKVRequest;
import tenon.server.rpc.HashRequest;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.MaintenanceGrpc;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberPromoteRequest;
import tenon.server.rpc.MemberRemoveRequest;
import tenon.server.rpc.MemberUpdateRequest;
import tenon.server.rpc.Permission;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.SnapshotRequest;
import tenon.server.rpc.StagesRequest;
import tenon.server.rpc.StatusRequest;

/// W9, at the first stop: a call's token is handed on, and calls of operators are let pass by it.
class W09CallTokenTest {
    private static final PutRequest PUT =
            PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("hello")).build();

    private final TestNode node = new TestNode();
    private final KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(node.channel);
    private final MaintenanceGrpc.MaintenanceBlockingStub maintenance =
            MaintenanceGrpc.newBlockingStub(node.channel);

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void shouldHandOnTheTokenOfACall() {
        kv.put(PUT);
        assertEquals("", node.kv.token);
        assertEquals("abc.1", tokenSeen("token", "abc.1"));
        assertEquals("abc.2", tokenSeen("authorization", "abc.2"));
        assertEquals("first", tokenSeen("token", "first", "token", "second"));
        assertEquals("token", tokenSeen("authorization", "other", "token", "token"));
        String large = "x".repeat(20_000);
        assertEquals(large, tokenSeen("token", large));
    }

    @Test
    void shouldLetOnlyThosePassWhoMay() {
        node.auth.enabled = true;
        node.maintenance.defragmentMayEnd.countDown();
        ClusterGrpc.ClusterBlockingStub cluster = ClusterGrpc.newBlockingStub(node.channel);
        DiagnosticsGrpc.DiagnosticsBlockingStub diagnostics = DiagnosticsGrpc.newBlockingStub(node.channel);
        AlarmRequest disarm = AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                .build();
        List<Consumer<String>> forRoot = List.of(
                token -> withHeaders(kv, "token", token).compact(CompactionRequest.getDefaultInstance()),
                token -> withHeaders(maintenance, "token", token).defragment(DefragmentRequest.getDefaultInstance()),
                token -> withHeaders(maintenance, "token", token).hash(HashRequest.getDefaultInstance()),
                token -> withHeaders(maintenance, "token", token).hashKV(HashKVRequest.getDefaultInstance()),
                token -> withHeaders(maintenance, "token", token)
                        .snapshot(SnapshotRequest.getDefaultInstance())
                        .forEachRemaining(_ -> {}),
                token -> withHeaders(maintenance, "token", token).alarm(disarm),
                token -> withHeaders(cluster, "token", token).memberAdd(MemberAddRequest.getDefaultInstance()),
                token -> withHeaders(cluster, "token", token).memberRemove(MemberRemoveRequest.getDefaultInstance()),
                token -> withHeaders(cluster, "token", token).memberUpdate(MemberUpdateRequest.getDefaultInstance()),
                token -> withHeaders(cluster, "token", token).memberPromote(MemberPromoteRequest.getDefaultInstance()));
        List<Consumer<String>> forKnown = List.of(
                token -> withHeaders(maintenance, "token", token).alarm(AlarmRequest.getDefaultInstance()),
                token -> withHeaders(maintenance, "token", token).status(StatusRequest.getDefaultInstance()),
                token -> withHeaders(cluster, "token", token).memberList(MemberListRequest.getDefaultInstance()),
                token -> withHeaders(diagnostics, "token", token).stages(StagesRequest.getDefaultInstance()));
        for (Consumer<String> call : forRoot) {
            assertRefused(EtcdError.USER_EMPTY, () -> call.accept("nobody"));
            assertRefused(EtcdError.PERMISSION_DENIED, () -> call.accept("user"));
            call.accept("root");
        }
        for (Consumer<String> call : forKnown) {
            assertRefused(EtcdError.USER_EMPTY, () -> call.accept("nobody"));
            call.accept("user");
            call.accept("root");
        }
        assertEquals(4, node.membership.requests.size(), "one of each kind got through");
    }

    @Test
    void shouldHandOnWhatIsAskedOfAuth() {
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(node.channel);
        List<Consumer<AuthGrpc.AuthBlockingStub>> changes = List.of(
                stub -> stub.authEnable(AuthEnableRequest.getDefaultInstance()),
                stub -> stub.authDisable(AuthDisableRequest.getDefaultInstance()),
                stub -> stub.userDelete(AuthUserDeleteRequest.getDefaultInstance()),
                stub -> stub.userGrantRole(AuthUserGrantRoleRequest.getDefaultInstance()),
                stub -> stub.userRevokeRole(AuthUserRevokeRoleRequest.getDefaultInstance()),
                stub -> stub.roleAdd(AuthRoleAddRequest.getDefaultInstance()),
                stub -> stub.roleDelete(AuthRoleDeleteRequest.getDefaultInstance()),
                stub -> stub.roleGrantPermission(AuthRoleGrantPermissionRequest.getDefaultInstance()),
                stub -> stub.roleRevokePermission(AuthRoleRevokePermissionRequest.getDefaultInstance()));
        for (Consumer<AuthGrpc.AuthBlockingStub> change : changes) {
            assertRefused(EtcdError.INVALID_AUTH_MANAGEMENT, () -> change.accept(auth));
        }
        assertEquals(
                List.of(
                        AuthChange.RequestCase.ENABLE,
                        AuthChange.RequestCase.DISABLE,
                        AuthChange.RequestCase.USER_DELETE,
                        AuthChange.RequestCase.USER_GRANT_ROLE,
                        AuthChange.RequestCase.USER_REVOKE_ROLE,
                        AuthChange.RequestCase.ROLE_ADD,
                        AuthChange.RequestCase.ROLE_DELETE,
                        AuthChange.RequestCase.ROLE_GRANT_PERMISSION,
                        AuthChange.RequestCase.ROLE_REVOKE_PERMISSION),
                node.auth.requests.stream()
                        .map(request -> ((AuthChange) request).getRequestCase())
                        .toList());
        assertRefused(
                EtcdError.UNKNOWN_ENUM_VALUE,
                () -> auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                        .setPerm(Permission.newBuilder().setPermTypeValue(7))
                        .build()));
        AuthenticateRequest login =
                AuthenticateRequest.newBuilder().setName("u").setPassword("p").build();
        auth.authenticate(login);
        auth.userAdd(AuthUserAddRequest.newBuilder().setName("n").build());
        assertTrue(node.auth.requests.contains(login));
    }

    /// @param headers keys and values by turns
    private String tokenSeen(String... headers) {
        return withHeaders(kv, headers).put(PUT).hasHeader() ? node.kv.token : null;
    }

    private static <S extends AbstractStub<S>> S withHeaders(S stub, String... headers) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < headers.length; i += 2) {
            metadata.put(Metadata.Key.of(headers[i], Metadata.ASCII_STRING_MARSHALLER), headers[i + 1]);
        }
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static void assertRefused(EtcdError expected, Runnable call) {
        StatusRuntimeException refusal = assertThrows(StatusRuntimeException.class, call::run);
        assertEquals(expected.text(), refusal.getStatus().getDescription());
        assertEquals(expected.code(), refusal.getStatus().getCode());
    }
}
