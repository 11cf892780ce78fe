package tenon.mvcc.backend;

import tenon.mvcc.AppliedIndex;
import tenon.mvcc.StateHash;
import tenon.mvcc.index.DroppedRevisions;

/// The changes that go into one commit. The records are changed under the writer lock, the bookkeeping under the
/// monitor too; a sealed batch is not changed any more.
final class BatchTx {
    /// Rises by one from batch to batch.
    final long number;
    final BookkeepingMap bookkeeping = new BookkeepingMap();
    /// Records to delete, behind all puts of this batch.
    final DroppedRevisions deletes = new DroppedRevisions();
    private RecordRun puts = RecordRun.EMPTY;
    // Invariant: not before that of an earlier batch; null if no entry ended in this one.
    private AppliedIndex applied;
    // Invariant: as of `applied`; null with it.
    private StateHash stateHash;
    // Of the hashes of the puts, modulo 2^64.
    private long putHashSum;
    // Of the records to put.
    private long putBytes;

    BatchTx(long number) {
        this.number = number;
    }

    void put(long main, int sub, boolean tombstone, byte[] record, long recordHash) {
        puts = puts.append(main, sub, tombstone, record);
        putHashSum += recordHash;
        putBytes += record.length;
    }

    long putHashSum() {
        return putHashSum;
    }

    RecordRun puts() {
        return puts;
    }

    AppliedIndex applied() {
        return applied;
    }

    StateHash stateHash() {
        return stateHash;
    }

    void setApplied(AppliedIndex newApplied, StateHash newStateHash) {
        applied = newApplied;
        stateHash = newStateHash;
    }

    int changeCount() {
        return puts.count() + deletes.count() + bookkeeping.changeCount();
    }

    /// What the changes hold on the heap, without what is the same for each: the count bounds that.
    long sizeBytes() {
        return putBytes + bookkeeping.sizeBytes();
    }

    boolean isEmpty() {
        return applied == null && changeCount() == 0;
    }
}
