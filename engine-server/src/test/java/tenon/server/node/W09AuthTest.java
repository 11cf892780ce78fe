package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.server.error.EtcdError;
import tenon.server.metrics.MetricsSnapshot.Gauge;
import tenon.server.rpc.AuthRoleGetRequest;
import tenon.server.rpc.AuthUserAddRequest;
import tenon.server.rpc.AuthUserChangePasswordRequest;
import tenon.server.rpc.AuthUserGetRequest;
import tenon.server.rpc.AuthenticateRequest;
import tenon.server.rpc.Permission;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// W9: an unknown or expired token is refused with etcd's words, and so is a caller who is nobody.
class W09AuthTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final ManualClock clock = new ManualClock();
    private final SimulatedFileSystem files = new SimulatedFileSystem();
    private final ApplyGate gate = new ApplyGate();
    private Node node = start();
    private final Users users = Users.on(node);

    private Node start() {
        return Node.start(
                TestNodes.config().bcryptCost(4).authTokenTtlSeconds(300).build(),
                Platform.system().withFiles(files).withClock(clock),
                gate);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private EtcdError put(String token) {
        return Users.refusal(token, () -> node.kv().put(TestNodes.put("k", "v")));
    }

    private EtcdError get(String token) {
        return Users.refusal(token, () -> node.kv().range(TestNodes.get("k")));
    }

    private EtcdError getSerializable(String token) {
        return Users.refusal(
                token,
                () -> node.kv().range(TestNodes.get("k").toBuilder().setSerializable(true).build()));
    }

    private void assertRefused(EtcdError expected, String token) {
        assertEquals(expected, put(token));
        assertEquals(expected, get(token));
        assertEquals(expected, getSerializable(token));
        assertEquals(expected, Users.refusal(token, () -> node.auth().checkKnown()));
        assertEquals(expected, Users.refusal(token, () -> node.auth().checkRoot()));
        assertEquals(expected, Users.refusal(token, () -> node.auth().userList()));
        assertEquals(expected, TestNodes.refusal(new Users(node).tryChange(token, change -> change.getDisableBuilder())));
    }

    @Test
    void shouldRefuseAnUnknownToken() {
        String token = users.root();
        int dot = token.indexOf('.');
        for (String unknown : new String[] {
            "",
            "nonsense",
            ".",
            "x.1",
            "x" + token.substring(1),
            token + "0",
            token.substring(0, dot) + ".1",
            token.substring(0, dot) + ".-1",
            token.substring(0, dot) + "." + Long.MAX_VALUE,
            token.substring(0, dot) + ".99999999999999999999"
        }) {
            if (!unknown.equals(token)) {
                assertRefused(EtcdError.INVALID_AUTH_TOKEN, unknown);
            }
        }
        assertNull(put(token));
    }

    @Test
    void shouldRefuseAnExpiredTokenAndExtendOneThatIsUsed() {
        String used = users.root();
        String idle = users.root();
        for (int i = 0; i < 4; i++) {
            clock.advanceNs(100 * SECOND_NS);
            assertNull(put(used), "after " + 100 * (i + 1) + " seconds");
        }
        assertRefused(EtcdError.INVALID_AUTH_TOKEN, idle);
        clock.advanceNs(299 * SECOND_NS);
        assertNull(get(used));
        clock.advanceNs(300 * SECOND_NS + 1);
        assertRefused(EtcdError.INVALID_AUTH_TOKEN, used);
    }

    @Test
    void shouldRefuseTheTokenOfADeletedUserAndOfOneWithANewPassword() {
        String root = users.root();
        String alice = users.login("alice", "a");
        assertEquals(EtcdError.PERMISSION_DENIED, put(alice));
        users.changePassword(root, "alice", "b");
        assertRefused(EtcdError.INVALID_AUTH_TOKEN, alice);
        assertEquals(EtcdError.AUTH_FAILED, TestNodes.refusal(users.tryLogin("alice", "a")));
        alice = users.login("alice", "b");
        assertEquals(EtcdError.PERMISSION_DENIED, put(alice));
        users.change(root, change -> change.getUserDeleteBuilder().setName("alice"));
        assertRefused(EtcdError.INVALID_AUTH_TOKEN, alice);
        assertEquals(EtcdError.AUTH_FAILED, TestNodes.refusal(users.tryLogin("alice", "b")));
        assertNull(put(root), "others keep theirs");
    }

    @Test
    void shouldRefuseWhoHasNoToken() {
        assertEquals(EtcdError.USER_EMPTY, put(null));
        assertEquals(EtcdError.USER_EMPTY, get(null));
        assertEquals(EtcdError.USER_EMPTY, getSerializable(null));
        assertEquals(
                EtcdError.USER_EMPTY, TestNodes.refusal(users.tryChange(null, change -> change.getDisableBuilder())));
        assertTrue(TestNodes.await(node.auth().status()).getEnabled(), "anyone may know that");
    }

    @Test
    void shouldIgnoreTokensWhileAuthenticationIsOff() {
        String root = users.root();
        users.change(root, change -> change.getDisableBuilder());
        assertNull(put(root));
        assertNull(put("nonsense"));
        assertNull(put(null));
        assertEquals(EtcdError.AUTH_NOT_ENABLED, TestNodes.refusal(users.tryLogin("alice", "a")));
        users.change(null, change -> change.getEnableBuilder());
        assertRefused(EtcdError.INVALID_AUTH_TOKEN, root);
        assertNull(put(users.root()));
    }

    @Test
    void shouldForgetTokensOverARestartAndKeepAllElse() {
        String root = users.root();
        users.grant(root, Permission.Type.READWRITE, "k", "");
        long revision = TestNodes.await(node.auth().status()).getAuthRevision();
        node.close();
        node = start();
        Users restarted = new Users(node);
        assertRefused(EtcdError.INVALID_AUTH_TOKEN, root);
        assertEquals(revision, TestNodes.await(node.auth().status()).getAuthRevision());
        assertTrue(
                node.metrics().metrics().stream()
                        .anyMatch(metric -> metric instanceof Gauge gauge
                                && gauge.name().equals("etcd_debugging_auth_revision")
                                && gauge.value() == revision),
                "the revision is a metric");
        assertNull(put(restarted.login("alice", "a")));
        assertNull(put(restarted.root()));
        assertEquals(EtcdError.USER_EMPTY, put(null));
    }

    @Test
    void shouldLetInOnlyWhoKnowsThePassword() {
        assertEquals(EtcdError.AUTH_FAILED, TestNodes.refusal(users.tryLogin("alice", "b")));
        assertEquals(EtcdError.AUTH_FAILED, TestNodes.refusal(users.tryLogin("alice", "")));
        assertEquals(EtcdError.AUTH_FAILED, TestNodes.refusal(users.tryLogin("nobody", "a")));
        assertNotEquals(users.login("alice", "a"), users.login("alice", "a"));
        AuthUserAddRequest.Builder noPassword = AuthUserAddRequest.newBuilder().setName("machine");
        noPassword.getOptionsBuilder().setNoPassword(true);
        String root = users.root();
        TestNodes.await(Users.with(root, () -> node.auth().userAdd(noPassword.build(), Runnable::run)));
        assertEquals(EtcdError.NO_PASSWORD_USER, TestNodes.refusal(users.tryLogin("machine", "")));
        users.changePassword(root, "machine", "x");
        assertEquals(EtcdError.NO_PASSWORD_USER, TestNodes.refusal(users.tryLogin("machine", "x")));
        AuthUserAddRequest tooLong = AuthUserAddRequest.newBuilder()
                .setName("long")
                .setPassword("x".repeat(73))
                .build();
        assertEquals(
                EtcdError.PASSWORD_TOO_LONG, Users.refusal(root, () -> node.auth().userAdd(tooLong, Runnable::run)));
    }

    /// The password is changed after it was checked and before the login is applied.
    @Test
    void shouldNotLetALoginOvertakeTheChangeOfItsPassword() {
        String root = users.root();
        AuthUserChangePasswordRequest change = AuthUserChangePasswordRequest.newBuilder()
                .setName("alice")
                .setPassword("b")
                .build();
        AuthenticateRequest login =
                AuthenticateRequest.newBuilder().setName("alice").setPassword("a").build();
        AtomicInteger checkCount = new AtomicInteger();
        CompletableFuture<?> answer = node.auth().authenticate(login, check -> {
            if (checkCount.incrementAndGet() == 1) {
                gate.close();
                Users.with(root, () -> node.auth().userChangePassword(change, Runnable::run));
                check.run();
                gate.open();
            } else {
                check.run();
            }
        });
        assertEquals(EtcdError.AUTH_FAILED, TestNodes.refusal(answer));
        assertEquals(2, checkCount.get());
        users.login("alice", "b");
    }

    @Test
    void shouldTellUsersAboutThemselvesOnly() {
        String alice = users.login("alice", "a");
        AuthUserGetRequest own = AuthUserGetRequest.newBuilder().setName("alice").build();
        AuthUserGetRequest other = AuthUserGetRequest.newBuilder().setName("root").build();
        AuthRoleGetRequest ownRole = AuthRoleGetRequest.newBuilder().setRole("reader").build();
        AuthRoleGetRequest otherRole = AuthRoleGetRequest.newBuilder().setRole("root").build();
        assertNull(Users.refusal(alice, () -> node.auth().userGet(own)));
        assertNull(Users.refusal(alice, () -> node.auth().roleGet(ownRole)));
        assertEquals(EtcdError.PERMISSION_DENIED, Users.refusal(alice, () -> node.auth().userGet(other)));
        assertEquals(EtcdError.PERMISSION_DENIED, Users.refusal(alice, () -> node.auth().roleGet(otherRole)));
        assertEquals(EtcdError.PERMISSION_DENIED, Users.refusal(alice, () -> node.auth().userList()));
        assertEquals(EtcdError.PERMISSION_DENIED, Users.refusal(alice, () -> node.auth().roleList()));
        assertEquals(EtcdError.USER_EMPTY, Users.refusal(null, () -> node.auth().userGet(own)));
        assertFalse(TestNodes.await(Users.with(users.root(), () -> node.auth().userGet(own))).getRolesList().isEmpty());
    }
}
