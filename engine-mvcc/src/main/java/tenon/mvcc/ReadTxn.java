package tenon.mvcc;

import java.util.List;

/// A stable view of the key space. One thread at a time.
public interface ReadTxn extends AutoCloseable {
    /// The store's main revision in this view; of a write transaction, before its own changes.
    long revision();

    /// The store's compacted revision in this view, -1 if none.
    long compactedRevision();

    /// Reads keys in ascending order.
    ///
    /// @throws CompactedException if the asked revision is below the compacted one
    /// @throws FutureRevisionException if it is beyond the view's
    RangeResult range(KeyRange range, RangeOptions options);

    /// The changes from a main revision on, in the order in which they were made, a deletion as a record with key and
    /// modRevision only: what a watcher has to catch up with. Whole transactions only; go on behind the last one's
    /// revision. Reads the file forward, and takes no lock. Not in a write transaction.
    ///
    /// @param fromRevision the first main revision wanted; of the compacted revision itself the changes are there
    /// @param changeCount about so many changes: the transaction that reaches the number is the last one
    /// @throws CompactedException if the revision is below the compacted one
    List<WriteTxn.Change> history(long fromRevision, int changeCount);

    @Override
    void close();
}
