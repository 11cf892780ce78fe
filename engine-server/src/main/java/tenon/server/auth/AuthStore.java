package tenon.server.auth;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import tenon.mvcc.Backend;
import tenon.server.error.EtcdError;
import tenon.server.proposal.AuthChange;
import tenon.server.proposal.Login;
import tenon.server.rpc.AuthDisableResponse;
import tenon.server.rpc.AuthEnableResponse;
import tenon.server.rpc.AuthRoleAddResponse;
import tenon.server.rpc.AuthRoleDeleteResponse;
import tenon.server.rpc.AuthRoleGrantPermissionResponse;
import tenon.server.rpc.AuthRoleRevokePermissionResponse;
import tenon.server.rpc.AuthUserAddResponse;
import tenon.server.rpc.AuthUserChangePasswordResponse;
import tenon.server.rpc.AuthUserDeleteResponse;
import tenon.server.rpc.AuthUserGrantRoleResponse;
import tenon.server.rpc.AuthUserRevokeRoleResponse;
import tenon.server.rpc.AuthenticateResponse;
import tenon.server.rpc.ResponseHeader;
import tenon.server.rpc.Role;
import tenon.server.rpc.User;

/// Keeps users and roles in the backend. Changes are for the writer's thread; any thread may look at the state.
public final class AuthStore {
    private static final System.Logger LOG = System.getLogger(AuthStore.class.getName());

    private final Backend backend;
    private final SimpleTokens tokens;
    // Invariant: equal to what the buckets hold.
    private volatile AuthState state;

    public AuthStore(Backend backend, SimpleTokens tokens) {
        this.backend = backend;
        this.tokens = tokens;
        this.state = load(backend);
    }

    /// As of now.
    public AuthState state() {
        return state;
    }

    /// Carries out a change, all of it or, if it is refused, nothing.
    ///
    /// @param raftIndex of the entry that asks for it
    /// @return the answer, with this header
    /// @throws tenon.server.error.RequestException if it is refused
    public Message apply(AuthChange change, long raftIndex, ResponseHeader header) {
        return switch (change.getRequestCase()) {
            case ENABLE -> {
                enable();
                yield AuthEnableResponse.newBuilder().setHeader(header).build();
            }
            case DISABLE -> {
                disable();
                yield AuthDisableResponse.newBuilder().setHeader(header).build();
            }
            case LOGIN -> AuthenticateResponse.newBuilder()
                    .setHeader(header)
                    .setToken(login(change.getLogin(), raftIndex))
                    .build();
            case USER_ADD -> {
                keep(UserChanges.add(state, change.getUserAdd()));
                yield AuthUserAddResponse.newBuilder().setHeader(header).build();
            }
            case USER_DELETE -> {
                keep(UserChanges.delete(state, change.getUserDelete()));
                tokens.revokeAllOf(change.getUserDelete().getName());
                yield AuthUserDeleteResponse.newBuilder().setHeader(header).build();
            }
            case USER_CHANGE_PASSWORD -> {
                keep(UserChanges.changePassword(state, change.getUserChangePassword()));
                tokens.revokeAllOf(change.getUserChangePassword().getName());
                yield AuthUserChangePasswordResponse.newBuilder().setHeader(header).build();
            }
            case USER_GRANT_ROLE -> {
                keep(UserChanges.grantRole(state, change.getUserGrantRole()));
                yield AuthUserGrantRoleResponse.newBuilder().setHeader(header).build();
            }
            case USER_REVOKE_ROLE -> {
                keep(UserChanges.revokeRole(state, change.getUserRevokeRole()));
                yield AuthUserRevokeRoleResponse.newBuilder().setHeader(header).build();
            }
            case ROLE_ADD -> {
                keep(RoleChanges.add(state, change.getRoleAdd()));
                yield AuthRoleAddResponse.newBuilder().setHeader(header).build();
            }
            case ROLE_DELETE -> {
                keep(RoleChanges.delete(state, change.getRoleDelete()));
                yield AuthRoleDeleteResponse.newBuilder().setHeader(header).build();
            }
            case ROLE_GRANT_PERMISSION -> {
                keep(RoleChanges.grantPermission(state, change.getRoleGrantPermission()));
                yield AuthRoleGrantPermissionResponse.newBuilder().setHeader(header).build();
            }
            case ROLE_REVOKE_PERMISSION -> {
                keep(RoleChanges.revokePermission(state, change.getRoleRevokePermission()));
                yield AuthRoleRevokePermissionResponse.newBuilder().setHeader(header).build();
            }
            case REQUEST_NOT_SET -> throw new IllegalStateException("entry " + raftIndex
                    + " holds a change of users or roles that this version does not know: it was written by a newer one");
        };
    }

    private void enable() {
        if (state.enabled()) {
            return;
        }
        if (state.findUser(AuthState.ROOT) == null) {
            throw EtcdError.ROOT_USER_NOT_EXIST.exception();
        }
        if (!state.hasRole(AuthState.ROOT, AuthState.ROOT)) {
            throw EtcdError.ROOT_ROLE_NOT_EXIST.exception();
        }
        keep(state.withEnabled(true));
        LOG.log(Level.INFO, "authentication is on");
    }

    private void disable() {
        if (!state.enabled()) {
            return;
        }
        keep(state.withEnabled(false).atNextRevision());
        tokens.revokeAll();
        LOG.log(Level.INFO, "authentication is off");
    }

    /// The password was checked before this was proposed.
    private String login(Login login, long raftIndex) {
        if (!state.enabled()) {
            throw EtcdError.AUTH_NOT_ENABLED.exception();
        }
        User user = state.findUser(login.getName());
        if (user == null || user.getOptions().getNoPassword()) {
            throw EtcdError.AUTH_FAILED.exception();
        }
        return tokens.assign(login.getTokenPrefix(), raftIndex, login.getName());
    }

    /// Writes what differs.
    private void keep(AuthState next) {
        if (next.enabled() != state.enabled()) {
            backend.put(AuthLayout.BUCKET, AuthLayout.enabledKey(), AuthLayout.encodeEnabled(next.enabled()));
        }
        if (next.revision() != state.revision()) {
            backend.put(AuthLayout.BUCKET, AuthLayout.revisionKey(), AuthLayout.encodeRevision(next.revision()));
        }
        for (User user : next.users()) {
            if (user != state.findUser(user.getName().toStringUtf8())) {
                backend.put(AuthLayout.USERS_BUCKET, user.getName().toByteArray(), user.toByteArray());
            }
        }
        for (User user : state.users()) {
            if (next.findUser(user.getName().toStringUtf8()) == null) {
                backend.delete(AuthLayout.USERS_BUCKET, user.getName().toByteArray());
            }
        }
        for (Role role : next.roles()) {
            if (role != state.findRole(role.getName().toStringUtf8())) {
                backend.put(AuthLayout.ROLES_BUCKET, role.getName().toByteArray(), role.toByteArray());
            }
        }
        for (Role role : state.roles()) {
            if (next.findRole(role.getName().toStringUtf8()) == null) {
                backend.delete(AuthLayout.ROLES_BUCKET, role.getName().toByteArray());
            }
        }
        state = next;
    }

    /// Checks that the state is what the buckets hold. For the writer's thread.
    ///
    /// @throws IllegalStateException if it is not
    public void validate() {
        AuthState kept = load(backend);
        boolean same = kept.enabled() == state.enabled()
                && kept.revision() == state.revision()
                && kept.equalUsersAndRoles(state);
        if (!same) {
            throw new IllegalStateException("users and roles in the store differ from those in force");
        }
    }

    private static AuthState load(Backend backend) {
        Map<String, User> users = new HashMap<>();
        Map<String, Role> roles = new HashMap<>();
        try {
            for (Backend.Record record : backend.list(AuthLayout.USERS_BUCKET)) {
                User user = User.parseFrom(record.value());
                users.put(user.getName().toStringUtf8(), user);
            }
            for (Backend.Record record : backend.list(AuthLayout.ROLES_BUCKET)) {
                Role role = Role.parseFrom(record.value());
                roles.put(role.getName().toStringUtf8(), role);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the store holds a user or a role that is none", e);
        }
        return new AuthState(
                AuthLayout.decodeEnabled(backend.get(AuthLayout.BUCKET, AuthLayout.enabledKey())),
                AuthLayout.decodeRevision(backend.get(AuthLayout.BUCKET, AuthLayout.revisionKey())),
                users,
                roles);
    }
}
