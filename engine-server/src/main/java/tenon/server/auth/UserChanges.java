package tenon.server.auth;

import com.google.protobuf.ByteString;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import tenon.server.error.EtcdError;
import tenon.server.rpc.AuthUserAddRequest;
import tenon.server.rpc.AuthUserChangePasswordRequest;
import tenon.server.rpc.AuthUserDeleteRequest;
import tenon.server.rpc.AuthUserGrantRoleRequest;
import tenon.server.rpc.AuthUserRevokeRoleRequest;
import tenon.server.rpc.User;

/// Changes of users: from one state to the next, or the same one if there is nothing to change. All methods fail with
/// [tenon.server.error.RequestException].
final class UserChanges {
    private UserChanges() {}

    static AuthState add(AuthState state, AuthUserAddRequest request) {
        if (request.getName().isEmpty()) {
            throw EtcdError.USER_EMPTY.exception();
        }
        if (state.findUser(request.getName()) != null) {
            throw EtcdError.USER_ALREADY_EXISTS.exception();
        }
        User.Builder user = User.newBuilder()
                .setName(ByteString.copyFromUtf8(request.getName()))
                .setOptions(request.getOptions());
        if (!request.getOptions().getNoPassword()) {
            user.setPassword(decode(request.getHashedPassword()));
        }
        return state.with(user.build()).atNextRevision();
    }

    static AuthState delete(AuthState state, AuthUserDeleteRequest request) {
        if (state.enabled() && request.getName().equals(AuthState.ROOT)) {
            throw EtcdError.INVALID_AUTH_MANAGEMENT.exception();
        }
        state.user(request.getName());
        return state.withoutUser(request.getName()).atNextRevision();
    }

    /// A user without password stays one.
    static AuthState changePassword(AuthState state, AuthUserChangePasswordRequest request) {
        User user = state.user(request.getName());
        ByteString password =
                user.getOptions().getNoPassword() ? ByteString.EMPTY : decode(request.getHashedPassword());
        return state.with(user.toBuilder().setPassword(password).build()).atNextRevision();
    }

    /// The root role need not exist.
    static AuthState grantRole(AuthState state, AuthUserGrantRoleRequest request) {
        User user = state.user(request.getUser());
        if (!request.getRole().equals(AuthState.ROOT)) {
            state.role(request.getRole());
        }
        if (user.getRolesList().contains(request.getRole())) {
            return state;
        }
        List<String> roles = Stream.concat(user.getRolesList().stream(), Stream.of(request.getRole()))
                .sorted(AuthState.BY_BYTES)
                .toList();
        return state.with(withRoles(user, roles)).atNextRevision();
    }

    static AuthState revokeRole(AuthState state, AuthUserRevokeRoleRequest request) {
        if (state.enabled()
                && request.getName().equals(AuthState.ROOT)
                && request.getRole().equals(AuthState.ROOT)) {
            throw EtcdError.INVALID_AUTH_MANAGEMENT.exception();
        }
        User user = state.user(request.getName());
        if (!user.getRolesList().contains(request.getRole())) {
            throw EtcdError.ROLE_NOT_GRANTED.exception();
        }
        return state.with(withoutRole(user, request.getRole())).atNextRevision();
    }

    static User withoutRole(User user, String role) {
        return withRoles(
                user,
                user.getRolesList().stream().filter(other -> !other.equals(role)).toList());
    }

    private static User withRoles(User user, List<String> roles) {
        return user.toBuilder().clearRoles().addAllRoles(roles).build();
    }

    private static ByteString decode(String hashedPassword) {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(hashedPassword));
        } catch (IllegalArgumentException e) {
            throw EtcdError.NO_PASSWORD_USER.exception();
        }
    }
}
