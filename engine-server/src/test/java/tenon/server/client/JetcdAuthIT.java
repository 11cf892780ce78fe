package tenon.server.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.options.GetOption;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// W9 as an unmodified Java client sees it.
@Timeout(120)
class JetcdAuthIT {
    @TempDir
    private Path directory;

    private ServerUnderTest server;

    @BeforeEach
    void start() throws Exception {
        server = ServerUnderTest.start(directory);
        try (Client client = Client.builder().endpoints(server.uri()).build()) {
            Auth auth = client.getAuthClient();
            get(auth.userAdd(bytes("root"), bytes("r")));
            get(auth.roleAdd(bytes("root")));
            get(auth.userGrantRole(bytes("root"), bytes("root")));
            get(auth.userAdd(bytes("alice"), bytes("a")));
            get(auth.roleAdd(bytes("reader")));
            get(auth.roleGrantPermission(
                    bytes("reader"), bytes("k"), bytes("l"), Permission.Type.READ));
            get(auth.userGrantRole(bytes("alice"), bytes("reader")));
            get(client.getKVClient().put(bytes("k1"), bytes("v1")));
            get(auth.authEnable());
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Client clientOf(String user, String password) {
        return Client.builder()
                .endpoints(server.uri())
                .user(bytes(user))
                .password(bytes(password))
                .build();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static void assertRefused(Status.Code code, String text, CompletableFuture<?> future) {
        ExecutionException refusal = assertThrows(ExecutionException.class, () -> get(future));
        Throwable cause = refusal.getCause();
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        // The client for users and roles leaves the code out.
        assertEquals(text, cause.getMessage().replace(code + ": ", ""));
    }

    @Test
    void shouldServeWhoLogsInWithinHisPermissions() throws Exception {
        try (Client alice = clientOf("alice", "a")) {
            GetOption range = GetOption.builder().withRange(bytes("l")).build();
            assertEquals(1, get(alice.getKVClient().get(bytes("k"), range)).getCount());
            assertRefused(
                    Status.Code.PERMISSION_DENIED,
                    "etcdserver: permission denied",
                    alice.getKVClient().put(bytes("k1"), bytes("v2")));
            assertEquals(
                    List.of("reader"), get(alice.getAuthClient().userGet(bytes("alice"))).getRoles());
            assertRefused(
                    Status.Code.PERMISSION_DENIED,
                    "etcdserver: permission denied",
                    alice.getAuthClient().userList());
        }
        try (Client root = clientOf("root", "r")) {
            get(root.getKVClient().put(bytes("other"), bytes("v")));
            assertEquals(List.of("alice", "root"), get(root.getAuthClient().userList()).getUsers());
            assertEquals(List.of("reader", "root"), get(root.getAuthClient().roleList()).getRoles());
            var permission = get(root.getAuthClient().roleGet(bytes("reader"))).getPermissions().getFirst();
            assertEquals("k to l, READ", permission.getKey() + " to " + permission.getRangeEnd() + ", "
                    + permission.getPermType());
        }
    }

    @Test
    void shouldRefuseWhoDoesNot() {
        try (Client nobody = Client.builder().endpoints(server.uri()).build()) {
            assertRefused(
                    Status.Code.INVALID_ARGUMENT,
                    "etcdserver: user name is empty",
                    nobody.getKVClient().put(bytes("k1"), bytes("v")));
        }
        try (Client mistaken = clientOf("alice", "wrong")) {
            assertRefused(
                    Status.Code.INVALID_ARGUMENT,
                    "etcdserver: authentication failed, invalid user ID or password",
                    mistaken.getKVClient().get(bytes("k1")));
        }
    }

    /// The client sees that its token is none any more, and gets itself another one.
    @Test
    void shouldLetAClientLogInAgainAfterItsTokenHasEnded() throws Exception {
        try (Client alice = clientOf("alice", "a");
                Client root = clientOf("root", "r")) {
            assertEquals(1, get(alice.getKVClient().get(bytes("k1"))).getCount());
            get(root.getAuthClient().userChangePassword(bytes("alice"), bytes("a")));
            assertEquals(1, get(alice.getKVClient().get(bytes("k1"))).getCount());
        }
    }
}
