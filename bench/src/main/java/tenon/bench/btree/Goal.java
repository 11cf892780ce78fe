package tenon.bench.btree;

import java.util.List;
import java.util.stream.Collectors;
import tenon.bench.btree.peers.Peer;

/// What Tenon is to reach: `factor` times the fastest of `peers`.
record Goal(double factor, List<Peer> peers) {
    static Goal atLeast(double factor, Peer... peers) {
        return new Goal(factor, List.of(peers));
    }

    /// Such as `lmdb-c/bbolt`.
    String peerNames() {
        return peers.stream().map(Peer::label).collect(Collectors.joining("/"));
    }
}
