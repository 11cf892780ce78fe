package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Platform;
import tenon.server.ServerConfig;
import tenon.server.maintenance.HealthCheck;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

@Timeout(60)
class HealthTest {
    @Test
    void shouldReadToTellWhetherItIsWell() {
        Node node = TestNodes.start(new SimulatedFileSystem());
        try (node) {
            assertEquals("", healthProblem(node, false));
            assertEquals("", healthProblem(node, true));
            for (HealthCheck check : HealthCheck.values()) {
                assertEquals("", TestNodes.await(node.maintenance().check(check)), check.toString());
            }
        }
        // What it knew last still says that it leads, and no alarm stands.
        String stopped = "etcdserver: server stopped";
        assertEquals("RANGE ERROR:" + stopped, healthProblem(node, true));
        assertEquals("RANGE ERROR:" + stopped, healthProblem(node, false));
        assertEquals(stopped, TestNodes.await(node.maintenance().check(HealthCheck.LOCAL_READ)));
        assertEquals(stopped, TestNodes.await(node.maintenance().check(HealthCheck.SERIALIZABLE_READ)));
        assertEquals(stopped, TestNodes.await(node.maintenance().check(HealthCheck.LINEARIZABLE_READ)));
    }

    @Test
    void shouldTellOfAQuorumThatIsMissingApartFromItsOwnState() {
        List<URI> self = List.of(FirstComparisonTest.freeUrl());
        ServerConfig config = TestNodes.config()
                .name("a")
                .peerUrls(self)
                .listenPeerUrls(self)
                .initialCluster(Map.of("a", self, "b", List.of(FirstComparisonTest.freeUrl())))
                .build();
        Platform platform = Platform.system().withFiles(new SimulatedFileSystem()).withClock(new ManualClock());
        try (Node node = Node.start(config, platform)) {
            assertEquals(
                    "etcdserver: no leader", TestNodes.await(node.maintenance().check(HealthCheck.LINEARIZABLE_READ)));
            assertEquals("", TestNodes.await(node.maintenance().check(HealthCheck.LOCAL_READ)));
            assertEquals("", TestNodes.await(node.maintenance().check(HealthCheck.SERIALIZABLE_READ)));
            assertEquals("", healthProblem(node, true));
            assertEquals("RAFT NO LEADER", healthProblem(node, false));
        }
    }

    private static String healthProblem(Node node, boolean serializable) {
        return TestNodes.await(node.maintenance().healthProblem(Set.of(), serializable));
    }
}
