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

    @Override
    void close();
}
