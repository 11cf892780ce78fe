package tenon.server.command.ctl;

import com.google.protobuf.Message;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import tenon.server.rpc.WatchResponse;

/// One line of JSON with etcdctl's names.
final class JsonPrinter extends Printer {
    private final PrintStream out;

    JsonPrinter(PrintStream out) {
        super("json");
        this.out = out;
    }

    @Override
    void status(List<EndpointStatus> statuses) {
        out.println(statuses.stream()
                .map(at -> atEndpoint(at.endpoint(), "Status", at.status()))
                .collect(Collectors.joining(",", "[", "]")));
    }

    @Override
    void hash(List<EndpointHash> hashes) {
        out.println(hashes.stream()
                .map(at -> atEndpoint(at.endpoint(), "HashKV", at.hash()))
                .collect(Collectors.joining(",", "[", "]")));
    }

    private static String atEndpoint(String endpoint, String name, Message message) {
        return "{\"Endpoint\":" + GoJson.quote(endpoint) + ",\"" + name + "\":" + GoJson.of(message) + "}";
    }

    @Override
    void health(List<EndpointHealth> healths) {
        out.println(healths.stream().map(JsonPrinter::health).collect(Collectors.joining(",", "[", "]")));
    }

    private static String health(EndpointHealth health) {
        String error = health.isHealthy() ? "" : ",\"error\":" + GoJson.quote(health.problem());
        return "{\"endpoint\":" + GoJson.quote(health.endpoint()) + ",\"health\":" + health.isHealthy() + ",\"took\":"
                + GoJson.quote(health.took().toString()) + error + "}";
    }

    @Override
    void snapshot(SnapshotFile.Status status) {
        out.println("{\"hash\":" + Integer.toUnsignedString(status.hash()) + ",\"revision\":" + status.revision()
                + ",\"totalKey\":" + status.keyCount() + ",\"totalSize\":" + status.sizeBytes() + "}");
    }

    /// As the structure of etcd's client, which has all fields.
    @Override
    void watch(WatchResponse response) {
        String events = response.getEventsList().stream().map(GoJson::of).collect(Collectors.joining(",", "[", "]"));
        out.println("{\"Header\":" + GoJson.of(response.getHeader()) + ",\"Events\":" + events + ",\"CompactRevision\":"
                + response.getCompactRevision() + ",\"Canceled\":" + response.getCanceled() + ",\"Created\":"
                + response.getCreated() + "}");
    }

    @Override
    void print(Message message) {
        out.println(GoJson.of(message));
    }
}
