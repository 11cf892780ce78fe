package tenon.server.auth;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tenon.server.error.EtcdError;
import tenon.server.rpc.AuthRoleAddRequest;
import tenon.server.rpc.AuthRoleDeleteRequest;
import tenon.server.rpc.AuthRoleGrantPermissionRequest;
import tenon.server.rpc.AuthRoleRevokePermissionRequest;
import tenon.server.rpc.Permission;
import tenon.server.rpc.Role;
import tenon.server.rpc.User;

/// Changes of roles: from one state to the next. All methods fail with [tenon.server.error.RequestException].
final class RoleChanges {
    private static final Comparator<ByteString> BY_BYTES = ByteString.unsignedLexicographicalComparator();

    private RoleChanges() {}

    static AuthState add(AuthState state, AuthRoleAddRequest request) {
        if (request.getName().isEmpty()) {
            throw EtcdError.ROLE_EMPTY.exception();
        }
        if (state.findRole(request.getName()) != null) {
            throw EtcdError.ROLE_ALREADY_EXISTS.exception();
        }
        Role role = Role.newBuilder()
                .setName(ByteString.copyFromUtf8(request.getName()))
                .build();
        return state.with(role).atNextRevision();
    }

    /// All users lose it.
    static AuthState delete(AuthState state, AuthRoleDeleteRequest request) {
        if (state.enabled() && request.getRole().equals(AuthState.ROOT)) {
            throw EtcdError.INVALID_AUTH_MANAGEMENT.exception();
        }
        state.role(request.getRole());
        AuthState changed = state.withoutRole(request.getRole());
        for (User user : state.users()) {
            if (user.getRolesList().contains(request.getRole())) {
                changed = changed.with(UserChanges.withoutRole(user, request.getRole()));
            }
        }
        return changed.atNextRevision();
    }

    /// A permission for the same keys takes the place of the present one.
    static AuthState grantPermission(AuthState state, AuthRoleGrantPermissionRequest request) {
        if (!request.hasPerm()) {
            throw EtcdError.PERMISSION_NOT_GIVEN.exception();
        }
        Permission granted = request.getPerm();
        if (!isRange(granted.getKey(), granted.getRangeEnd())) {
            throw EtcdError.INVALID_AUTH_MANAGEMENT.exception();
        }
        Role role = state.role(request.getName());
        List<Permission> permissions = new ArrayList<>(role.getKeyPermissionList());
        permissions.removeIf(
                permission -> isFor(permission, granted.getKey(), granted.getRangeEnd()));
        permissions.add(granted);
        permissions.sort(Comparator.comparing(Permission::getKey, BY_BYTES)
                .thenComparing(Permission::getRangeEnd, BY_BYTES));
        return state.with(withPermissions(role, permissions)).atNextRevision();
    }

    static AuthState revokePermission(AuthState state, AuthRoleRevokePermissionRequest request) {
        Role role = state.role(request.getRole());
        List<Permission> left = role.getKeyPermissionList().stream()
                .filter(permission -> !isFor(permission, request.getKey(), request.getRangeEnd()))
                .toList();
        if (left.size() == role.getKeyPermissionCount()) {
            throw EtcdError.PERMISSION_NOT_GRANTED.exception();
        }
        return state.with(withPermissions(role, left)).atNextRevision();
    }

    private static boolean isFor(Permission permission, ByteString key, ByteString rangeEnd) {
        return permission.getKey().equals(key) && permission.getRangeEnd().equals(rangeEnd);
    }

    /// Whether there are keys in it: one, those before the end, or all from the first on.
    private static boolean isRange(ByteString key, ByteString rangeEnd) {
        return !key.isEmpty()
                && (rangeEnd.isEmpty() || KeyIntervals.isOpen(rangeEnd) || BY_BYTES.compare(key, rangeEnd) < 0);
    }

    private static Role withPermissions(Role role, List<Permission> permissions) {
        return role.toBuilder()
                .clearKeyPermission()
                .addAllKeyPermission(permissions)
                .build();
    }
}
