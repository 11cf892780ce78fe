package tenon.mvcc;

import java.util.function.Predicate;

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

    /// Reads keys in ascending order and keeps none of them, so that the range may be larger than the memory.
    ///
    /// @param visitor is handed one after the other, not more than the limit; tells whether it wants the next one
    /// @throws CompactedException if the asked revision is below the compacted one
    /// @throws FutureRevisionException if it is beyond the view's
    RangeCount visit(KeyRange range, RangeOptions options, Predicate<KeyValue> visitor);

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
