package tenon.api;

/// The state of a store.
///
/// @param txid the last commit
/// @param fileSizeBytes size of the file
/// @param pageCount pages up to the high water mark
/// @param freePageCount pages that the next write transaction may reuse
/// @param pendingPageCount pages that were freed, but that a reader may still see
/// @param openReadTxCount readers
/// @param oldestReadTxid the commit that the oldest reader sees, or [#txid] without readers
/// @param oldestReadAgeNs how long the oldest reader has been on that commit, or 0 without readers
/// @param retainedPageCount pages that cannot be reused before the oldest reader ends, or 0 without readers
/// @param commitCount commits since the store was opened
public record StoreStats(
        long txid,
        int pageSizeBytes,
        long fileSizeBytes,
        long pageCount,
        long freePageCount,
        long pendingPageCount,
        int openReadTxCount,
        long oldestReadTxid,
        long oldestReadAgeNs,
        long retainedPageCount,
        long commitCount) {
    /// Bytes of pages that hold data.
    public long inUseBytes() {
        return (pageCount - freePageCount - pendingPageCount) * pageSizeBytes;
    }
}
