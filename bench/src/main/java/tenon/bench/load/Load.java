package tenon.bench.load;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// A closed loop: each client sends its next request when the one before is answered. Client threads are those of the
/// connections.
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

    /// @throws IOException if a request fails, or a get does not find its value
    public Result run(Connections connections) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        Progress progress = new Progress(clientCount, startNs);
        for (int client = 0; client < clientCount; client++) {
            new Client(this, connections.get(client % connections.count()), progress).next();
        }
        progress.runningClients.await();
        long durationNs = System.nanoTime() - startNs;
        if (progress.failure.get() != null) {
            throw new IOException("a request failed: " + progress.failure.get().getMessage(), progress.failure.get());
        }
        Histogram latencyNs = progress.latencyNs.getIntervalHistogram();
        return new Result(latencyNs.getTotalCount(), durationNs, latencyNs);
    }

    private static final class Progress {
        private final long startNs;
        private final AtomicLong nextNumber = new AtomicLong();
        private final CountDownLatch runningClients;
        private final Recorder latencyNs = new Recorder(SIGNIFICANT_DIGITS);
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Progress(int clientCount, long startNs) {
            this.startNs = startNs;
            runningClients = new CountDownLatch(clientCount);
        }
    }

    private static final class Client implements StreamObserver<byte[]> {
        private final Load load;
        private final EtcdCalls connection;
        private final Progress progress;
        private final byte[] value;
        private long sentNs;

        Client(Load load, EtcdCalls connection, Progress progress) {
            this.load = load;
            this.connection = connection;
            this.progress = progress;
            this.value = new byte[load.valueBytes];
        }

        void next() {
            long number = progress.nextNumber.getAndIncrement();
            long nowNs = System.nanoTime();
            if (number >= load.requestCountMax
                    || nowNs - progress.startNs >= load.durationNsMax
                    || progress.failure.get() != null) {
                progress.runningClients.countDown();
                return;
            }
            byte[] key = load.keys.key(number);
            sentNs = nowNs;
            if (load.kind == Kind.PUT) {
                fill(number);
                connection.put(EtcdCalls.putRequest(key, value), this);
            } else {
                connection.range(EtcdCalls.getRequest(key, load.kind == Kind.GET_SERIALIZABLE), this);
            }
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
        public void onNext(byte[] answer) {
            progress.latencyNs.recordValue(System.nanoTime() - sentNs);
            if (load.kind != Kind.PUT && answer.length < load.valueBytes) {
                progress.failure.compareAndSet(null, new IOException("a get did not find its value"));
            }
        }

        @Override
        public void onError(Throwable failure) {
            progress.failure.compareAndSet(null, failure);
            progress.runningClients.countDown();
        }

        @Override
        public void onCompleted() {
            next();
        }
    }
}
