package tenon.server.grpc;

import java.util.ArrayList;
import java.util.List;
import tenon.api.MisuseException;
import tenon.mvcc.WatchRequest;
import tenon.mvcc.WatchSink;
import tenon.mvcc.WatchStream;
import tenon.server.rpc.ResponseHeader;
import tenon.server.watch.WatchService;

/// Remembers what its streams are asked for, and tells what the test wants it to.
final class FakeWatch implements WatchService {
    private final List<Stream> streams = new ArrayList<>();
    private boolean closed;

    /// One stream. Requests stand in it as text.
    static final class Stream implements WatchStream {
        final WatchSink sink;
        final List<WatchRequest> watches = new ArrayList<>();
        private final List<String> asked = new ArrayList<>();

        private Stream(WatchSink sink) {
            this.sink = sink;
        }

        @Override
        public void watch(WatchRequest request) {
            watches.add(request);
            note("watch");
        }

        @Override
        public void cancel(long watchId) {
            note("cancel " + watchId);
        }

        @Override
        public void requestProgress() {
            note("progress");
        }

        @Override
        public void onReady() {}

        @Override
        public void close() {
            note("close");
        }

        private synchronized void note(String request) {
            asked.add(request);
            notifyAll();
        }

        /// All requests, once the last one of them is this.
        synchronized List<String> awaitLast(String last) throws InterruptedException {
            while (asked.isEmpty() || !asked.getLast().equals(last)) {
                wait();
            }
            return List.copyOf(asked);
        }

        synchronized List<String> awaitCount(int count) throws InterruptedException {
            while (asked.size() < count) {
                wait();
            }
            return List.copyOf(asked);
        }
    }

    @Override
    public synchronized WatchStream open(WatchSink sink) {
        if (closed) {
            throw new MisuseException("closed");
        }
        Stream stream = new Stream(sink);
        streams.add(stream);
        notifyAll();
        return stream;
    }

    synchronized Stream awaitStream(int index) throws InterruptedException {
        while (streams.size() <= index) {
            wait();
        }
        return streams.get(index);
    }

    synchronized void close() {
        closed = true;
    }

    @Override
    public long revision() {
        return 5;
    }

    @Override
    public ResponseHeader header(long revision) {
        return ResponseHeader.newBuilder()
                .setClusterId(1)
                .setMemberId(2)
                .setRevision(revision)
                .setRaftTerm(3)
                .build();
    }
}
