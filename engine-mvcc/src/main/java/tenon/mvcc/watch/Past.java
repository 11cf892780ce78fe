package tenon.mvcc.watch;

import tenon.mvcc.CompactedException;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.MvccStore;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.RangeResult;
import tenon.mvcc.ReadTxn;

/// Looks up what keys were before. Begins its read with the first question. One thread.
final class Past implements AutoCloseable {
    /// What is found again for each watcher takes time; what is kept for all of them takes memory.
    private static final long KEPT_SIZE_BYTES_MAX = 1 << 20;

    private final MvccStore store;
    private ReadTxn view;
    private long keptSizeBytes;

    Past(MvccStore store) {
        this.store = store;
    }

    ReadTxn view() {
        if (view == null) {
            view = store.read();
        }
        return view;
    }

    /// A key as it was at a revision that has happened; null if it was not there, or that is compacted.
    KeyValue find(byte[] key, long revision) {
        try {
            RangeResult found = view().range(KeyRange.single(key), new RangeOptions(revision, 1, false));
            return found.keyValues().isEmpty() ? null : found.keyValues().getFirst();
        } catch (CompactedException _) {
            return null;
        }
    }

    /// Whether there is memory to keep a record until the end of the round; it is taken to be kept if so.
    boolean mayKeep(KeyValue record) {
        boolean fits = keptSizeBytes + record.encoded().length <= KEPT_SIZE_BYTES_MAX;
        keptSizeBytes += fits ? record.encoded().length : 0;
        return fits;
    }

    @Override
    public void close() {
        if (view != null) {
            view.close();
        }
    }
}
