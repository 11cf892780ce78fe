package tenon.server.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import java.util.function.BiConsumer;
import tenon.server.auth.AuthService;
import tenon.server.error.EtcdError;
import tenon.server.proposal.AuthChange;
import tenon.server.rpc.AuthDisableResponse;
import tenon.server.rpc.AuthEnableResponse;
import tenon.server.rpc.AuthGrpc;
import tenon.server.rpc.AuthRoleAddResponse;
import tenon.server.rpc.AuthRoleDeleteResponse;
import tenon.server.rpc.AuthRoleGetRequest;
import tenon.server.rpc.AuthRoleGetResponse;
import tenon.server.rpc.AuthRoleGrantPermissionRequest;
import tenon.server.rpc.AuthRoleGrantPermissionResponse;
import tenon.server.rpc.AuthRoleListRequest;
import tenon.server.rpc.AuthRoleListResponse;
import tenon.server.rpc.AuthRoleRevokePermissionResponse;
import tenon.server.rpc.AuthStatusRequest;
import tenon.server.rpc.AuthStatusResponse;
import tenon.server.rpc.AuthUserAddRequest;
import tenon.server.rpc.AuthUserAddResponse;
import tenon.server.rpc.AuthUserChangePasswordRequest;
import tenon.server.rpc.AuthUserChangePasswordResponse;
import tenon.server.rpc.AuthUserDeleteResponse;
import tenon.server.rpc.AuthUserGetRequest;
import tenon.server.rpc.AuthUserGetResponse;
import tenon.server.rpc.AuthUserGrantRoleResponse;
import tenon.server.rpc.AuthUserListRequest;
import tenon.server.rpc.AuthUserListResponse;
import tenon.server.rpc.AuthUserRevokeRoleResponse;
import tenon.server.rpc.AuthenticateRequest;
import tenon.server.rpc.AuthenticateResponse;
import tenon.server.rpc.Permission;

/// `etcdserverpb.Auth`: users, roles, and logins.
final class AuthGrpcService {
    private AuthGrpcService() {}

    static ServerServiceDefinition bind(AuthService service, Lanes lanes) {
        ServiceMethods methods = new ServiceMethods(AuthGrpc.getServiceDescriptor());
        addLogin(methods, service, lanes.passwords());
        addQuestions(methods, service);
        addChanges(new Changes(methods, service));
        return methods.build();
    }

    private static void addLogin(ServiceMethods methods, AuthService service, BlockingLane passwords) {
        methods.add(
                        AuthGrpc.getAuthenticateMethod(),
                        new UnaryMethod<AuthenticateRequest, AuthenticateResponse>(
                                request -> service.authenticate(request, passwords)))
                .add(
                        AuthGrpc.getUserAddMethod(),
                        new UnaryMethod<AuthUserAddRequest, AuthUserAddResponse>(
                                request -> service.userAdd(request, passwords)))
                .add(
                        AuthGrpc.getUserChangePasswordMethod(),
                        new UnaryMethod<AuthUserChangePasswordRequest, AuthUserChangePasswordResponse>(
                                request -> service.userChangePassword(request, passwords)));
    }

    private static void addQuestions(ServiceMethods methods, AuthService service) {
        methods.add(
                        AuthGrpc.getAuthStatusMethod(),
                        new UnaryMethod<AuthStatusRequest, AuthStatusResponse>(_ -> service.status()))
                .add(
                        AuthGrpc.getUserGetMethod(),
                        new UnaryMethod<AuthUserGetRequest, AuthUserGetResponse>(service::userGet))
                .add(
                        AuthGrpc.getUserListMethod(),
                        new UnaryMethod<AuthUserListRequest, AuthUserListResponse>(_ -> service.userList()))
                .add(
                        AuthGrpc.getRoleGetMethod(),
                        new UnaryMethod<AuthRoleGetRequest, AuthRoleGetResponse>(service::roleGet))
                .add(
                        AuthGrpc.getRoleListMethod(),
                        new UnaryMethod<AuthRoleListRequest, AuthRoleListResponse>(_ -> service.roleList()));
    }

    private static void addChanges(Changes changes) {
        changes.add(AuthGrpc.getAuthEnableMethod(), AuthChange.Builder::setEnable, AuthEnableResponse.class);
        changes.add(AuthGrpc.getAuthDisableMethod(), AuthChange.Builder::setDisable, AuthDisableResponse.class);
        changes.add(AuthGrpc.getUserDeleteMethod(), AuthChange.Builder::setUserDelete, AuthUserDeleteResponse.class);
        changes.add(
                AuthGrpc.getUserGrantRoleMethod(), AuthChange.Builder::setUserGrantRole, AuthUserGrantRoleResponse.class);
        changes.add(
                AuthGrpc.getUserRevokeRoleMethod(),
                AuthChange.Builder::setUserRevokeRole,
                AuthUserRevokeRoleResponse.class);
        changes.add(AuthGrpc.getRoleAddMethod(), AuthChange.Builder::setRoleAdd, AuthRoleAddResponse.class);
        changes.add(AuthGrpc.getRoleDeleteMethod(), AuthChange.Builder::setRoleDelete, AuthRoleDeleteResponse.class);
        changes.add(
                AuthGrpc.getRoleGrantPermissionMethod(),
                (change, request) -> change.setRoleGrantPermission(checked(request)),
                AuthRoleGrantPermissionResponse.class);
        changes.add(
                AuthGrpc.getRoleRevokePermissionMethod(),
                AuthChange.Builder::setRoleRevokePermission,
                AuthRoleRevokePermissionResponse.class);
    }

    private static AuthRoleGrantPermissionRequest checked(AuthRoleGrantPermissionRequest request) {
        if (request.getPerm().getPermType() == Permission.Type.UNRECOGNIZED) {
            throw EtcdError.UNKNOWN_ENUM_VALUE.exception();
        }
        return request;
    }

    /// Methods whose request goes into the log as it is.
    private record Changes(ServiceMethods methods, AuthService service) {
        <Q, R extends MessageLite> void add(
                MethodDescriptor<Q, R> method, BiConsumer<AuthChange.Builder, Q> request, Class<R> type) {
            methods.add(
                    method,
                    new UnaryMethod<Q, R>(asked -> service.change(change -> request.accept(change, asked), type)));
        }
    }
}
