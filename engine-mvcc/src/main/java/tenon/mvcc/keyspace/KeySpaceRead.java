package tenon.mvcc.keyspace;

import java.util.List;
import java.util.function.Predicate;
import tenon.api.MisuseException;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.HistoryWindow;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.RangeCount;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.RangeResult;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.backend.BackendRead;

/// A read at one [Head].
final class KeySpaceRead implements ReadTxn {
    private final BackendRead<Head> records;
    private final Head head;
    private final RangeReader ranges;
    private boolean closed;

    KeySpaceRead(BackendRead<Head> records) {
        this.records = records;
        head = records.head();
        ranges = new RangeReader(head.index(), head.position(), records);
    }

    @Override
    public long revision() {
        return head.revision();
    }

    @Override
    public long compactedRevision() {
        return head.compactedRevision();
    }

    @Override
    public RangeResult range(KeyRange range, RangeOptions options) {
        checkOpen();
        return ranges.read(range, options);
    }

    @Override
    public RangeCount visit(KeyRange range, RangeOptions options, Predicate<KeyValue> visitor) {
        checkOpen();
        return ranges.visit(range, options, visitor);
    }

    @Override
    public HistoryWindow history(long fromRevision, HistoryLimit limit) {
        checkOpen();
        if (fromRevision > head.revision()) {
            return new HistoryWindow(List.of(), fromRevision - 1);
        }
        head.position().checkReadable(fromRevision);
        HistoryScan scan = new HistoryScan(limit, head.revision());
        records.scan(fromRevision, scan);
        return scan.window();
    }

    private void checkOpen() {
        if (closed) {
            throw new MisuseException("this read transaction is closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            records.close();
        }
    }
}
