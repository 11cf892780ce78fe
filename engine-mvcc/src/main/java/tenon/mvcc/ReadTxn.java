package tenon.mvcc;

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
    /// modRevision only: what a watcher has to catch up with. Whole transactions only. Reads the file forward, and takes
    /// no lock. Not in a write transaction.
    ///
    /// @param fromRevision the first main revision wanted; of the compacted revision itself the changes are there
    /// @param limit how much at once
    /// @return empty if the revision is beyond the view's
    /// @throws CompactedException if the revision is below the compacted one
    HistoryWindow history(long fromRevision, HistoryLimit limit);

    @Override
    void close();
}
