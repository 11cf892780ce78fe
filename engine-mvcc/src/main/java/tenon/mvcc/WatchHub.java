package tenon.mvcc;

import tenon.api.Platform;
import tenon.mvcc.watch.Hub;

/// Tells of changes of a key space as they happen, and of those that happened before. Safe for use by any thread.
///
/// Each watch sees all events of its range from its start revision on: in order, none twice, none left out, those of one
/// transaction together. Where that cannot be, because of a compaction, it ends and says so. However slow a sink is, a
/// watch takes no more memory than a place in the history.
public interface WatchHub extends AutoCloseable {
    /// Begins to listen to a store. Threads start with the first stream.
    ///
    /// @param store has no other listener, and is closed after the hub
    static WatchHub start(Platform platform, MvccStore store, WatchOptions options) {
        return Hub.start(platform, store, options);
    }

    /// Opens a stream without watches.
    ///
    /// @throws tenon.api.MisuseException after [#close]
    WatchStream open(WatchSink sink);

    WatchStats stats();

    /// Ends all streams, tells their sinks, and ends the threads.
    @Override
    void close();
}
