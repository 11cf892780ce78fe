package tenon.bench.raft;

import io.microraft.RaftNode;
import java.util.Arrays;
import java.util.function.Supplier;
import org.apache.ratis.server.RaftServer;
import tenon.bench.measure.Libraries;

/// Who is measured.
enum Peer {
    TENON("tenon", TenonCluster::new, tenon.raft.RaftNode.class),
    MICRO_RAFT("microraft", MicroRaftCluster::onCallersThread, RaftNode.class),
    MICRO_RAFT_THREADS("microraft-threads", MicroRaftCluster::onOwnThreads, RaftNode.class),
    RATIS("ratis", RatisCluster::new, RaftServer.class);

    final String label;
    private final Supplier<Cluster> start;
    /// A class of the library.
    private final Class<?> library;

    Peer(String label, Supplier<Cluster> start, Class<?> library) {
        this.label = label;
        this.start = start;
        this.library = library;
    }

    static Peer of(String label) {
        return Arrays.stream(values())
                .filter(peer -> peer.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such peer: " + label));
    }

    /// Starts the nodes, and waits until one leads.
    Cluster start() {
        return start.get();
    }

    /// The library, with its version.
    String library() {
        return Libraries.nameOf(library);
    }
}
