package tenon.bench.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.ServerConfig;
import tenon.server.TenonServer;

/// What is measured must have been done.
class LoadTest {
    private static final int VALUE_BYTES = 256;

    @TempDir
    Path directory;

    private TenonServer server;
    private InetSocketAddress address;

    @BeforeEach
    void start() {
        server = TenonServer.start(ServerConfig.builder(directory).clientPort(0).build());
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.clientUri().getPort());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldPutEachKeyOnceAndFindIt() throws IOException {
        try (Connections connections = Connections.open(List.of(address), 3)) {
            Load.Result puts = Load.ofRequests(Load.Kind.PUT, 7, KeySpan.from(0), VALUE_BYTES, 500).run(connections);
            assertEquals(500, puts.requestCount());
            assertEquals(500, puts.latencyNs().getTotalCount());
            assertEquals(500, countKeys());
            for (Load.Kind kind : List.of(Load.Kind.GET, Load.Kind.GET_SERIALIZABLE)) {
                KeySpan again = new KeySpan(0, 500);
                Load.Result gets = Load.ofRequests(kind, 7, again, VALUE_BYTES, 1_200).run(connections);
                assertEquals(1_200, gets.requestCount(), kind.toString());
            }
        }
    }

    @Test
    void shouldGoOnBehindTheKeysOfALoadBefore() throws IOException {
        try (Connections connections = Connections.open(List.of(address), 1)) {
            long first = Load.ofSeconds(Load.Kind.PUT, 2, KeySpan.from(0), VALUE_BYTES, 0.05)
                    .run(connections)
                    .requestCount();
            assertTrue(first > 0, "nothing was done");
            Load.ofRequests(Load.Kind.PUT, 2, KeySpan.from(first), VALUE_BYTES, 10).run(connections);
            assertEquals(first + 10, countKeys());
        }
    }

    @Test
    void shouldFailWhereAGetFindsNothing() throws IOException {
        try (Connections connections = Connections.open(List.of(address), 2)) {
            Load gets = Load.ofRequests(Load.Kind.GET, 5, KeySpan.from(0), VALUE_BYTES, 100);
            IOException failure = assertThrows(IOException.class, () -> gets.run(connections));
            assertTrue(failure.getMessage().contains("did not find"), failure.getMessage());
        }
    }

    /// Values are longer than a frame, and together longer than what a server takes before it says more.
    @Test
    void shouldWaitForRoomOnAConnection() throws IOException {
        int valueBytes = 20_000;
        try (Connections connections = Connections.open(List.of(address), 1)) {
            Load.ofRequests(Load.Kind.PUT, 20, KeySpan.from(0), valueBytes, 100).run(connections);
            Load.ofRequests(Load.Kind.GET, 20, new KeySpan(0, 100), valueBytes, 100).run(connections);
            assertEquals(100, countKeys());
        }
    }

    @Test
    void shouldTellWhyAServerRefused() throws IOException {
        server.close();
        server = TenonServer.start(
                ServerConfig.builder(directory.resolve("small")).clientPort(0).maxRequestBytes(1_000).build());
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.clientUri().getPort());
        try (Connections connections = Connections.open(List.of(address), 1)) {
            Load puts = Load.ofRequests(Load.Kind.PUT, 3, KeySpan.from(0), 2_000, 100);
            IOException failure = assertThrows(IOException.class, () -> puts.run(connections));
            assertTrue(failure.getMessage().endsWith("etcdserver: request is too large"), failure.getMessage());
        }
    }

    @Test
    void shouldFailWhereAServerGoesAway() throws IOException {
        try (Connections connections = Connections.open(List.of(address), 2)) {
            server.close();
            Load puts = Load.ofRequests(Load.Kind.PUT, 2, KeySpan.from(0), VALUE_BYTES, 100);
            assertThrows(IOException.class, () -> puts.run(connections));
        }
    }

    @Test
    void shouldFailWithoutAServer() {
        server.close();
        assertThrows(IOException.class, () -> Connections.open(List.of(address), 1));
    }

    private long countKeys() {
        try (EtcdCalls calls = new EtcdCalls(address)) {
            return calls.countKeys();
        }
    }

    @Test
    void shouldSpreadKeysAndBeginAnew() {
        assertArrayEquals("/load/9e3779b97f4a7c15".getBytes(StandardCharsets.US_ASCII), KeySpan.from(0).key(0));
        assertArrayEquals(KeySpan.from(5).key(2), KeySpan.from(7).key(0));
        assertArrayEquals(new KeySpan(5, 3).key(1), new KeySpan(5, 3).key(4));
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            keys.add(new String(KeySpan.from(0).key(i), StandardCharsets.US_ASCII));
        }
        assertEquals(1_000, keys.size());
    }
}
