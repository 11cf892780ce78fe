package tenon.server.grpc;

import io.grpc.Status;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The numbers of one method. Safe for use by any thread.
final class MethodMetrics {
    /// Upper bounds of the latency buckets.
    private static final long[] BUCKETS_NS = {
        100_000L, 250_000L, 500_000L, 1_000_000L, 2_500_000L, 5_000_000L, 10_000_000L, 25_000_000L, 50_000_000L,
        100_000_000L, 250_000_000L, 500_000_000L, 1_000_000_000L, 2_500_000_000L, 5_000_000_000L, 10_000_000_000L
    };

    private static final double NS_PER_SECOND = 1e9;

    private final String labels;
    private final LongAdder started = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder[] handledByCode = adders(Status.Code.values().length);
    // The last one has no upper bound.
    private final LongAdder[] handledByBucket = adders(BUCKETS_NS.length + 1);
    private final LongAdder durationNs = new LongAdder();

    MethodMetrics(String service, String method, String type) {
        labels = "grpc_method=\"" + method + "\",grpc_service=\"" + service + "\",grpc_type=\"" + type + "\"";
    }

    /// What is told of each method; in etcd's words.
    enum Family {
        STARTED("grpc_server_started_total", "counter", "Total number of RPCs started on the server."),
        HANDLED(
                "grpc_server_handled_total",
                "counter",
                "Total number of RPCs completed on the server, regardless of success or failure."),
        RECEIVED("grpc_server_msg_received_total", "counter", "Total number of messages received on the server."),
        SENT("grpc_server_msg_sent_total", "counter", "Total number of messages sent by the server."),
        SECONDS("grpc_server_handling_seconds", "histogram", "Response latency of RPCs, from first byte to end.");

        private final String metric;
        private final String type;
        private final String help;

        Family(String metric, String type, String help) {
            this.metric = metric;
            this.type = type;
            this.help = help;
        }

        String metric() {
            return metric;
        }

        String type() {
            return type;
        }

        String help() {
            return help;
        }
    }

    void onStarted() {
        started.increment();
    }

    void onReceived() {
        received.increment();
    }

    void onSent() {
        sent.increment();
    }

    void onHandled(Status.Code code, long tookNs) {
        handledByCode[code.value()].increment();
        int bucket = 0;
        while (bucket < BUCKETS_NS.length && tookNs > BUCKETS_NS[bucket]) {
            bucket++;
        }
        handledByBucket[bucket].increment();
        durationNs.add(tookNs);
    }

    void appendTo(StringBuilder text, Family family) {
        switch (family) {
            case STARTED -> append(text, family.metric(), "", started.sum());
            case RECEIVED -> append(text, family.metric(), "", received.sum());
            case SENT -> append(text, family.metric(), "", sent.sum());
            case HANDLED -> appendHandled(text, family.metric());
            case SECONDS -> appendSeconds(text, family.metric());
        }
    }

    /// Codes that never occurred are left out, but for OK.
    private void appendHandled(StringBuilder text, String metric) {
        for (Status.Code code : Status.Code.values()) {
            long count = handledByCode[code.value()].sum();
            if (count > 0 || code == Status.Code.OK) {
                append(text, metric, "grpc_code=\"" + word(code) + "\",", count);
            }
        }
    }

    private void appendSeconds(StringBuilder text, String metric) {
        long count = 0;
        for (int bucket = 0; bucket < handledByBucket.length; bucket++) {
            count += handledByBucket[bucket].sum();
            String bound = bucket < BUCKETS_NS.length ? Double.toString(BUCKETS_NS[bucket] / NS_PER_SECOND) : "+Inf";
            append(text, metric + "_bucket", "le=\"" + bound + "\",", count);
        }
        text.append(metric).append("_sum{").append(labels).append("} ");
        text.append(durationNs.sum() / NS_PER_SECOND).append('\n');
        append(text, metric + "_count", "", count);
    }

    private void append(StringBuilder text, String metric, String extraLabels, long value) {
        text.append(metric).append('{').append(extraLabels).append(labels).append("} ");
        text.append(value).append('\n');
    }

    /// The code as Go spells it.
    private static String word(Status.Code code) {
        return switch (code) {
            case OK -> "OK";
            case CANCELLED -> "Canceled";
            default -> Stream.of(code.name().split("_"))
                    .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining());
        };
    }

    private static LongAdder[] adders(int count) {
        return Stream.generate(LongAdder::new).limit(count).toArray(LongAdder[]::new);
    }
}
