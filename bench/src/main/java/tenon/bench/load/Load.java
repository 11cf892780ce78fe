package tenon.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.HdrHistogram.Histogram;

/// A closed loop: each client sends its next request when the one before is answered.
///
/// @param clientCount requests under way at any time, spread over the connections
/// @param keys of the requests, in this order
/// @param requestCountMax when it ends
/// @param durationNsMax when it ends, if that is earlier
public record Load(
        Kind kind, int clientCount, KeySpan keys, int valueBytes, long requestCountMax, long durationNsMax) {
    private static final int SIGNIFICANT_DIGITS = 3;

    /// What is asked.
    public enum Kind {
        PUT,
        /// Linearizable.
        GET,
        GET_SERIALIZABLE
    }

    /// @param latencyNs of each request
    public record Result(long requestCount, long durationNs, Histogram latencyNs) {
        public double perSecond() {
            return requestCount * 1e9 / durationNs;
        }
    }

    /// So many requests.
    public static Load ofRequests(Kind kind, int clientCount, KeySpan keys, int valueBytes, long requestCount) {
        return new Load(kind, clientCount, keys, valueBytes, requestCount, Long.MAX_VALUE);
    }

    /// As many requests as are answered in that time.
    public static Load ofSeconds(Kind kind, int clientCount, KeySpan keys, int valueBytes, double seconds) {
        return new Load(kind, clientCount, keys, valueBytes, Long.MAX_VALUE, (long) (seconds * 1e9));
    }

    /// Of one thread, the caller's.
    ///
    /// @throws IOException if a request fails, or a get does not find its value
    public Result run(Connections connections) throws IOException {
        Run run = new Run(System.nanoTime());
        for (int i = 0; i < clientCount; i++) {
            int connection = i % connections.count();
            new Client(run, connections.get(connection), connections.server(connection)).next();
        }
        connections.serveUntil(() -> run.runningCount == 0);
        long durationNs = System.nanoTime() - run.startNs;
        if (run.failure != null) {
            throw new IOException(run.failure);
        }
        return new Result(run.latencyNs.getTotalCount(), durationNs, run.latencyNs);
    }

    private byte[] request(byte[] key, byte[] value) {
        return switch (kind) {
            case PUT -> EtcdCalls.putRequest(key, value);
            case GET -> EtcdCalls.getRequest(key, false);
            case GET_SERIALIZABLE -> EtcdCalls.getRequest(key, true);
        };
    }

    private final class Run {
        private final long startNs;
        private final Histogram latencyNs = new Histogram(SIGNIFICANT_DIGITS);
        private long nextNumber;
        private int runningCount = clientCount;
        /// Null as long as all goes well.
        private String failure;

        Run(long startNs) {
            this.startNs = startNs;
        }
    }

    private final class Client implements Http2Connection.Caller {
        private final String path = kind == Kind.PUT ? EtcdCalls.PUT_PATH : EtcdCalls.RANGE_PATH;
        private final byte[] value = new byte[valueBytes];
        private final Run run;
        private final Http2Connection connection;
        private final InetSocketAddress server;
        private byte[] request;
        private long sentNs;

        Client(Run run, Http2Connection connection, InetSocketAddress server) {
            this.run = run;
            this.connection = connection;
            this.server = server;
        }

        void next() throws IOException {
            long number = run.nextNumber++;
            sentNs = System.nanoTime();
            if (number >= requestCountMax || sentNs - run.startNs >= durationNsMax || run.failure != null) {
                run.runningCount--;
                return;
            }
            if (kind == Kind.PUT) {
                fill(number);
            }
            request = request(keys.key(number), value);
            connection.call(path, request, this);
        }

        /// Bytes that no file system compresses away.
        private void fill(long number) {
            long state = number;
            for (int i = 0; i < value.length; i++) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                value[i] = (byte) (state >>> 56);
            }
        }

        @Override
        public void onAnswer(int messageBytes) throws IOException {
            run.latencyNs.recordValue(System.nanoTime() - sentNs);
            if (messageBytes == Http2Connection.FAILED) {
                run.failure = "a request failed; asked again, the server says: " + EtcdCalls.ask(server, path, request);
            } else if (kind != Kind.PUT && messageBytes < valueBytes) {
                run.failure = "a get did not find its value";
            }
            next();
        }
    }
}
