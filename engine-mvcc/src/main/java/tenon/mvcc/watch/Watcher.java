package tenon.mvcc.watch;

import java.util.ArrayList;
import java.util.List;
import tenon.mvcc.WatchRequest;

/// One watch and how far it is.
final class Watcher {
    /// Where it stands; changed by [Watchers] alone.
    enum Place {
        SYNCED,
        WAITING,
        SERVED,
        PARKED,
        ENDED
    }

    final Stream stream;
    final long id;
    final WatchRequest request;

    // Under the lock of Watchers.
    Place place;
    // Under the lock of Watchers; while it is served, it is not changed. Invariant: every wanted event before it was
    // told, unless it is synced: then every wanted event through the dispatched revision.
    long nextRevision;

    // Under the stream's lock: whether the next tick tells its progress.
    boolean progressDue = true;

    /// What one round or one window has for it. Of the thread that hands out to it.
    private List<PublishedEvent> batch = List.of();

    Watcher(Stream stream, long id, WatchRequest request, long nextRevision) {
        this.stream = stream;
        this.id = id;
        this.request = request;
        this.nextRevision = nextRevision;
    }

    /// Takes what it wants.
    ///
    /// @return whether this is the first event of a new batch
    boolean collect(PublishedEvent event) {
        if (event.revision() < nextRevision || !request.accepts(event.isDelete())) {
            return false;
        }
        boolean isFirst = batch.isEmpty();
        if (isFirst) {
            batch = new ArrayList<>(1);
        }
        batch.add(event);
        return isFirst;
    }

    List<PublishedEvent> takeBatch() {
        List<PublishedEvent> taken = batch;
        batch = List.of();
        return taken;
    }
}
