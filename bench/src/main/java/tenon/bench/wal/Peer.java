package tenon.bench.wal;

import java.util.Arrays;

/// Who is measured.
enum Peer {
    /// The log alone: one thread appends all that wait, syncs, and begins anew.
    TENON("tenon"),
    /// What the server puts around it: a lone Raft node, the replication loop and the log's thread.
    TENON_SERVER("tenon-server"),
    /// The log package of etcd, in Go, used like [#TENON].
    ETCD("etcd-wal"),
    /// No log: what the disk allows.
    DISK("disk");

    final String label;

    Peer(String label) {
        this.label = label;
    }

    static Peer of(String label) {
        return Arrays.stream(values())
                .filter(peer -> peer.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such peer: " + label));
    }
}
