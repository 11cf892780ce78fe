package tenon.mvcc;

import java.util.List;

/// The write transaction of one log entry. It sees its own changes. Its changes become visible to others, together
/// with the entry's index, when it is closed. It cannot be rolled back: check before you write.
public interface WriteTxn extends ReadTxn {
    /// Sets a key.
    ///
    /// @param leaseId 0 for none
    /// @return the main revision of this transaction's changes
    long put(byte[] key, byte[] value, long leaseId);

    /// Deletes keys.
    ///
    /// @return how many there were
    long deleteRange(KeyRange range);

    /// The changes so far, in order; a deletion as a record with key and modRevision only.
    List<Change> changes();

    /// Ends without effect, because of a failure in the middle. What it has changed cannot be taken back, so the
    /// store takes no more writes; what ended before stays, and the entry can be applied again after the next open.
    void abandon(Throwable cause);

    /// One change.
    record Change(boolean isDelete, KeyValue keyValue) {}
}
