package tenon.mvcc.keyspace;

import java.util.ArrayList;
import java.util.List;
import tenon.api.MisuseException;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.RangeResult;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
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
    public List<WriteTxn.Change> history(long fromRevision, int changeCount) {
        checkOpen();
        if (fromRevision <= head.revision()) {
            head.position().checkReadable(fromRevision);
        }
        List<WriteTxn.Change> changes = new ArrayList<>();
        long[] lastMain = {-1};
        records.scan(fromRevision, (main, sub, tombstone, record) -> {
            if (main > head.revision() || changes.size() >= changeCount && main != lastMain[0]) {
                return false;
            }
            lastMain[0] = main;
            changes.add(new WriteTxn.Change(tombstone, new KeyValue(record)));
            return true;
        });
        return changes;
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
