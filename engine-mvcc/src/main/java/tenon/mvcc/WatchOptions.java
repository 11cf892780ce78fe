package tenon.mvcc;

/// How a [WatchHub] works.
///
/// @param progressIntervalNs between two notices of progress to a watch for which nothing happens
/// @param syncThreadCount threads that read the history for watches that are behind
/// @param window how much of it they read at once
/// @param noticeSizeBytes events of several transactions go into one notice up to this size
/// @param tailSizeBytesMax changes that may wait in memory until synced watches are told; more are read from the history
public record WatchOptions(
        long progressIntervalNs, int syncThreadCount, HistoryLimit window, int noticeSizeBytes, long tailSizeBytesMax) {
    public static final WatchOptions DEFAULT =
            new WatchOptions(600_000_000_000L, 2, new HistoryLimit(4_096, 1 << 20), 1 << 20, 8 << 20);

    public WatchOptions {
        if (progressIntervalNs <= 0 || syncThreadCount <= 0 || noticeSizeBytes <= 0 || tailSizeBytesMax < 0) {
            throw new IllegalArgumentException("options of watches must be positive");
        }
    }

    public WatchOptions withProgressIntervalNs(long intervalNs) {
        return new WatchOptions(intervalNs, syncThreadCount, window, noticeSizeBytes, tailSizeBytesMax);
    }
}
