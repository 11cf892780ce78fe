package tenon.server.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import tenon.server.metrics.MetricsSnapshot.Counter;
import tenon.server.metrics.MetricsSnapshot.Distribution;
import tenon.server.metrics.MetricsSnapshot.Gauge;
import tenon.server.metrics.MetricsSnapshot.Metric;
import tenon.server.peer.PeerTraffic;

/// What went to and fro between this member and each other one, under etcd's names.
final class PeerMetrics {
    /// etcd's buckets: from 0.1 ms, doubled up to 3.28 s.
    private static final double ROUND_TRIP_BOUND_SECONDS = 0.0001;
    private static final int ROUND_TRIP_BOUND_COUNT = 16;
    /// etcd's buckets: from 0.1 s, doubled up to 51.2 s.
    private static final double SNAPSHOT_BOUND_SECONDS = 0.1;
    private static final int SNAPSHOT_BOUND_COUNT = 10;

    private final String localId;
    private final List<PeerTraffic> peers;
    private final List<Metric> metrics = new ArrayList<>();

    private PeerMetrics(long localId, List<PeerTraffic> peers) {
        this.localId = Long.toHexString(localId);
        this.peers = peers;
    }

    static List<Metric> of(long localId, List<PeerTraffic> peers) {
        PeerMetrics all = new PeerMetrics(localId, peers);
        all.addConnections();
        all.addSnapshots();
        return all.metrics;
    }

    private void addConnections() {
        for (PeerTraffic peer : peers) {
            metrics.add(new Gauge(
                    "etcd_network_active_peers",
                    "Whether the peer can be reached.",
                    bothLabels(peer),
                    peer.activeSinceNs().isPresent() ? 1 : 0));
        }
        for (PeerTraffic peer : peers) {
            metrics.add(new Counter(
                    "etcd_network_disconnected_peers_total",
                    "Times at which it ceased to be.",
                    bothLabels(peer),
                    peer.disconnects()));
        }
        count("etcd_network_peer_sent_bytes_total", "Bytes sent.", "To", PeerTraffic::sentBytes);
        count("etcd_network_peer_received_bytes_total", "Bytes received.", "From", PeerTraffic::receivedBytes);
        count("etcd_network_peer_sent_failures_total", "Messages that were dropped.", "To", PeerTraffic::sendFailures);
        count(
                "etcd_network_peer_received_failures_total",
                "Connections closed for what the peer said.",
                "From",
                PeerTraffic::receiveFailures);
        for (PeerTraffic peer : peers) {
            time(
                    "etcd_network_peer_round_trip_time_seconds",
                    "Round trips of pings.",
                    label("To", peer),
                    peer.roundTripNs(),
                    ROUND_TRIP_BOUND_SECONDS,
                    ROUND_TRIP_BOUND_COUNT);
        }
    }

    private void addSnapshots() {
        count("etcd_network_snapshot_send_success", "Snapshots sent.", "To", peer -> peer.snapshotsSent().successes());
        count("etcd_network_snapshot_send_failures", "Not sent.", "To", peer -> peer.snapshotsSent().failures());
        for (PeerTraffic peer : peers) {
            time(
                    "etcd_network_snapshot_send_total_duration_seconds",
                    "How long that took.",
                    label("To", peer),
                    peer.snapshotsSent().durationNs(),
                    SNAPSHOT_BOUND_SECONDS,
                    SNAPSHOT_BOUND_COUNT);
        }
        count(
                "etcd_network_snapshot_receive_success",
                "Snapshots received.",
                "From",
                peer -> peer.snapshotsReceived().successes());
        count(
                "etcd_network_snapshot_receive_failures",
                "Not received whole.",
                "From",
                peer -> peer.snapshotsReceived().failures());
        for (PeerTraffic peer : peers) {
            time(
                    "etcd_network_snapshot_receive_total_duration_seconds",
                    "How long that took.",
                    label("From", peer),
                    peer.snapshotsReceived().durationNs(),
                    SNAPSHOT_BOUND_SECONDS,
                    SNAPSHOT_BOUND_COUNT);
        }
    }

    private void count(String name, String help, String direction, ToDoubleFunction<PeerTraffic> value) {
        peers.forEach(peer ->
                metrics.add(new Counter(name, help, label(direction, peer), value.applyAsDouble(peer))));
    }

    private void time(String name, String help, String labels, Histogram durations, double boundSeconds, int boundCount) {
        metrics.add(Distribution.of(name, help, labels, durations, boundSeconds, boundCount));
    }

    private String bothLabels(PeerTraffic peer) {
        return "Local=\"" + localId + "\"," + label("Remote", peer);
    }

    private static String label(String direction, PeerTraffic peer) {
        return direction + "=\"" + Long.toHexString(peer.nodeId()) + '"';
    }
}
