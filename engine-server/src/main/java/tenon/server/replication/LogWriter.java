package tenon.server.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import tenon.api.Clock;
import tenon.api.HardState;
import tenon.api.Log;
import tenon.api.LogStats;
import tenon.api.Platform;
import tenon.api.Ready;
import tenon.api.SnapshotMark;
import tenon.server.metrics.LatencyRecorder;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;

/// Owns the log: stores what each [Ready] asks for, in order, and tells when it is durable. What came in while one
/// sync ran is stored with the next one, however much it is.
///
/// A failure ends the writer: it is told once, and nothing is acknowledged any more.
public final class LogWriter implements AutoCloseable {
    private final Log log;
    private final Platform platform;
    private final Clock clock;
    private final StageRecorder stages;
    private final LatencyRecorder syncs;
    private final PeerTransport peers;
    private final Inbox<Order> inbox = new Inbox<>();
    private volatile LogStats stats;
    /// When it began with what it is at, 0 while it waits for orders.
    private volatile long busySinceNs;
    private LongConsumer onStored;
    private Consumer<Throwable> onFailure;
    private Thread thread;

    // Only the writer's thread uses these.
    private final List<Store> unacknowledged = new ArrayList<>();
    private HardState hardState;

    /// What is to be done, in order.
    private sealed interface Order permits Store, Mark {}

    private record Store(Ready ready, long submittedNs) implements Order {}

    private record Mark(SnapshotMark mark) implements Order {}

    /// @param hardState as the log held it when it was opened
    public LogWriter(
            Log log,
            HardState hardState,
            Platform platform,
            StageRecorder stages,
            LatencyRecorder syncs,
            PeerTransport peers) {
        this.log = log;
        this.platform = platform;
        this.clock = platform.clock();
        this.stages = stages;
        this.syncs = syncs;
        this.peers = peers;
        this.hardState = hardState;
        this.stats = log.stats();
    }

    /// @param onStored told, on the log's thread, the number of the last `Ready` that is durable
    /// @param onFailure told, on the log's thread, why the log takes no more writes
    public void start(LongConsumer onStored, Consumer<Throwable> onFailure) {
        this.onStored = onStored;
        this.onFailure = onFailure;
        thread = platform.threads().start("tenon-log", this::run);
    }

    /// Stores what this `Ready` asks for. One that only moves the commit index may wait for the next one, or for
    /// [#hurry].
    public void submit(Ready ready) {
        Store order = new Store(ready, clock.monotonicNs());
        if (ready.mustSync()) {
            inbox.offer(order);
        } else {
            inbox.offerWithoutHurry(order);
        }
    }

    /// Notes that the store durably holds everything up to the mark, and gives back what is not needed any more.
    public void submit(SnapshotMark mark) {
        inbox.offer(new Mark(mark));
    }

    /// What waits for no reason but thrift is stored now.
    public void hurry() {
        inbox.hurry();
    }

    /// Whether there is more to be stored, not counting what waits for thrift.
    public boolean isCalled() {
        return inbox.isTakerCalled();
    }

    /// As of the last sync.
    public LogStats stats() {
        return stats;
    }

    /// For how long it has been at one batch: as long as a disk hangs, this grows.
    public long stalledNs() {
        long sinceNs = busySinceNs;
        return sinceNs == 0 ? 0 : clock.monotonicNs() - sinceNs;
    }

    /// Stores what was submitted, syncs, and ends the thread; the log stays open.
    @Override
    public void close() {
        inbox.close();
        Joining.join(thread);
    }

    private void run() {
        try {
            List<Order> orders = new ArrayList<>();
            while ((orders = inbox.take(orders)) != null) {
                busySinceNs = clock.monotonicNs() | 1;
                carryOut(orders);
                busySinceNs = 0;
                orders.clear();
            }
            log.sync();
        } catch (InterruptedException e) {
            onFailure.accept(new IllegalStateException("the log's thread was interrupted", e));
        } catch (RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    private void carryOut(List<Order> orders) {
        boolean mustSync = false;
        for (Order order : orders) {
            switch (order) {
                case Store store -> {
                    append(store);
                    mustSync |= store.ready.mustSync();
                }
                case Mark mark -> release(mark.mark);
            }
        }
        if (mustSync) {
            sync();
        }
        acknowledge();
    }

    private void append(Store store) {
        Ready ready = store.ready;
        if (ready.hardState() != null || !ready.entriesToStore().isEmpty()) {
            log.append(ready.hardState(), ready.entriesToStore());
        }
        if (ready.hardState() != null) {
            hardState = ready.hardState();
        }
        unacknowledged.add(store);
    }

    /// The mark counts only if the commit index is known to have got there, so that one goes first.
    private void release(SnapshotMark mark) {
        if (hardState.commitIndex() < mark.raftIndex()) {
            hardState = new HardState(hardState.term(), hardState.votedFor(), mark.raftIndex());
            log.append(hardState, List.of());
        }
        log.appendSnapshotMark(mark);
        sync();
        log.release(mark.raftIndex());
        stats = log.stats();
    }

    private void sync() {
        long beginNs = clock.monotonicNs();
        log.sync();
        syncs.record(clock.monotonicNs() - beginNs);
        stats = log.stats();
    }

    private void acknowledge() {
        if (unacknowledged.isEmpty()) {
            return;
        }
        long nowNs = clock.monotonicNs();
        for (Store store : unacknowledged) {
            if (!store.ready.entriesToStore().isEmpty()) {
                stages.record(Stage.LOG, nowNs - store.submittedNs);
            }
            peers.send(store.ready.messagesAfterStored());
        }
        onStored.accept(unacknowledged.getLast().ready.number());
        unacknowledged.clear();
    }
}
