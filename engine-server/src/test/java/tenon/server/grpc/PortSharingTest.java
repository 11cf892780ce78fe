package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Bytes;
import com.google.protobuf.ByteString;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.PutRequest;

class PortSharingTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private TestNode node;

    @BeforeEach
    void start() {
        node = new TestNode(options -> options.withMetricsAddresses(List.of(TestNode.loopback(0))));
    }

    @AfterEach
    void stop() {
        put();
        node.close();
    }

    @ParameterizedTest
    @CsvSource({
        "P, UNDECIDED", "PR, UNDECIDED", "PRI * HTTP/2.0, UNDECIDED", "PRI * HTTP/2.1, HTTP_1", "GE, UNDECIDED",
        "'GET ', HTTP_1", "PUT / HTTP/1.1, HTTP_1", "'OPTIONS ', HTTP_1", "'PATIENCE ', UNKNOWN", "' GET', UNKNOWN",
        "get /, UNKNOWN", "'', UNDECIDED"
    })
    void shouldTellProtocolsByTheirFirstBytes(String bytes, FirstBytes expected) {
        assertEquals(expected, FirstBytes.of(Unpooled.copiedBuffer(bytes, StandardCharsets.US_ASCII)));
    }

    @Test
    void shouldTellTheWholePreface() {
        assertEquals(FirstBytes.HTTP_2, FirstBytes.of(Unpooled.copiedBuffer(PREFACE, StandardCharsets.US_ASCII)));
        assertEquals(FirstBytes.HTTP_2, FirstBytes.of(Unpooled.copiedBuffer(PREFACE + "\0", StandardCharsets.US_ASCII)));
        assertEquals(FirstBytes.TLS, FirstBytes.of(Unpooled.wrappedBuffer(new byte[] {22, 3, 1})));
    }

    @Test
    void shouldServePagesBesideGrpc() throws IOException {
        put();
        assertEquals("200 {\"health\":\"true\",\"reason\":\"\"}", get("/health"));
        put();
        assertEquals("200 {\"etcdserver\":\"3.4.23\",\"etcdcluster\":\"3.4.0\"}", get("/version"));
        assertEquals("200 ok\n", get("/livez"));
        assertEquals("200 ok\n", get("/readyz"));
        assertEquals("404 404 page not found\n", get("/nothing"));
    }

    @Test
    void shouldServeMetrics() throws IOException {
        put();
        String text = get("/metrics");
        assertTrue(text.startsWith("200 tenon_test 1\n"), text);
        String labels = "grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1\n";
        assertTrue(text.contains("\ngrpc_server_handled_total{grpc_code=\"OK\"," + labels), text);
        assertTrue(text.contains("\ngrpc_server_handling_seconds_bucket{le=\"+Inf\"," + labels), text);
        int metricsPort = node.listener.metricsAddresses().getFirst().getPort();
        assertTrue(getFrom(metricsPort, "/metrics").startsWith("200 tenon_test 1\n"));
    }

    @Test
    void shouldTellWhatAilsIt() throws IOException {
        node.maintenance.alarms = Set.of(AlarmType.NOSPACE);
        assertEquals("503 {\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}\n", get("/health"));
        assertEquals("200 {\"health\":\"true\",\"reason\":\"\"}", get("/health?exclude=NOSPACE"));
        assertEquals("503 {\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}\n", get("/health?exclude=CORRUPT&exclude=FOO"));
        node.maintenance.alarms = Set.of();
        node.maintenance.hasLeader = false;
        assertEquals("503 {\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}\n", get("/health"));
        assertEquals("200 {\"health\":\"true\",\"reason\":\"\"}", get("/health?serializable=true"));
        node.maintenance.thrown = new IllegalStateException("on \"purpose\"");
        assertEquals("500 500 see the log of the server\n", get("/health"));
        node.maintenance.thrown = null;
    }

    private static final String READY = "[+]data_corruption ok\n[+]serializable_read ok\n[+]linearizable_read ok\n"
            + "[+]non_learner ok\n";

    @Test
    void shouldTellOfEachCheckIfThatIsWanted() throws IOException {
        assertEquals("200 ok\n", get("/livez"));
        assertEquals("200 [+]serializable_read ok\nok\n", get("/livez?verbose"));
        assertEquals("200 [+]serializable_read ok\nok\n", get("/livez/serializable_read?verbose"));
        assertEquals("200 ok\n", get("/readyz"));
        assertEquals("200 " + READY + "ok\n", get("/readyz?verbose"));
        assertEquals("200 " + READY + "ok\n", get("/readyz?verbose=false&exclude=&exclude=nothing"));
        for (String check : List.of("data_corruption", "serializable_read", "linearizable_read", "non_learner")) {
            assertEquals("200 ok\n", get("/readyz/" + check));
        }
        for (String path : List.of("/livez/linearizable_read", "/readyz/", "/readyz/nothing", "/health/verbose")) {
            assertEquals("404 404 page not found\n", get(path));
        }
    }

    @Test
    void shouldTellWhichChecksFail() throws IOException {
        node.maintenance.alarms = Set.of(AlarmType.CORRUPT, AlarmType.NOSPACE);
        node.maintenance.linearizableProblem =
                CompletableFuture.completedFuture("etcdserver: request timed out");
        assertEquals(
                "503 [-]data_corruption failed: alarm activated: CORRUPT\n[+]serializable_read ok\n"
                        + "[-]linearizable_read failed: etcdserver: request timed out\n[+]non_learner ok\n\n",
                get("/readyz"));
        assertEquals(
                "503 [-]data_corruption failed: alarm activated: CORRUPT\n\n",
                get("/readyz/data_corruption?exclude=data_corruption"));
        assertEquals("200 ok\n", get("/readyz/serializable_read"));
        assertEquals("200 ok\n", get("/readyz?exclude=data_corruption&exclude=linearizable_read"));
        assertEquals("200 ok\n", get("/livez"));
        node.maintenance.alarms = Set.of();
        node.maintenance.linearizableProblem = CompletableFuture.completedFuture("");
        assertEquals("200 ok\n", get("/readyz"));
        node.maintenance.thrown = new IllegalStateException("on purpose");
        assertEquals("500 500 see the log of the server\n", get("/livez"));
        node.maintenance.thrown = null;
    }

    @Test
    void shouldMakeOtherPagesWhileHealthWaitsForALinearizableRead() throws IOException {
        CompletableFuture<String> problem = new CompletableFuture<>();
        node.maintenance.linearizableProblem = problem;
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5; i++) {
                waiting.add(CompletableFuture.supplyAsync(() -> uncheckedGet("/health"), clients));
            }
            assertTrue(get("/metrics").startsWith("200 "));
            assertTrue(waiting.stream().noneMatch(CompletableFuture::isDone));
            problem.complete("RANGE ERROR:etcdserver: request timed out");
            String expected = "503 {\"health\":\"false\",\"reason\":\"RANGE ERROR:etcdserver: request timed out\"}\n";
            waiting.forEach(page -> assertEquals(expected, page.orTimeout(20, TimeUnit.SECONDS).join()));
        } finally {
            problem.complete("");
        }
    }

    private String uncheckedGet(String path) {
        try {
            return get(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldAnswerOnlyGetAndTellOfSomePagesByTheirHead() throws IOException {
        for (String path : List.of("/health", "/livez", "/readyz/data_corruption")) {
            for (String method : List.of("POST", "HEAD")) {
                String refusal = exchange(method + " " + path + " HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
                assertTrue(refusal.startsWith("HTTP/1.1 405 "), refusal);
                assertTrue(refusal.toLowerCase().contains("allow: get\r\n"), refusal);
            }
        }
        String refusal = exchange("POST /version HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
        assertTrue(refusal.startsWith("HTTP/1.1 405 "), refusal);
        assertTrue(refusal.toLowerCase().contains("allow: get, head\r\n"), refusal);
        String head = exchange("HEAD /version HTTP/1.1\r\n\r\n");
        assertTrue(head.startsWith("HTTP/1.1 200 ") && head.endsWith("\r\n\r\n"), head);
        assertTrue(head.contains("content-length: 45\r\n"), head);
    }

    @Test
    void shouldRefuseMalformedRequests() throws IOException {
        assertTrue(exchange("GET /health HTTP/9.x.1\r\n\r\n").startsWith("HTTP/1.1 400 "));
        assertTrue(exchange("GET /health\0 \r\n:\r\n\r\n").startsWith("HTTP/1.1 400 "));
        exchange("POST /health HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n");
    }

    @Test
    void shouldCloseConnectionsThatSpeakNothingItKnows() throws IOException {
        assertEquals("", exchange("\u0016\u0003\u0001 hello"));
        assertEquals("", exchange("hello?\r\n"));
        // As far as it goes, this is HTTP/1 with a strange method.
        assertTrue(exchange("PRI * HTTP/2.0\r\n\r\nSN").startsWith("HTTP/1.1 404 "));
        long seed = Long.getLong("tenon.seed", System.nanoTime());
        System.out.println("replay with -Dtest=PortSharingTest -Dtenon.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            byte[] garbage = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(garbage);
            exchange(garbage, true);
            exchange(Bytes.concat(PREFACE.getBytes(StandardCharsets.US_ASCII), garbage), true);
            put();
        }
    }

    @Test
    void shouldServeAPrefaceThatComesInPieces() throws Exception {
        try (Socket socket = new Socket(node.address().getAddress(), node.address().getPort())) {
            socket.setTcpNoDelay(true);
            for (byte value : PREFACE.getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(value);
                Thread.sleep(1);
            }
            // An empty SETTINGS frame; the server's own comes back.
            socket.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            socket.setSoTimeout(10_000);
            byte[] header = socket.getInputStream().readNBytes(9);
            assertEquals(4, header[3]);
        }
    }

    @Test
    void shouldNotMindConnectionsThatComeAndGo() throws IOException {
        for (int i = 0; i < 100; i++) {
            try (Socket socket = new Socket(node.address().getAddress(), node.address().getPort())) {
                assertFalse(socket.isClosed());
                if (i % 2 == 0) {
                    socket.setSoLinger(true, 0);
                }
            }
        }
    }

    private void put() {
        KVGrpc.newBlockingStub(node.channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("k"))
                        .build());
    }

    private String get(String pathAndQuery) throws IOException {
        return getFrom(node.address().getPort(), pathAndQuery);
    }

    private static String getFrom(int port, String pathAndQuery) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + pathAndQuery).toURL().openConnection();
        connection.setReadTimeout(20_000);
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return status + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String exchange(String request) throws IOException {
        return exchange(request.getBytes(StandardCharsets.ISO_8859_1), false);
    }

    /// Sends and reads until the server closes the connection.
    private String exchange(byte[] request, boolean endOfInput) throws IOException {
        try (Socket socket = new Socket(node.address().getAddress(), node.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request);
            if (endOfInput) {
                socket.shutdownOutput();
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            // Closed before it had read everything.
            return "";
        }
    }
}
