package tenon.mvcc;

/// How a [MvccStore] works.
///
/// @param batchIntervalNs at the latest after this time a change is committed
/// @param batchLimit so many pending changes are committed at once
/// @param batchSizeMaxBytes or so many bytes of them; with twice as many on the heap, writers wait
/// @param compactionBatchLimit records that one step of a compaction looks at
/// @param compactionPauseNs time between two such steps
/// @param prefault whether the file is read into memory when it is opened
/// @param keyFillPercent how full pages of the key bucket are made, 0.1 to 1.0
public record MvccOptions(
        long batchIntervalNs,
        int batchLimit,
        long batchSizeMaxBytes,
        int compactionBatchLimit,
        long compactionPauseNs,
        boolean prefault,
        double keyFillPercent) {
    /// Large enough for a commit to be worth its syncs, small enough for two batches to leave room in a small heap.
    private static final long BATCH_SIZE_MAX_BYTES = Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 16);

    public static final MvccOptions DEFAULT = new MvccOptions(100_000_000L, 10_000, 1_000, 10_000_000L, false, 0.9);

    /// With the usual size of a batch.
    public MvccOptions(
            long batchIntervalNs,
            int batchLimit,
            int compactionBatchLimit,
            long compactionPauseNs,
            boolean prefault,
            double keyFillPercent) {
        this(
                batchIntervalNs,
                batchLimit,
                BATCH_SIZE_MAX_BYTES,
                compactionBatchLimit,
                compactionPauseNs,
                prefault,
                keyFillPercent);
    }

    public MvccOptions withBatchSizeMaxBytes(long sizeBytes) {
        return new MvccOptions(
                batchIntervalNs, batchLimit, sizeBytes, compactionBatchLimit, compactionPauseNs, prefault, keyFillPercent);
    }
}
