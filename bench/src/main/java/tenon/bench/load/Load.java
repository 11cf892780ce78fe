package tenon.bench.load;

import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// A closed loop: each client sends its next request when the one before is answered. Client threads are those of the
/// connections.
///
/// @param requestCount in all
/// @param connectionCount TCP connections
/// @param clientCount requests under way at any time, spread over the connections
public record Load(Kind kind, long requestCount, int valueBytes, int connectionCount, int clientCount) {
    private static final int SIGNIFICANT_DIGITS = 3;

    /// What is asked.
    public enum Kind {
        PUT,
        GET
    }

    /// @param latencyNs of each request
    public record Result(long requestCount, long durationNs, Histogram latencyNs) {
        public double perSecond() {
            return requestCount * 1e9 / durationNs;
        }
    }

    /// The key of a request: spread over the key space, the same in every run.
    public static byte[] key(long number) {
        long spread = (number + 1) * 0x9e3779b97f4a7c15L;
        return String.format("/load/%016x", spread).getBytes(StandardCharsets.US_ASCII);
    }

    public Result run(String host, int port) throws InterruptedException {
        List<EtcdCalls> connections = new ArrayList<>();
        for (int i = 0; i < connectionCount; i++) {
            connections.add(new EtcdCalls(host, port));
        }
        Progress progress = new Progress(clientCount);
        long startNs = System.nanoTime();
        for (int client = 0; client < clientCount; client++) {
            new Client(this, connections.get(client % connectionCount), progress).next();
        }
        progress.runningClients.await();
        long durationNs = System.nanoTime() - startNs;
        connections.forEach(EtcdCalls::close);
        if (progress.failure.get() != null) {
            throw new IllegalStateException("a request failed: " + progress.failure.get().getMessage());
        }
        return new Result(requestCount, durationNs, progress.latencyNs.getIntervalHistogram());
    }

    private static final class Progress {
        private final AtomicLong nextNumber = new AtomicLong();
        private final CountDownLatch runningClients;
        private final Recorder latencyNs = new Recorder(SIGNIFICANT_DIGITS);
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Progress(int clientCount) {
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
            if (number >= load.requestCount || progress.failure.get() != null) {
                progress.runningClients.countDown();
                return;
            }
            byte[] key = key(number);
            sentNs = System.nanoTime();
            if (load.kind == Kind.PUT) {
                fill(number);
                connection.put(EtcdCalls.putRequest(key, value), this);
            } else {
                connection.range(EtcdCalls.getRequest(key), this);
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
