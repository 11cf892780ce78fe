package tenon.bench.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClusterTest {
    @ParameterizedTest
    @EnumSource(Peer.class)
    void shouldApplyEachProposalOnceOnAllNodes(Peer peer) {
        try (Cluster cluster = peer.start()) {
            long total = 0;
            for (int count : new int[] {1, 1, 16, 256, 1}) {
                cluster.commit(count);
                total += count;
            }
            long expected = total;
            Assertions.assertTimeout(Duration.ofSeconds(30), () -> {
                for (int node = 0; node < Cluster.NODE_COUNT; node++) {
                    while (cluster.applied(node) < expected) {
                        cluster.goOn();
                    }
                }
            });
            for (int node = 0; node < Cluster.NODE_COUNT; node++) {
                assertEquals(expected, cluster.applied(node), "node " + node);
            }
        }
    }

    /// Only what the leader has applied is committed; else the figures would be those of a queue.
    @ParameterizedTest
    @EnumSource(Peer.class)
    void shouldReturnWhenApplied(Peer peer) {
        try (Cluster cluster = peer.start()) {
            cluster.commit(10);
            long most = 0;
            for (int node = 0; node < Cluster.NODE_COUNT; node++) {
                most = Math.max(most, cluster.applied(node));
            }
            assertEquals(10, most);
        }
    }
}
