package tenon.server.auth;

import java.util.Collection;
import tenon.server.rpc.Permission;
import tenon.server.rpc.Role;

/// What a user may do, all roles taken together.
///
/// @param read keys
/// @param write keys
record UserPermissions(KeyIntervals read, KeyIntervals write) {
    static UserPermissions of(Collection<Role> roles) {
        KeyIntervals.Builder read = new KeyIntervals.Builder();
        KeyIntervals.Builder write = new KeyIntervals.Builder();
        for (Role role : roles) {
            for (Permission permission : role.getKeyPermissionList()) {
                Permission.Type type = permission.getPermType();
                if (type == Permission.Type.READ || type == Permission.Type.READWRITE) {
                    read.add(permission.getKey(), permission.getRangeEnd());
                }
                if (type == Permission.Type.WRITE || type == Permission.Type.READWRITE) {
                    write.add(permission.getKey(), permission.getRangeEnd());
                }
            }
        }
        return new UserPermissions(read.build(), write.build());
    }
}
