package tenon.mvcc.keyspace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import tenon.api.MisuseException;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.ChangeListener;
import tenon.mvcc.HistoryLimit;
import tenon.mvcc.HistoryWindow;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.RangeCount;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.RangeResult;
import tenon.mvcc.StateHash;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.backend.BackendRead;
import tenon.mvcc.backend.FileBackend;
import tenon.mvcc.index.IndexSnapshot;
import tenon.mvcc.index.TreeIndex;
import tenon.mvcc.layout.RecordHasher;

/// The write transaction of one log entry. Holds the writer lock from begin to close.
final class KeySpaceWrite implements WriteTxn {
    private final FileBackend<Head> backend;
    private final TreeIndex index;
    private final AppliedIndex at;
    // Null if nobody listens.
    private final ChangeListener listener;
    private final Head before;
    private final long main;
    private final List<Change> changes = new ArrayList<>(1);
    private final Chain chain;
    // Of all changes so far.
    private long chainValue;
    // Begun with the first read; knows the first `readChangeCount` changes.
    private BackendRead<Head> records;
    private int readChangeCount;
    private boolean closed;

    KeySpaceWrite(
            FileBackend<Head> backend, TreeIndex index, Chain chain, AppliedIndex at, ChangeListener listener) {
        this.backend = backend;
        this.index = index;
        this.chain = chain;
        this.at = at;
        this.listener = listener;
        before = backend.head();
        chainValue = before.stateHash().value();
        main = before.revision() + 1;
    }

    @Override
    public long revision() {
        return before.revision();
    }

    @Override
    public long compactedRevision() {
        return before.compactedRevision();
    }

    @Override
    public RangeResult range(KeyRange range, RangeOptions options) {
        return reader().read(range, options);
    }

    @Override
    public RangeCount visit(KeyRange range, RangeOptions options, Predicate<KeyValue> visitor) {
        return reader().visit(range, options, visitor);
    }

    private RangeReader reader() {
        checkOpen();
        if (records == null || readChangeCount != changes.size()) {
            closeRecords();
            records = backend.unsafeBeginRead();
            readChangeCount = changes.size();
        }
        return new RangeReader(index.present(), position(), records);
    }

    @Override
    public HistoryWindow history(long fromRevision, HistoryLimit limit) {
        throw new MisuseException("the history is read in a read transaction");
    }

    @Override
    public long put(byte[] key, byte[] value, long leaseId) {
        checkOpen();
        if (key.length == 0) {
            throw new MisuseException("a key must not be empty");
        }
        int sub = changes.size();
        KeyValue.Origin origin = index.put(key, main, sub);
        append(sub, false, KeyValue.of(key, value, origin, main, leaseId));
        return main;
    }

    @Override
    public long deleteRange(KeyRange range) {
        checkOpen();
        List<byte[]> doomed = new ArrayList<>();
        index.present().visit(range, IndexSnapshot.CURRENT, (keys, i, keyMain, keySub) -> doomed.add(keys.get(i)));
        for (byte[] key : doomed) {
            int sub = changes.size();
            index.tombstone(key, main, sub);
            append(sub, true, KeyValue.tombstone(key, main));
        }
        return doomed.size();
    }

    private void append(int sub, boolean tombstone, KeyValue keyValue) {
        long hash = chain.unsafeHash(main, sub, tombstone, keyValue.encoded());
        chainValue = RecordHasher.chain(chainValue, hash);
        backend.unsafeAppend(main, sub, tombstone, keyValue.encoded(), hash);
        changes.add(new Change(tombstone, keyValue));
    }

    @Override
    public List<Change> changes() {
        return Collections.unmodifiableList(changes);
    }

    private Head.Position position() {
        return changes.isEmpty() ? before.position() : before.position().withRevision(main);
    }

    private Head unsafeAfter() {
        StateHash stateHash = new StateHash(chainValue, before.stateHash().sinceRevision());
        chain.unsafeOnRevision(main, stateHash);
        return new Head(index.snapshot(), position(), at, stateHash);
    }

    private void checkOpen() {
        if (closed || !backend.isWriterLockMine()) {
            throw new MisuseException("this write transaction is closed or belongs to another thread");
        }
    }

    private void closeRecords() {
        if (records != null) {
            records.close();
            records = null;
        }
    }

    @Override
    public void abandon(Throwable cause) {
        checkOpen();
        closed = true;
        backend.unsafeFail(cause);
        try {
            closeRecords();
        } finally {
            backend.unlockWriter();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        checkOpen();
        closed = true;
        try {
            closeRecords();
            Head after = changes.isEmpty() ? before.withApplied(at) : unsafeAfter();
            backend.unsafeEndEntry(after, at, after.stateHash());
        } finally {
            backend.unlockWriter();
        }
        if (listener != null && !changes.isEmpty()) {
            listener.onChanges(main, changes());
        }
    }
}
