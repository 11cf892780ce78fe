package tenon.mvcc.watch;

import tenon.mvcc.KeyValue;
import tenon.mvcc.WatchEvent;
import tenon.mvcc.WriteTxn;

/// A change on its way to those who watch its key. Belongs to the thread that hands it out; what it gives away is
/// immutable and shared by all watchers.
final class PublishedEvent {
    private final long revision;
    private final byte[] key;
    private final WatchEvent bare;
    // Null until a watcher asked for it, and if it was too large to keep for the next one.
    private WatchEvent withPrevious;

    PublishedEvent(WriteTxn.Change change) {
        revision = change.keyValue().modRevision();
        key = change.keyValue().key();
        bare = new WatchEvent(change.isDelete(), change.keyValue(), null);
    }

    long revision() {
        return revision;
    }

    byte[] key() {
        return key;
    }

    boolean isDelete() {
        return bare.isDelete();
    }

    WatchEvent bare() {
        return bare;
    }

    WatchEvent withPrevious(Past past) {
        if (withPrevious != null) {
            return withPrevious;
        }
        boolean isCreation = bare.keyValue().version() == 1;
        KeyValue previous = isCreation ? null : past.find(key, revision - 1);
        WatchEvent event = previous == null ? bare : new WatchEvent(bare.isDelete(), bare.keyValue(), previous);
        if (previous == null || past.mayKeep(previous)) {
            withPrevious = event;
        }
        return event;
    }
}
