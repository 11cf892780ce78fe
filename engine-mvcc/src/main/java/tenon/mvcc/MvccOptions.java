package tenon.mvcc;

/// How a [MvccStore] works.
///
/// @param batchIntervalNs at the latest after this time a change is committed
/// @param batchLimit so many pending changes are committed at once
/// @param compactionBatchLimit records that one step of a compaction looks at
/// @param compactionPauseNs time between two such steps
/// @param prefault whether the file is read into memory when it is opened
/// @param keyFillPercent how full pages of the key bucket are made, 0.1 to 1.0
public record MvccOptions(
        long batchIntervalNs,
        int batchLimit,
        int compactionBatchLimit,
        long compactionPauseNs,
        boolean prefault,
        double keyFillPercent) {
    public static final MvccOptions DEFAULT = new MvccOptions(100_000_000L, 10_000, 1_000, 10_000_000L, false, 0.9);
}
