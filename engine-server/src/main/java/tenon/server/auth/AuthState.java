package tenon.server.auth;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import tenon.server.error.EtcdError;
import tenon.server.rpc.Role;
import tenon.server.rpc.User;

/// Users, roles, and who may do what: one moment of it. Never changes; safe for use by any thread. Checks fail with
/// [tenon.server.error.RequestException].
public final class AuthState {
    /// The name of the user, and of the role, that may do everything.
    static final String ROOT = "root";
    static final AuthState INITIAL = new AuthState(false, 1, Map.of(), Map.of());

    static final Comparator<String> BY_BYTES = Comparator.comparing(
            (String name) -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private final boolean enabled;
    private final long revision;
    // Invariant: each is found under its own name.
    private final Map<String, User> users;
    private final Map<String, Role> roles;
    /// Made when first asked for.
    private final ConcurrentMap<String, UserPermissions> permissions = new ConcurrentHashMap<>();

    AuthState(boolean enabled, long revision, Map<String, User> users, Map<String, Role> roles) {
        this.enabled = enabled;
        this.revision = revision;
        this.users = users;
        this.roles = roles;
    }

    public boolean enabled() {
        return enabled;
    }

    /// Rises with each change of users, roles and permissions.
    public long revision() {
        return revision;
    }

    Collection<User> users() {
        return users.values();
    }

    Collection<Role> roles() {
        return roles.values();
    }

    /// In the order of their bytes.
    List<String> userNames() {
        return users.keySet().stream().sorted(BY_BYTES).toList();
    }

    List<String> roleNames() {
        return roles.keySet().stream().sorted(BY_BYTES).toList();
    }

    /// Null if there is none.
    User findUser(String name) {
        return users.get(name);
    }

    /// Null if there is none.
    Role findRole(String name) {
        return roles.get(name);
    }

    User user(String name) {
        User user = users.get(name);
        if (user == null) {
            throw EtcdError.USER_NOT_FOUND.exception();
        }
        return user;
    }

    Role role(String name) {
        Role role = roles.get(name);
        if (role == null) {
            throw EtcdError.ROLE_NOT_FOUND.exception();
        }
        return role;
    }

    boolean equalUsersAndRoles(AuthState other) {
        return users.equals(other.users) && roles.equals(other.roles);
    }

    /// Whether a user exists and has a role, whether that exists or not.
    boolean hasRole(String userName, String role) {
        User user = users.get(userName);
        return user != null && user.getRolesList().contains(role);
    }

    AuthState withEnabled(boolean on) {
        return new AuthState(on, revision, users, roles);
    }

    AuthState atNextRevision() {
        return new AuthState(enabled, revision + 1, users, roles);
    }

    AuthState with(User user) {
        Map<String, User> changed = new HashMap<>(users);
        changed.put(user.getName().toStringUtf8(), user);
        return new AuthState(enabled, revision, changed, roles);
    }

    AuthState with(Role role) {
        Map<String, Role> changed = new HashMap<>(roles);
        changed.put(role.getName().toStringUtf8(), role);
        return new AuthState(enabled, revision, users, changed);
    }

    AuthState withoutUser(String name) {
        Map<String, User> changed = new HashMap<>(users);
        changed.remove(name);
        return new AuthState(enabled, revision, changed, roles);
    }

    /// The users keep it.
    AuthState withoutRole(String name) {
        Map<String, Role> changed = new HashMap<>(roles);
        changed.remove(name);
        return new AuthState(enabled, revision, users, changed);
    }

    /// Whoever asks must be a user.
    public void checkKnown(Caller caller) {
        if (enabled && caller.user().isEmpty()) {
            throw EtcdError.USER_EMPTY.exception();
        }
        if (enabled && !users.containsKey(caller.user())) {
            throw EtcdError.PERMISSION_DENIED.exception();
        }
    }

    /// Whoever asks must have the root role.
    public void checkRoot(Caller caller) {
        if (!enabled) {
            return;
        }
        checkKnown(caller);
        user(caller.user());
        if (!hasRole(caller.user(), ROOT)) {
            throw EtcdError.PERMISSION_DENIED.exception();
        }
    }

    /// Whoever asks must be permitted to read all of a range.
    ///
    /// @param rangeEnd empty for one key, a zero byte for no end
    public void checkRead(Caller caller, ByteString key, ByteString rangeEnd) {
        if (enabled && !isTrusted(caller) && !permissions(caller).read().contains(key, rangeEnd)) {
            throw EtcdError.PERMISSION_DENIED.exception();
        }
    }

    /// Whoever asks must be permitted to write all of a range.
    ///
    /// @param rangeEnd empty for one key, a zero byte for no end
    public void checkWrite(Caller caller, ByteString key, ByteString rangeEnd) {
        if (enabled && !isTrusted(caller) && !permissions(caller).write().contains(key, rangeEnd)) {
            throw EtcdError.PERMISSION_DENIED.exception();
        }
    }

    /// Whether every key is open to the caller, who must be known, and known now.
    private boolean isTrusted(Caller caller) {
        if (caller.authRevision() == 0) {
            throw EtcdError.USER_EMPTY.exception();
        }
        if (caller.authRevision() < revision) {
            throw EtcdError.AUTH_OLD_REVISION.exception();
        }
        if (!users.containsKey(caller.user())) {
            throw EtcdError.PERMISSION_DENIED.exception();
        }
        return hasRole(caller.user(), ROOT);
    }

    private UserPermissions permissions(Caller caller) {
        return permissions.computeIfAbsent(caller.user(), name -> UserPermissions.of(users.get(name).getRolesList().stream()
                .map(roles::get)
                .filter(Objects::nonNull)
                .toList()));
    }
}
