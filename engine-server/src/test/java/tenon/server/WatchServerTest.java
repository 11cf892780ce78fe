package tenon.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Platform;
import tenon.server.error.EtcdError;
import tenon.server.grpc.WatchingClient;
import tenon.server.rpc.AuthEnableRequest;
import tenon.server.rpc.AuthGrpc;
import tenon.server.rpc.AuthRoleAddRequest;
import tenon.server.rpc.AuthRoleGrantPermissionRequest;
import tenon.server.rpc.AuthUserAddRequest;
import tenon.server.rpc.AuthUserGrantRoleRequest;
import tenon.server.rpc.AuthenticateRequest;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.Event;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.Permission;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.WatchResponse;
import tenon.testkit.SimulatedFileSystem;

/// Watches of a whole server, over the wire.
@Timeout(120)
class WatchServerTest {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private final SimulatedFileSystem disk = new SimulatedFileSystem();
    private TenonServer server;
    private ManagedChannel channel;
    private KVGrpc.KVBlockingStub kv;

    @BeforeEach
    void start() {
        ServerConfig config = ServerConfig.builder(Path.of("/data"))
                .clientPort(0)
                .walSegmentBytes(1 << 18)
                .bcryptCost(4)
                .build();
        server = TenonServer.start(config, Platform.system().withFiles(disk));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.clientUri().getPort())
                .usePlaintext()
                .build();
        kv = KVGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private long put(String key, ByteString value) {
        return kv.put(PutRequest.newBuilder().setKey(bytes(key)).setValue(value).build())
                .getHeader()
                .getRevision();
    }

    private static List<String> texts(List<WatchResponse> responses) {
        List<String> texts = new ArrayList<>();
        for (WatchResponse response : responses) {
            for (Event event : response.getEventsList()) {
                texts.add(event.getType() + " " + event.getKv().getKey().toStringUtf8() + "@"
                        + event.getKv().getModRevision());
            }
        }
        return texts;
    }

    /// The value of a metric.
    private long metric(String name) throws Exception {
        String text;
        try (InputStream page =
                server.clientUri().resolve("/metrics").toURL().openStream()) {
            text = new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
        Matcher line = Pattern.compile("^" + name + " (\\d+)$", Pattern.MULTILINE).matcher(text);
        assertTrue(line.find(), "no " + name);
        return Long.parseLong(line.group(1));
    }

    @Test
    void shouldTellOfWhatIsWritten() throws Exception {
        WatchingClient client = WatchingClient.of(channel);
        client.create("k", create -> create.setRangeEnd(bytes("l")));
        WatchResponse created = client.await(1).getFirst();
        assertTrue(created.getCreated());
        assertEquals(1, created.getHeader().getRevision());
        put("k1", bytes("1"));
        put("other", bytes("1"));
        put("k2", bytes("2"));
        List<WatchResponse> told = client.await(3);
        assertEquals(List.of("PUT k1@2", "PUT k2@4"), texts(told));
        assertEquals(created.getHeader().getMemberId(), told.getLast().getHeader().getMemberId());
        assertEquals(4, told.getLast().getHeader().getRevision());

        client.requestProgress();
        WatchResponse progress = client.await(4).getLast();
        assertEquals(-1, progress.getWatchId());
        assertEquals(4, progress.getHeader().getRevision());
    }

    @Test
    void shouldEndAWatchOfWhatIsCompacted() throws Exception {
        for (int i = 0; i < 5; i++) {
            put("k", bytes("1"));
        }
        kv.compact(CompactionRequest.newBuilder().setRevision(5).build());
        WatchingClient client = WatchingClient.of(channel);
        client.create("k", create -> create.setStartRevision(3));
        WatchResponse end = client.await(2).getLast();
        assertTrue(end.getCanceled());
        assertEquals(5, end.getCompactRevision());
    }

    /// Only the bytes that the connection may hold are ahead of the client, whatever there is to tell.
    @Test
    void shouldWaitForASlowClientAndLoseNothing() throws Exception {
        WatchingClient client = WatchingClient.ofNoResponse(channel);
        client.create("k", _ -> {});
        while (metric("etcd_debugging_mvcc_watcher_total") == 0) {
            Thread.onSpinWait();
        }
        ByteString large = ByteString.copyFrom(new byte[100_000]);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add("PUT k@" + put("k", large));
        }
        while (metric("etcd_debugging_mvcc_slow_watcher_total") == 0) {
            Thread.onSpinWait();
        }
        assertTrue(metric("etcd_debugging_mvcc_events_total") < 120, "told without room");
        client.call.request(Integer.MAX_VALUE);
        List<WatchResponse> told = client.await(2);
        while (texts(told).size() < expected.size()) {
            told = client.await(told.size() + 1);
        }
        assertEquals(expected, texts(told));
    }

    @Test
    void shouldLeaveNothingBehindWhenClientsGo() throws Exception {
        List<WatchingClient> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            WatchingClient client = WatchingClient.of(channel);
            client.create("k", create -> create.setProgressNotify(true));
            client.create("k", create -> create.setStartRevision(1).setRangeEnd(ZERO));
            client.await(2);
            clients.add(client);
        }
        assertEquals(5, metric("etcd_debugging_mvcc_watch_stream_total"));
        assertEquals(10, metric("etcd_debugging_mvcc_watcher_total"));
        clients.get(0).cancel(0);
        clients.get(0).await(3);
        assertEquals(9, metric("etcd_debugging_mvcc_watcher_total"));
        clients.get(1).call.halfClose();
        assertEquals(Status.Code.OK, clients.get(1).awaitEnd().getCode());
        clients.forEach(client -> client.call.cancel("enough", null));
        while (metric("etcd_debugging_mvcc_watch_stream_total") > 0) {
            Thread.onSpinWait();
        }
        assertEquals(0, metric("etcd_debugging_mvcc_watcher_total"));
        assertEquals(0, metric("etcd_debugging_mvcc_slow_watcher_total"));
        assertEquals(0, metric("etcd_debugging_mvcc_pending_events_total"));
    }

    /// The client resumes from its next revision, and is told of nothing else.
    @Test
    void shouldNotGoBackInTimeAcrossARestartEtcd15271() throws Exception {
        put("k", bytes("1"));
        WatchingClient client = WatchingClient.of(channel);
        client.create("k", create -> create.setStartRevision(2));
        client.await(2);
        server.close();
        assertEquals(EtcdError.STOPPED.text(), client.awaitEnd().getDescription());
        channel.shutdownNow();
        start();
        WatchingClient again = WatchingClient.of(channel);
        again.create("k", create -> create.setStartRevision(3));
        put("k", bytes("2"));
        assertEquals(List.of("PUT k@3"), texts(again.await(2)));
    }

    /// GHSA-xg4h-6gfc-h4m8: in etcd, who might read one key could watch all keys from that one on. Here no one is told of
    /// more than he may read, however the range is written.
    @Test
    void shouldNotLeakARangeToWhoMayReadOneKeyGhsaXg4h6gfcH4m8() throws Exception {
        String token = tokenOfAliceWhoMayRead("k");
        WatchingClient client = WatchingClient.of(channel, "token", token);
        client.create("k", create -> create.setRangeEnd(ZERO));
        client.create("k", create -> create.setRangeEnd(ZERO).setStartRevision(1).setPrevKv(true));
        client.create("k", create -> create.setRangeEnd(bytes("l")));
        client.create("k", create -> create.setRangeEnd(bytes("k\0\0")));
        client.create("j", _ -> {});
        client.create("j", create -> create.setRangeEnd(bytes("k\0")));
        client.create("", create -> create.setRangeEnd(ZERO));
        client.create("", _ -> {});
        for (WatchResponse refused : client.await(8)) {
            assertTrue(refused.getCreated() && refused.getCanceled());
            assertEquals(-1, refused.getWatchId());
            assertEquals(
                    "rpc error: code = PermissionDenied desc = etcdserver: permission denied",
                    refused.getCancelReason());
        }
        client.create("k", _ -> {});
        assertFalse(client.await(9).getLast().getCanceled());
        assertEquals(1, metric("etcd_debugging_mvcc_watcher_total"));

        WatchingClient nobody = WatchingClient.of(channel);
        nobody.create("k", _ -> {});
        assertEquals(
                "rpc error: code = InvalidArgument desc = etcdserver: user name is empty",
                nobody.await(1).getFirst().getCancelReason());
        WatchingClient stranger = WatchingClient.of(channel, "token", "made.up");
        stranger.create("k", _ -> {});
        assertEquals(
                "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token",
                stranger.await(1).getFirst().getCancelReason());

        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token("root", "r"));
        kv = kv.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        put("k2", bytes("secret"));
        put("k", bytes("open"));
        assertEquals(List.of("PUT k@3"), texts(client.await(10)));
    }

    /// The one key as a range of its own; and an end that is open in the permission as well.
    @Test
    void shouldLetWatchARangeThatIsPermittedAsAWhole() throws Exception {
        String token = tokenOfAliceWhoMayRead("k");
        WatchingClient client = WatchingClient.of(channel, "token", token);
        client.create("k", create -> create.setRangeEnd(bytes("k\0")));
        assertFalse(client.await(1).getLast().getCanceled());
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token("root", "r"));
        AuthGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                        .setName("reader")
                        .setPerm(Permission.newBuilder()
                                .setKey(bytes("m"))
                                .setRangeEnd(ZERO)
                                .setPermType(Permission.Type.READ))
                        .build());
        client.create("m", create -> create.setRangeEnd(ZERO));
        assertFalse(client.await(2).getLast().getCanceled());
        client.create("n", create -> create.setRangeEnd(ZERO));
        assertFalse(client.await(3).getLast().getCanceled());
        client.create("l", create -> create.setRangeEnd(ZERO));
        assertTrue(client.await(4).getLast().getCanceled());
        client.create("k", create -> create.setRangeEnd(ZERO));
        assertTrue(client.await(5).getLast().getCanceled());
    }

    private String tokenOfAliceWhoMayRead(String key) {
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
        auth.userAdd(AuthUserAddRequest.newBuilder().setName("root").setPassword("r").build());
        auth.userAdd(AuthUserAddRequest.newBuilder().setName("alice").setPassword("a").build());
        auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("reader").build());
        auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName("reader")
                .setPerm(Permission.newBuilder().setKey(bytes(key)).setPermType(Permission.Type.READ))
                .build());
        auth.userGrantRole(
                AuthUserGrantRoleRequest.newBuilder().setUser("alice").setRole("reader").build());
        auth.userGrantRole(
                AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
        auth.authEnable(AuthEnableRequest.getDefaultInstance());
        return token("alice", "a");
    }

    private String token(String user, String password) {
        return AuthGrpc.newBlockingStub(channel)
                .authenticate(AuthenticateRequest.newBuilder().setName(user).setPassword(password).build())
                .getToken();
    }
}
