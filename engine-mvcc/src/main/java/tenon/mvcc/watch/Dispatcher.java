package tenon.mvcc.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tenon.mvcc.CompactedException;
import tenon.mvcc.HistoryWindow;
import tenon.mvcc.WriteTxn;

/// Hands changes to synced watchers as they happen, round by round, and tells of progress between two rounds. A thread of
/// its own.
final class Dispatcher {
    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

    private final Hub hub;
    private final ChangeTail tail;
    private final Watchers watchers;
    private final Set<Stream> progressDue = ConcurrentHashMap.newKeySet();

    Dispatcher(Hub hub, ChangeTail tail, Watchers watchers) {
        this.hub = hub;
        this.tail = tail;
        this.watchers = watchers;
    }

    void onProgressDue(Stream stream) {
        progressDue.add(stream);
        wake();
    }

    void wake() {
        tail.wake();
    }

    void forget(Stream stream) {
        progressDue.remove(stream);
    }

    void run() {
        while (tail.awaitWork(watchers.dispatchedRevision())) {
            try {
                if (tail.hasBehind(watchers.dispatchedRevision())) {
                    round();
                }
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "changes could not be told to those who watch", e);
                hub.endAll(e);
                // Whoever begins meanwhile finds in the history what was not dispatched.
                watchers.allFallBehind(hub.store().currentRevision());
            }
            tellProgress();
        }
    }

    private void round() {
        long dispatched = watchers.dispatchedRevision();
        List<ChangeTail.Batch> batches =
                tail.take(dispatched, hub.options().window().sizeBytes());
        try (Past past = new Past(hub.store())) {
            if (batches.isEmpty()) {
                dispatchHistory(dispatched, past);
                return;
            }
            List<PublishedEvent> events = new ArrayList<>();
            batches.forEach(batch -> publish(batch.changes(), events));
            dispatch(events, batches.getLast().revision(), past);
        }
    }

    /// The tail had no room for what comes next.
    private void dispatchHistory(long dispatched, Past past) {
        HistoryWindow window;
        try {
            window = past.view().history(dispatched + 1, hub.options().window());
        } catch (CompactedException _) {
            watchers.allFallBehind(past.view().revision());
            return;
        }
        List<PublishedEvent> events = new ArrayList<>();
        publish(window.changes(), events);
        dispatch(events, window.throughRevision(), past);
    }

    private static void publish(List<WriteTxn.Change> changes, List<PublishedEvent> events) {
        changes.forEach(change -> events.add(new PublishedEvent(change)));
    }

    private void dispatch(List<PublishedEvent> events, long through, Past past) {
        for (Watcher watcher : watchers.dispatch(events, through)) {
            try {
                long left = watcher.stream.tell(watcher, watcher.takeBatch(), past, 0);
                if (left != Stream.NOTHING_LEFT) {
                    watchers.fallBehind(watcher, left);
                }
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "a watch failed", e);
                watcher.stream.end(e);
            }
        }
    }

    private void tellProgress() {
        for (Stream stream : List.copyOf(progressDue)) {
            // First, so that what becomes due meanwhile is not lost.
            progressDue.remove(stream);
            if (stream.tellProgress()) {
                progressDue.add(stream);
            }
        }
    }
}
