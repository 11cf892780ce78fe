package tenon.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.proposal.AuthChange;
import tenon.server.rpc.Permission;
import tenon.server.rpc.ResponseHeader;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// The rules of users and roles. Each test ends with a check that the store holds what is in force.
class AuthStoreTest {
    private static final Path FILE = Path.of("/data/db");
    private static final String HASH = Base64.getEncoder().encodeToString("hash".getBytes());

    private final SimulatedFileSystem files = new SimulatedFileSystem();
    private final Platform platform = Platform.system().withFiles(files).withClock(new ManualClock());
    private final SimpleTokens tokens = new SimpleTokens(platform.clock(), 1_000_000_000L);
    private MvccStore store;
    private AuthStore auth;
    private long raftIndex;

    @BeforeEach
    void open() {
        files.createDirectories(FILE.getParent());
        store = MvccStore.open(platform, FILE, MvccOptions.DEFAULT);
        auth = new AuthStore(store.backend(), tokens);
    }

    @AfterEach
    void close() {
        auth.validate();
        store.close();
    }

    private void reopen() {
        store.close();
        open();
    }

    private void apply(Consumer<AuthChange.Builder> request) {
        AuthChange.Builder change = AuthChange.newBuilder();
        request.accept(change);
        auth.apply(change.build(), ++raftIndex, ResponseHeader.getDefaultInstance());
        store.skip(new AppliedIndex(1, raftIndex));
    }

    private void assertRefused(EtcdError expected, Consumer<AuthChange.Builder> request) {
        AuthState before = auth.state();
        RequestException refusal = assertThrows(RequestException.class, () -> apply(request));
        raftIndex--;
        assertEquals(expected, refusal.error());
        assertEquals(before, auth.state(), "nothing has changed");
    }

    private static Consumer<AuthChange.Builder> addUser(String name) {
        return change -> change.getUserAddBuilder().setName(name).setHashedPassword(HASH);
    }

    private static Consumer<AuthChange.Builder> addRole(String name) {
        return change -> change.getRoleAddBuilder().setName(name);
    }

    private static Consumer<AuthChange.Builder> grantRole(String user, String role) {
        return change -> change.getUserGrantRoleBuilder().setUser(user).setRole(role);
    }

    private static Consumer<AuthChange.Builder> grant(String role, Permission.Type type, String key, String end) {
        return change -> change.getRoleGrantPermissionBuilder()
                .setName(role)
                .setPerm(Permission.newBuilder()
                        .setPermType(type)
                        .setKey(ByteString.copyFromUtf8(key))
                        .setRangeEnd(ByteString.copyFromUtf8(end)));
    }

    private static Consumer<AuthChange.Builder> revoke(String role, String key, String end) {
        return change -> change.getRoleRevokePermissionBuilder()
                .setRole(role)
                .setKey(ByteString.copyFromUtf8(key))
                .setRangeEnd(ByteString.copyFromUtf8(end));
    }

    @Test
    void shouldBeginOffAtRevisionOne() {
        assertFalse(auth.state().enabled());
        assertEquals(1, auth.state().revision());
        assertEquals(List.of(), auth.state().userNames());
    }

    @Test
    void shouldEnableOnlyWithARootThatHasTheRole() {
        assertRefused(EtcdError.ROOT_USER_NOT_EXIST, change -> change.getEnableBuilder());
        apply(addUser("root"));
        assertRefused(EtcdError.ROOT_ROLE_NOT_EXIST, change -> change.getEnableBuilder());
        apply(grantRole("root", "root"));
        long revision = auth.state().revision();
        apply(change -> change.getEnableBuilder());
        assertTrue(auth.state().enabled());
        assertEquals(revision, auth.state().revision(), "as in etcd, that is no change of users and roles");
        apply(change -> change.getEnableBuilder());
        assertEquals(revision, auth.state().revision());
    }

    @Test
    void shouldKeepRootWhileItIsEnabled() {
        apply(addUser("root"));
        apply(addRole("root"));
        apply(grantRole("root", "root"));
        apply(change -> change.getEnableBuilder());
        assertRefused(EtcdError.INVALID_AUTH_MANAGEMENT, change -> change.getUserDeleteBuilder().setName("root"));
        assertRefused(EtcdError.INVALID_AUTH_MANAGEMENT, change -> change.getRoleDeleteBuilder().setRole("root"));
        assertRefused(
                EtcdError.INVALID_AUTH_MANAGEMENT,
                change -> change.getUserRevokeRoleBuilder().setName("root").setRole("root"));
        apply(change -> change.getDisableBuilder());
        apply(change -> change.getUserRevokeRoleBuilder().setName("root").setRole("root"));
        apply(change -> change.getRoleDeleteBuilder().setRole("root"));
        apply(change -> change.getUserDeleteBuilder().setName("root"));
        assertEquals(List.of(), auth.state().userNames());
        assertEquals(List.of(), auth.state().roleNames());
    }

    @Test
    void shouldRefuseWhatIsThereAlreadyAndWhatIsNot() {
        assertRefused(EtcdError.USER_EMPTY, addUser(""));
        assertRefused(EtcdError.ROLE_EMPTY, addRole(""));
        apply(addUser("u"));
        apply(addRole("r"));
        assertRefused(EtcdError.USER_ALREADY_EXISTS, addUser("u"));
        assertRefused(EtcdError.ROLE_ALREADY_EXISTS, addRole("r"));
        assertRefused(EtcdError.USER_NOT_FOUND, change -> change.getUserDeleteBuilder().setName("x"));
        assertRefused(EtcdError.USER_NOT_FOUND, change -> change.getUserChangePasswordBuilder().setName("x"));
        assertRefused(EtcdError.USER_NOT_FOUND, grantRole("x", "r"));
        assertRefused(EtcdError.ROLE_NOT_FOUND, grantRole("u", "x"));
        assertRefused(EtcdError.ROLE_NOT_FOUND, change -> change.getRoleDeleteBuilder().setRole("x"));
        assertRefused(
                EtcdError.USER_NOT_FOUND,
                change -> change.getUserRevokeRoleBuilder().setName("x").setRole("r"));
        assertRefused(
                EtcdError.ROLE_NOT_GRANTED,
                change -> change.getUserRevokeRoleBuilder().setName("u").setRole("r"));
        assertRefused(
                EtcdError.PERMISSION_NOT_GIVEN, change -> change.getRoleGrantPermissionBuilder().setName("r"));
        assertRefused(EtcdError.ROLE_NOT_FOUND, grant("x", Permission.Type.READ, "k", ""));
        assertRefused(EtcdError.ROLE_NOT_FOUND, revoke("x", "k", ""));
        assertRefused(EtcdError.PERMISSION_NOT_GRANTED, revoke("r", "k", ""));
        assertRefused(EtcdError.INVALID_AUTH_MANAGEMENT, grant("r", Permission.Type.READ, "", ""));
        assertRefused(EtcdError.INVALID_AUTH_MANAGEMENT, grant("r", Permission.Type.READ, "b", "a"));
        assertRefused(EtcdError.INVALID_AUTH_MANAGEMENT, grant("r", Permission.Type.READ, "a", "a"));
        assertRefused(EtcdError.NO_PASSWORD_USER, change -> change.getUserAddBuilder().setName("v").setHashedPassword("!"));
        assertRefused(EtcdError.AUTH_NOT_ENABLED, change -> change.getLoginBuilder().setName("u"));
    }

    @Test
    void shouldSortRolesAndPermissionsAndReplaceThoseForTheSameKeys() {
        apply(addUser("u"));
        apply(addRole("b"));
        apply(addRole("a"));
        apply(grantRole("u", "b"));
        apply(grantRole("u", "a"));
        long revision = auth.state().revision();
        apply(grantRole("u", "a"));
        assertEquals(revision, auth.state().revision(), "it has it already");
        assertEquals(List.of("a", "b"), auth.state().user("u").getRolesList());
        apply(grant("a", Permission.Type.READ, "m", "n"));
        apply(grant("a", Permission.Type.READ, "m", ""));
        apply(grant("a", Permission.Type.READ, "c", "\0"));
        apply(grant("a", Permission.Type.WRITE, "m", "n"));
        List<String> permissions = auth.state().role("a").getKeyPermissionList().stream()
                .map(granted -> granted.getKey().toStringUtf8() + "-" + granted.getPermType())
                .toList();
        assertEquals(List.of("c-READ", "m-READ", "m-WRITE"), permissions);
        apply(revoke("a", "m", ""));
        assertEquals(2, auth.state().role("a").getKeyPermissionCount());
    }

    @Test
    void shouldTakeADeletedRoleFromAllUsers() {
        apply(addRole("r"));
        for (String user : List.of("a", "b", "c")) {
            apply(addUser(user));
        }
        apply(grantRole("a", "r"));
        apply(grantRole("c", "r"));
        long revision = auth.state().revision();
        apply(change -> change.getRoleDeleteBuilder().setRole("r"));
        assertEquals(revision + 1, auth.state().revision());
        assertTrue(auth.state().users().stream().allMatch(user -> user.getRolesList().isEmpty()));
    }

    @Test
    void shouldBeRebuiltAtStart() {
        apply(addUser("root"));
        apply(grantRole("root", "root"));
        apply(addUser("я"));
        apply(addRole("r"));
        apply(grant("r", Permission.Type.READWRITE, "k", "\0"));
        apply(change -> change.getEnableBuilder());
        AuthState before = auth.state();
        reopen();
        assertTrue(auth.state().enabled());
        assertEquals(before.revision(), auth.state().revision());
        assertTrue(auth.state().equalUsersAndRoles(before));
        assertEquals(raftIndex, store.appliedIndex().raftIndex());
        apply(change -> change.getDisableBuilder());
        reopen();
        assertFalse(auth.state().enabled());
        assertEquals(before.revision() + 1, auth.state().revision());
    }

    @Test
    void shouldSurviveDefragmentationAndBePartOfACopy() {
        apply(addUser("u"));
        int hash = store.backend().hash();
        store.backend().defragment();
        auth.validate();
        assertEquals(hash, store.backend().hash());
        var copy = new java.io.ByteArrayOutputStream();
        store.backend().copyTo(copy, _ -> {});
        files.setContent(Path.of("/data/copy"), copy.toByteArray());
        try (MvccStore copied = MvccStore.open(platform, Path.of("/data/copy"), MvccOptions.DEFAULT)) {
            assertEquals(List.of("u"), new AuthStore(copied.backend(), tokens).state().userNames());
        }
    }

    @Test
    void shouldNotGuessWhatAChangeOfANewerVersionMeans() {
        assertThrows(
                IllegalStateException.class,
                () -> auth.apply(AuthChange.getDefaultInstance(), 1, ResponseHeader.getDefaultInstance()));
    }
}
