package tenon.bench.load;

import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Puts load on a running server.
@Command(name = "load", description = "Puts load on a running server and prints its throughput and latency.")
public final class LoadCommand implements Callable<Integer> {
    @Option(names = "--endpoint", defaultValue = "127.0.0.1:2379", description = "host:port of the server")
    private String endpoint;

    @Option(names = "--kind", defaultValue = "PUT", description = "PUT or GET")
    private Load.Kind kind;

    @Option(names = "--requests", defaultValue = "100000", description = "requests in all")
    private long requestCount;

    @Option(names = "--value-bytes", defaultValue = "256", description = "size of a value")
    private int valueBytes;

    @Option(names = "--connections", defaultValue = "10", description = "TCP connections")
    private int connectionCount;

    @Option(names = "--clients", defaultValue = "100", description = "requests under way at any time")
    private int clientCount;

    @Override
    public Integer call() throws InterruptedException {
        int colon = endpoint.lastIndexOf(':');
        Load load = new Load(kind, requestCount, valueBytes, connectionCount, clientCount);
        Load.Result result =
                load.run(endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)));
        Histogram latency = result.latencyNs();
        System.out.printf(
                "%s %d/%d: %,.0f/s, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms%n",
                kind,
                connectionCount,
                clientCount,
                result.perSecond(),
                latency.getValueAtPercentile(50) / 1e6,
                latency.getValueAtPercentile(99) / 1e6,
                latency.getValueAtPercentile(99.9) / 1e6,
                latency.getMaxValue() / 1e6);
        return 0;
    }
}
