package tenon.mvcc.watch;

import java.util.ArrayList;
import java.util.List;
import tenon.mvcc.CompactedException;
import tenon.mvcc.HistoryWindow;
import tenon.mvcc.WriteTxn;

/// Serves unsynced watchers in turn, one window of the history at a time. Run by several threads.
final class CatchUp {
    private static final System.Logger LOG = System.getLogger(CatchUp.class.getName());

    private final Hub hub;
    private final Watchers watchers;

    CatchUp(Hub hub, Watchers watchers) {
        this.hub = hub;
        this.watchers = watchers;
    }

    void run() {
        for (Watcher first = watchers.takeFirst(); first != null; first = watchers.takeFirst()) {
            List<Watcher> group = new ArrayList<>();
            group.add(first);
            try (Past past = new Past(hub.store())) {
                serve(first, group, past);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "the history could not be read for those who watch", e);
                group.forEach(watcher -> watcher.stream.end(e));
            }
        }
    }

    /// @param group gets who is served as well
    private void serve(Watcher first, List<Watcher> group, Past past) {
        HistoryWindow window;
        try {
            window = past.view().history(first.nextRevision, hub.options().window());
        } catch (CompactedException _) {
            first.stream.tellCompacted(first, past.view().compactedRevision());
            return;
        }
        group.addAll(watchers.takeCompanions(first.nextRevision, window.throughRevision()));
        WatcherIndex index = new WatcherIndex();
        group.forEach(index::add);
        for (WriteTxn.Change change : window.changes()) {
            PublishedEvent event = new PublishedEvent(change);
            index.visit(event.key(), watcher -> watcher.collect(event));
        }
        for (Watcher watcher : group) {
            tell(watcher, window.throughRevision(), past);
        }
    }

    private void tell(Watcher watcher, long throughRevision, Past past) {
        try {
            long left = watcher.stream.tell(
                    watcher, watcher.takeBatch(), past, past.view().revision());
            boolean hadRoom = left == Stream.NOTHING_LEFT;
            watchers.putBack(watcher, hadRoom ? throughRevision + 1 : left, hadRoom);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a watch failed", e);
            watcher.stream.end(e);
        }
    }
}
