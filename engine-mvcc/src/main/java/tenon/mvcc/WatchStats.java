package tenon.mvcc;

/// The state of a [WatchHub].
///
/// @param streamCount open streams
/// @param watcherCount watches, of all streams
/// @param unsyncedCount those of them that have to catch up
/// @param sentEventCount events told since the start, counted for each watch
/// @param pendingEventCount changes that synced watches have not been told of yet
public record WatchStats(
        int streamCount, int watcherCount, int unsyncedCount, long sentEventCount, int pendingEventCount) {}
