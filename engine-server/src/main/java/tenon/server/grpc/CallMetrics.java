package tenon.server.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import tenon.api.Clock;
import tenon.server.metrics.MetricsSnapshot;
import tenon.server.metrics.MetricsSnapshot.Counter;
import tenon.server.metrics.PrometheusText;

/// Counts calls and how long they took, by method, under the names that dashboards made for etcd know. Whatever ends a
/// call is counted: an answer, a refusal by gRPC itself, a client that goes away. Safe for use by any thread.
final class CallMetrics extends ServerStreamTracer.Factory {
    private final Clock clock;
    private final Map<String, MethodMetrics> byMethod = new LinkedHashMap<>();
    /// For all names that are no method here; a client must not be able to make up labels.
    private final MethodMetrics unknown = new MethodMetrics("unknown", "unknown", "unknown");
    /// Of messages, without what carries them, as etcd counts.
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();

    CallMetrics(Clock clock, Collection<ServerServiceDefinition> services) {
        this.clock = clock;
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
                MethodDescriptor<?, ?> descriptor = method.getMethodDescriptor();
                byMethod.put(
                        descriptor.getFullMethodName(),
                        new MethodMetrics(
                                descriptor.getServiceName(), descriptor.getBareMethodName(), type(descriptor)));
            }
        }
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        MethodMetrics metrics = byMethod.getOrDefault(fullMethodName, unknown);
        metrics.onStarted();
        return new CallTracer(metrics, this);
    }

    /// Appends the Prometheus text.
    void appendTo(StringBuilder text) {
        for (MethodMetrics.Family family : MethodMetrics.Family.values()) {
            text.append("# HELP ").append(family.metric()).append(' ').append(family.help());
            text.append("\n# TYPE ").append(family.metric()).append(' ').append(family.type());
            text.append('\n');
            byMethod.values().forEach(metrics -> metrics.appendTo(text, family));
            unknown.appendTo(text, family);
        }
        PrometheusText.append(
                new MetricsSnapshot(List.of(
                        new Counter(
                                "etcd_network_client_grpc_received_bytes_total",
                                "Bytes of clients' messages.",
                                "",
                                receivedBytes.sum()),
                        new Counter(
                                "etcd_network_client_grpc_sent_bytes_total",
                                "Bytes of messages to clients.",
                                "",
                                sentBytes.sum()))),
                text);
    }

    private static String type(MethodDescriptor<?, ?> method) {
        return switch (method.getType()) {
            case UNARY -> "unary";
            case CLIENT_STREAMING -> "client_stream";
            case SERVER_STREAMING -> "server_stream";
            case BIDI_STREAMING, UNKNOWN -> "bidi_stream";
        };
    }

    /// Follows one call.
    private static final class CallTracer extends ServerStreamTracer {
        private final MethodMetrics metrics;
        private final CallMetrics all;
        private final long startNs;

        CallTracer(MethodMetrics metrics, CallMetrics all) {
            this.metrics = metrics;
            this.all = all;
            this.startNs = all.clock.monotonicNs();
        }

        @Override
        public void inboundUncompressedSize(long bytes) {
            all.receivedBytes.add(bytes);
        }

        @Override
        public void outboundUncompressedSize(long bytes) {
            all.sentBytes.add(bytes);
        }

        @Override
        public void inboundMessage(int sequence) {
            metrics.onReceived();
        }

        @Override
        public void outboundMessage(int sequence) {
            metrics.onSent();
        }

        @Override
        public void streamClosed(Status status) {
            metrics.onHandled(status.getCode(), all.clock.monotonicNs() - startNs);
        }
    }
}
