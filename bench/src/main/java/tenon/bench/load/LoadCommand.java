package tenon.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tenon.bench.measure.Effort;

/// Puts load on a running server.
@Command(
        name = "load",
        description = "Puts load on running servers and prints throughput, latency, and what the client itself costs.",
        mixinStandardHelpOptions = true)
public final class LoadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = {"--endpoints", "--endpoint"}, split = ",", defaultValue = "127.0.0.1:2379",
            description = "host:port of each server; connections go to one after the other; default: ${DEFAULT-VALUE}")
    private List<String> endpoints;

    @Option(names = "--kind", defaultValue = "PUT", description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}")
    private Load.Kind kind;

    @Option(names = "--requests", defaultValue = "100000", description = "requests in all; default: ${DEFAULT-VALUE}")
    private long requestCount;

    @Option(names = "--first-key", defaultValue = "0", description = "number of the first key; default:"
            + " ${DEFAULT-VALUE}")
    private long firstKey;

    @Option(names = "--keys", description = "after so many it begins anew; default: as many as requests")
    private Long keyCount;

    @Option(names = "--value-bytes", defaultValue = "256", description = "size of a value; default: ${DEFAULT-VALUE}")
    private int valueBytes;

    @Option(names = "--connections", defaultValue = "10", description = "TCP connections; default: ${DEFAULT-VALUE}")
    private int connectionCount;

    @Option(names = "--clients", defaultValue = "100", description = "requests under way at any time; default:"
            + " ${DEFAULT-VALUE}")
    private int clientCount;

    @Override
    public Integer call() {
        KeySpan keys = new KeySpan(firstKey, keyCount == null ? Long.MAX_VALUE : keyCount);
        Load load = Load.ofRequests(kind, clientCount, keys, valueBytes, requestCount);
        List<InetSocketAddress> servers = endpoints.stream().map(this::address).toList();
        try (Connections connections = Connections.open(servers, connectionCount)) {
            Effort before = Effort.ofThisProcess();
            Load.Result result = load.run(connections);
            print(result, Effort.ofThisProcess().since(before));
            return 0;
        } catch (IOException e) {
            spec.commandLine().getErr().println("load: " + e.getMessage());
            return 1;
        }
    }

    private void print(Load.Result result, Effort client) {
        Histogram latency = result.latencyNs();
        System.out.printf(
                "%s %d/%d: %,.0f/s, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms; client %.1f us of processor"
                        + " time for each%n",
                kind,
                connectionCount,
                clientCount,
                result.perSecond(),
                latency.getValueAtPercentile(50) / 1e6,
                latency.getValueAtPercentile(99) / 1e6,
                latency.getValueAtPercentile(99.9) / 1e6,
                latency.getMaxValue() / 1e6,
                client.cpuNs() / 1e3 / result.requestCount());
    }

    private InetSocketAddress address(String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        try {
            return new InetSocketAddress(endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "host:port is wanted, not: " + endpoint, e);
        }
    }
}
