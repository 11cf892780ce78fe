package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.FileSystem;
import tenon.api.Platform;
import tenon.server.TlsFiles;
import tenon.server.auth.Credential;
import tenon.server.peer.LogLines;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.PutRequest;
import tenon.server.tls.Certificates;
import tenon.server.tls.ListenAddress;
import tenon.server.tls.TlsContext;

class ClientTlsTest {
    private static final FileSystem FILES = Platform.system().files();
    private static final PutRequest PUT =
            PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();

    @TempDir
    static Path directory;

    private static TlsFiles server;
    private static TlsFiles client;
    private static TlsFiles foreign;
    private static TlsFiles nobody;

    private TestNode node;

    @BeforeAll
    static void issue() throws IOException {
        Certificates authority = new Certificates(directory.resolve("ours"), "EC");
        server = authority.issue("server");
        client = authority.issue("client");
        TlsFiles stranger = new Certificates(directory.resolve("theirs"), "EC").issue("stranger");
        foreign = new TlsFiles(
                stranger.certFile(), stranger.keyFile(), authority.authority(), true, List.of(), List.of());
        nobody = new TlsFiles(null, null, authority.authority(), false, List.of(), List.of());
    }

    @BeforeEach
    void start() {
        node = start(server);
    }

    /// The first address is in the clear, the second one and the one for pages alone are not.
    private static TestNode start(TlsFiles tls) {
        ListenAddress secure = new ListenAddress(TestNode.loopback(0), true);
        return new TestNode(options -> new ClientOptions(
                List.of(options.addresses().getFirst(), secure),
                List.of(secure),
                TlsContext.load(FILES, tls, TlsContext.Use.CLIENTS),
                options.requestBytesMax(),
                options.txnOpCountMax(),
                options.concurrentStreamCountMax(),
                options.keepAliveMinNs(),
                options.keepAliveIntervalNs(),
                options.keepAliveTimeoutNs(),
                options.leaderCheckIntervalNs(),
                options.closeGraceNs()));
    }

    @AfterEach
    void stop() throws Exception {
        put(client);
        node.close();
    }

    private InetSocketAddress secureAddress() {
        return secureAddress(node);
    }

    private static InetSocketAddress secureAddress(TestNode node) {
        return node.listener.addresses().get(1);
    }

    @Test
    void shouldServeGrpcWithAndWithoutTlsOnTheAddressesThatAreForIt() throws Exception {
        put(client);
        KVGrpc.newBlockingStub(node.channel).withDeadlineAfter(20, TimeUnit.SECONDS).put(PUT);
        put(client);
    }

    @Test
    void shouldHandOnWhoseCertificateItIsOnlyIfOneHasToBeShown() throws Exception {
        put(client);
        assertEquals(new Credential.Certificate("client"), node.kv.credential);
        KVGrpc.newBlockingStub(node.channel).withDeadlineAfter(20, TimeUnit.SECONDS).put(PUT);
        assertNull(node.kv.credential);
        put(secureAddress(), client, stub -> stub.withInterceptors(
                MetadataUtils.newAttachHeadersInterceptor(token("abc.1"))));
        assertEquals(new Credential.Token("abc.1"), node.kv.credential, "a token counts more");
        TlsFiles trusting = new TlsFiles(
                server.certFile(), server.keyFile(), server.trustedCaFile(), false, List.of(), List.of());
        try (TestNode other = start(trusting)) {
            put(secureAddress(other), client, stub -> stub);
            assertNull(other.kv.credential);
            assertThrows(StatusRuntimeException.class, () -> put(secureAddress(other), nobody, stub -> stub));
        }
        TlsFiles open = new TlsFiles(server.certFile(), server.keyFile(), null, false, List.of(), List.of());
        try (TestNode other = start(open)) {
            put(secureAddress(other), nobody, stub -> stub);
            assertNull(other.kv.credential);
        }
    }

    private static Metadata token(String text) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), text);
        return headers;
    }

    @Test
    void shouldServePagesOverTls() throws Exception {
        assertEquals("http/1.1", get(secureAddress(), "h2", "http/1.1"), "who takes both wants a page");
        assertEquals("http/1.1", get(secureAddress(), "http/1.1"));
        assertEquals("", get(secureAddress()), "who does not negotiate is understood all the same");
        assertEquals("", get(node.listener.metricsAddresses().getFirst()));
        assertEquals("h2", negotiated("h2"));
    }

    @Test
    void shouldRefuseWhoShowsNoCertificateOrAnotherAuthoritys() {
        try (LogLines log = new LogLines(PortSharing.class.getName())) {
            assertThrows(StatusRuntimeException.class, () -> put(nobody));
            log.awaitPart("closing the connection of /127.0.0.1:");
            log.awaitPart("Empty client certificate chain");
            assertThrows(StatusRuntimeException.class, () -> put(foreign));
        }
    }

    @Test
    void shouldSayWhenOneSideSpeaksTlsAndTheOtherDoesNot() throws IOException {
        try (LogLines log = new LogLines(PortSharing.class.getName())) {
            exchange(secureAddress(), "GET /health HTTP/1.1\r\n\r\n");
            log.awaitPart("it does not speak TLS, where https is configured");
            assertThrows(IOException.class, () -> handshake(node.address()).close());
            log.awaitPart("it speaks TLS, where http is configured");
        }
        try (LogLines log = new LogLines("tenon.server.http.PageHandler")) {
            exchange(node.listener.metricsAddresses().getFirst(), "GET /health HTTP/1.1\r\n\r\n");
            log.awaitPart("it does not speak TLS, where https is configured");
        }
    }

    @Test
    void shouldNotMindConnectionsThatEndWithinTheHandshake() throws IOException {
        for (int round = 0; round < 50; round++) {
            try (Socket socket = new Socket(secureAddress().getAddress(), secureAddress().getPort())) {
                // The beginning of a record of 100 bytes.
                socket.getOutputStream().write(new byte[] {22, 3, 1, 0, 100, 1, 0, 0, (byte) round}, 0, 1 + round % 9);
                socket.setSoLinger(round % 2 == 0, 0);
            }
        }
    }

    private void put(TlsFiles tls) throws SSLException {
        put(secureAddress(), tls, stub -> stub);
    }

    private static void put(InetSocketAddress address, TlsFiles tls, UnaryOperator<KVGrpc.KVBlockingStub> more)
            throws SSLException {
        ManagedChannel channel = NettyChannelBuilder.forAddress(address)
                .sslContext(GrpcSslContexts.configure(
                                TlsContext.client(FILES, tls, TlsContext.Use.ENDPOINTS), SslProvider.JDK)
                        .build())
                .build();
        try {
            more.apply(KVGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS)).put(PUT);
        } finally {
            channel.shutdownNow();
        }
    }

    /// @return the protocol that was agreed on before `/health` was got
    private static String get(InetSocketAddress address, String... protocols) throws IOException {
        try (SSLSocket socket = handshake(address, protocols)) {
            socket.getOutputStream().write("GET /health HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String page = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(page.endsWith("\r\n\r\n{\"health\":\"true\",\"reason\":\"\"}"), page);
            return socket.getApplicationProtocol();
        }
    }

    private String negotiated(String... protocols) throws IOException {
        try (SSLSocket socket = handshake(secureAddress(), protocols)) {
            return socket.getApplicationProtocol();
        }
    }

    private static SSLSocket handshake(InetSocketAddress address, String... protocols) throws IOException {
        JdkSslContext context = (JdkSslContext) TlsContext.client(FILES, client, TlsContext.Use.ENDPOINTS).build();
        SSLSocket socket = (SSLSocket) context.context()
                .getSocketFactory()
                .createSocket(address.getAddress(), address.getPort());
        try {
            socket.setSoTimeout(20_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(protocols);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void exchange(InetSocketAddress address, String request) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        } catch (SocketException _) {
            // Closed before it had read everything.
        }
    }
}
