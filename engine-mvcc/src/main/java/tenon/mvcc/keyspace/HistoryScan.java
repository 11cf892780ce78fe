package tenon.mvcc.keyspace;

import java.util.ArrayList;
import java.util.List;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.HistoryWindow;
import tenon.mvcc.KeyValue;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.backend.RecordVisitor;

/// Collects changes until a limit is reached and the transaction that reached it is complete.
final class HistoryScan implements RecordVisitor {
    private final HistoryLimit limit;
    private final long lastRevision;
    private final List<WriteTxn.Change> changes = new ArrayList<>();
    private long sizeBytes;
    private long main = -1;
    private boolean limited;

    /// @param lastRevision of the view
    HistoryScan(HistoryLimit limit, long lastRevision) {
        this.limit = limit;
        this.lastRevision = lastRevision;
    }

    @Override
    public boolean onRecord(long recordMain, int sub, boolean tombstone, byte[] record) {
        if (recordMain > lastRevision) {
            return false;
        }
        boolean isFull = changes.size() >= limit.changeCount() || sizeBytes >= limit.sizeBytes();
        if (isFull && recordMain != main) {
            limited = true;
            return false;
        }
        main = recordMain;
        sizeBytes += record.length;
        changes.add(new WriteTxn.Change(tombstone, new KeyValue(record)));
        return true;
    }

    HistoryWindow window() {
        return new HistoryWindow(changes, limited ? main : lastRevision);
    }
}
