package tenon.server.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Where users and roles are kept, in etcd's places:
///
/// ```
/// bucket     key                     value
/// auth       "authEnabled"           one byte: 1 on, 0 off
///            "authRevision"          revision, 8 bytes, big-endian
/// authUsers  name of the user        authpb.User
/// authRoles  name of the role        authpb.Role
/// ```
///
/// What is missing has never been changed: off, at revision 1, without users and roles.
final class AuthLayout {
    static final String BUCKET = "auth";
    static final String USERS_BUCKET = "authUsers";
    static final String ROLES_BUCKET = "authRoles";

    private static final byte ON = 1;
    private static final byte OFF = 0;

    private AuthLayout() {}

    static byte[] enabledKey() {
        return bytes("authEnabled");
    }

    static byte[] revisionKey() {
        return bytes("authRevision");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] encodeEnabled(boolean enabled) {
        return new byte[] {enabled ? ON : OFF};
    }

    /// @param stored null if it is missing
    static boolean decodeEnabled(byte[] stored) {
        if (stored == null) {
            return false;
        }
        if (stored.length != 1 || (stored[0] != ON && stored[0] != OFF)) {
            throw new IllegalStateException("the bucket " + BUCKET + " holds no flag under authEnabled");
        }
        return stored[0] == ON;
    }

    static byte[] encodeRevision(long revision) {
        return ByteBuffer.allocate(Long.BYTES).putLong(revision).array();
    }

    /// @param stored null if it is missing
    static long decodeRevision(byte[] stored) {
        if (stored == null) {
            return AuthState.INITIAL.revision();
        }
        if (stored.length != Long.BYTES) {
            throw new IllegalStateException("the bucket " + BUCKET + " holds no revision under authRevision");
        }
        return ByteBuffer.wrap(stored).getLong();
    }
}
