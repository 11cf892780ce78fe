package tenon.bench.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tenon.bench.load.EtcdCalls;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.ResponseHeader;

/// Every few milliseconds, asks one member after the other to put and to read, and does not wait for the answers: a call
/// that a member without a leader holds until its own time is over must not hold up the next one.
final class Probe implements AutoCloseable {
    private static final byte[] KEY = "/failover".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PUT = EtcdCalls.putRequest(KEY, KEY);
    private static final byte[] GET = EtcdCalls.getRequest(KEY, false);

    private final List<EtcdCalls> members;
    private final long pauseMs;
    private final Thread thread;
    /// Null until there is one.
    private volatile Outage outage;

    private Probe(List<InetSocketAddress> addresses, long pauseMs) {
        this.members = addresses.stream().map(EtcdCalls::new).toList();
        this.pauseMs = pauseMs;
        this.thread = new Thread(this::run, "tenon-bench-probe");
    }

    static Probe start(List<InetSocketAddress> addresses, long pauseMs) {
        Probe probe = new Probe(addresses, pauseMs);
        probe.thread.start();
        return probe;
    }

    /// From now on, what is asked for may end this outage.
    void watch(Outage begun) {
        outage = begun;
    }

    private void run() {
        try {
            for (int i = 0; ; i++) {
                EtcdCalls member = members.get(i % members.size());
                Outage present = outage;
                member.put(PUT, new Answer(bytes -> {
                    if (present != null) {
                        present.onWritten(termOf(PutResponse.parseFrom(bytes).getHeader()));
                    }
                }));
                member.range(GET, new Answer(bytes -> {
                    if (present != null) {
                        present.onRead(termOf(RangeResponse.parseFrom(bytes).getHeader()));
                    }
                }));
                Thread.sleep(pauseMs);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private static long termOf(ResponseHeader header) {
        return header.getRaftTerm();
    }

    @FunctionalInterface
    private interface Reader {
        void read(byte[] answer) throws InvalidProtocolBufferException;
    }

    /// What has failed is asked for again anyway.
    private record Answer(Reader reader) implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] answer) {
            try {
                reader.read(answer);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("an answer that is none", e);
            }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        members.forEach(EtcdCalls::close);
    }
}
