package tenon.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.FileInUseException;
import tenon.server.rpc.ClusterGrpc;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberListResponse;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.tls.TlsException;

class TenonServerTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("hello");
    private static final PutRequest PUT =
            PutRequest.newBuilder().setKey(KEY).setValue(ByteString.copyFromUtf8("world")).build();
    private static final RangeRequest GET = RangeRequest.newBuilder().setKey(KEY).build();

    @TempDir
    Path directory;

    private ServerConfig config(String name) {
        return ServerConfig.builder(directory.resolve(name)).clientPort(0).build();
    }

    @Test
    void w01ShouldServeAPutAndFindItAfterARestart() {
        try (TenonServer server = TenonServer.start(config("a"))) {
            PutResponse put = call(server, kv -> kv.put(PUT));
            assertEquals(2, put.getHeader().getRevision());
            assertNotEquals(0, put.getHeader().getMemberId());
            assertFalse(server.terminationReason().isDone());
        }
        try (TenonServer server = TenonServer.start(config("a"))) {
            RangeResponse found = call(server, kv -> kv.range(GET));
            assertEquals("world", found.getKvs(0).getValue().toStringUtf8());
            assertEquals(2, found.getHeader().getRevision());
        }
    }

    @Test
    void shouldRunSeveralServersInOneJvm() {
        try (TenonServer a = TenonServer.start(config("a"));
                TenonServer b = TenonServer.start(config("b"))) {
            call(a, kv -> kv.put(PUT));
            assertEquals(1, call(a, kv -> kv.range(GET)).getCount());
            assertEquals(0, call(b, kv -> kv.range(GET)).getCount());
        }
    }

    @Test
    void shouldRefuseADirectoryInUse() {
        try (TenonServer server = TenonServer.start(config("a"))) {
            FileInUseException refusal =
                    assertThrows(FileInUseException.class, () -> TenonServer.start(config("a")));
            assertTrue(refusal.getMessage().contains(directory.resolve("a").toString()), refusal.getMessage());
            assertEquals(2, call(server, kv -> kv.put(PUT)).getHeader().getRevision());
        }
    }

    @Test
    void shouldListItselfWithTheUrlWhereItServes() {
        try (TenonServer server = TenonServer.start(config("a"))) {
            ManagedChannel channel = channel(server);
            try {
                MemberListResponse members =
                        ClusterGrpc.newBlockingStub(channel).memberList(MemberListRequest.getDefaultInstance());
                assertEquals(server.clientUri().toString(), members.getMembers(0).getClientURLs(0));
                assertEquals("default", members.getMembers(0).getName());
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void shouldTouchNoDirectoryIfACertificateCannotBeUsed() {
        TlsFiles files = new TlsFiles(
                directory.resolve("none.pem"), directory.resolve("none.key"), null, false, List.of(), List.of());
        List<URI> urls = List.of(URI.create("https://127.0.0.1:0"));
        for (ServerConfig.Builder builder : List.of(
                config("a").toBuilder().clientTls(files).listenClientUrls(urls),
                config("a").toBuilder().clientTls(files).listenMetricsUrls(urls))) {
            TlsException refusal = assertThrows(TlsException.class, () -> TenonServer.start(builder.build()));
            assertTrue(
                    refusal.getMessage().startsWith("the certificate of the client port cannot be read: "),
                    refusal.getMessage());
            assertTrue(refusal.getMessage().contains(files.certFile().toString()), refusal.getMessage());
            assertFalse(Files.exists(directory.resolve("a")));
        }
        // Nobody is shown them.
        TenonServer.start(config("a").toBuilder().clientTls(files).build()).close();
    }

    private static <T> T call(TenonServer server, Function<KVGrpc.KVBlockingStub, T> request) {
        ManagedChannel channel = channel(server);
        try {
            return request.apply(KVGrpc.newBlockingStub(channel));
        } finally {
            channel.shutdownNow();
        }
    }

    private static ManagedChannel channel(TenonServer server) {
        return NettyChannelBuilder.forAddress(
                        server.clientUri().getHost(), server.clientUri().getPort())
                .usePlaintext()
                .build();
    }
}
