package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Platform;
import tenon.server.ServerConfig;
import tenon.server.error.EtcdError;
import tenon.server.peer.LogLines;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// A member that is to serve nobody before it was compared, while there is nobody to compare it with.
@Timeout(120)
class FirstComparisonTest {
    private static final long STEP_NS = 10_000_000L;
    private static final long MINUTE_NS = 60_000_000_000L;

    private final ManualClock clock = new ManualClock();
    private final Map<String, List<URI>> cluster = Map.of("a", List.of(freeUrl()), "b", List.of(freeUrl()));

    static URI freeUrl() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Node start(String name) {
        ServerConfig config = TestNodes.config()
                .name(name)
                .peerUrls(cluster.get(name))
                .listenPeerUrls(cluster.get(name))
                .initialCluster(cluster)
                .initialCorruptCheck(true)
                .build();
        return Node.start(config, Platform.system().withFiles(new SimulatedFileSystem()).withClock(clock));
    }

    @Test
    void shouldWaitForOthersAndSaySoOnceAMinute() {
        try (LogLines log = new LogLines("tenon.server.divergence.StateChecks");
                Node first = start("a")) {
            clock.advanceNs(5 * MINUTE_NS);
            assertNull(first.failure().find());
            assertEquals(EtcdError.UNHEALTHY, first.refusal());
            assertEquals(5, log.count("serves no clients until it has compared its data"));
            try (Node second = start("b")) {
                while (first.refusal() != null || second.refusal() != null) {
                    clock.advanceNs(STEP_NS);
                    LockSupport.parkNanos(STEP_NS);
                }
                long saidCount = log.count("serves no clients");
                clock.advanceNs(2 * MINUTE_NS);
                assertEquals(saidCount, log.count("serves no clients"));
                assertNull(first.failure().find());
                assertTrue(first.hasLeader() || second.hasLeader());
            }
        }
    }
}
