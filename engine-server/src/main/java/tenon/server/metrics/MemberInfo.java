package tenon.server.metrics;

import java.util.List;
import tenon.server.ServerVersion;
import tenon.server.metrics.MetricsSnapshot.Gauge;
import tenon.server.metrics.MetricsSnapshot.Metric;

/// Who this member is. The value is in the label, and the number is 1, as in etcd.
final class MemberInfo {
    private MemberInfo() {}

    static List<Metric> of(long nodeId) {
        return List.of(
                info("etcd_server_id", "The member's id.", "server_id", Long.toHexString(nodeId)),
                info("etcd_server_version", "The version that it says it has.", "server_version", ServerVersion.text()),
                info("etcd_cluster_version", "The version of the API.", "cluster_version", ServerVersion.STORAGE));
    }

    private static Metric info(String name, String help, String label, String value) {
        return new Gauge(name, help, label + "=\"" + value + '"', 1);
    }
}
