package tenon.mvcc.watch;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import tenon.api.Clock;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.mvcc.MvccStore;
import tenon.mvcc.WatchHub;
import tenon.mvcc.WatchOptions;
import tenon.mvcc.WatchSink;
import tenon.mvcc.WatchStats;
import tenon.mvcc.WatchStream;
import tenon.mvcc.backend.FileBackend;

/// Puts the parts together; see the package document.
public final class Hub implements WatchHub {
    private static final String DISPATCHER_NAME = "tenon-watch";
    private static final String SYNC_NAME = "tenon-watch-sync-";

    private final Platform platform;
    private final MvccStore store;
    private final WatchOptions options;
    private final ChangeTail tail;
    private final Watchers watchers;
    private final Dispatcher dispatcher;
    private final CatchUp catchUp;
    private final LongAdder sentEventCount = new LongAdder();

    private final Object lock = new Object();
    // Guarded by lock. Invariant: the tail is active while there are streams; the threads run from the first one on.
    private final Set<Stream> streams = new LinkedHashSet<>();
    private final List<Thread> threads = new ArrayList<>();
    private boolean closed;

    private Hub(Platform platform, MvccStore store, WatchOptions options) {
        this.platform = platform;
        this.store = store;
        this.options = options;
        tail = new ChangeTail(options.tailSizeBytesMax());
        watchers = new Watchers(tail::wake);
        dispatcher = new Dispatcher(this, tail, watchers);
        catchUp = new CatchUp(this, watchers);
    }

    /// See [WatchHub#start].
    public static Hub start(Platform platform, MvccStore store, WatchOptions options) {
        Hub hub = new Hub(platform, store, options);
        store.onChanges(hub.tail);
        return hub;
    }

    MvccStore store() {
        return store;
    }

    WatchOptions options() {
        return options;
    }

    Clock clock() {
        return platform.clock();
    }

    Watchers watchers() {
        return watchers;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    void countSent(int eventCount) {
        sentEventCount.add(eventCount);
    }

    @Override
    public WatchStream open(WatchSink sink) {
        Stream stream = new Stream(this, sink);
        synchronized (lock) {
            if (closed) {
                throw new MisuseException("the watch hub is closed");
            }
            if (streams.isEmpty()) {
                tail.setActive(true);
                watchers.jumpTo(store.currentRevision());
            }
            streams.add(stream);
            if (threads.isEmpty()) {
                startThreads();
            }
        }
        return stream;
    }

    private void startThreads() {
        threads.add(platform.threads().start(DISPATCHER_NAME, dispatcher::run));
        for (int i = 0; i < options.syncThreadCount(); i++) {
            threads.add(platform.threads().start(SYNC_NAME + i, catchUp::run));
        }
    }

    /// A stream has ended.
    void forget(Stream stream) {
        dispatcher.forget(stream);
        synchronized (lock) {
            streams.remove(stream);
            if (streams.isEmpty()) {
                tail.setActive(false);
            }
        }
    }

    /// @param failure why, null if the hub is closed
    void endAll(Throwable failure) {
        List<Stream> all;
        synchronized (lock) {
            all = List.copyOf(streams);
        }
        all.forEach(stream -> stream.end(failure));
    }

    @Override
    public WatchStats stats() {
        int streamCount;
        synchronized (lock) {
            streamCount = streams.size();
        }
        return new WatchStats(
                streamCount,
                watchers.watcherCount(),
                watchers.unsyncedCount(),
                sentEventCount.sum(),
                tail.changeCount());
    }

    @Override
    public void close() {
        List<Thread> running;
        synchronized (lock) {
            closed = true;
            running = List.copyOf(threads);
        }
        store.onChanges(null);
        endAll(null);
        tail.close();
        watchers.close();
        running.forEach(FileBackend::joinUninterruptibly);
    }
}
