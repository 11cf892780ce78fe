package tenon.mvcc;

/// Some watches that share a [WatchSink]. Safe for use by any thread; nothing here waits for the disk.
public interface WatchStream extends AutoCloseable {
    /// Begins a watch. The sink is told first that it begins, or why not.
    void watch(WatchRequest request);

    /// Ends a watch; the sink is told last that it has ended. Nothing happens if there is no such watch.
    void cancel(long watchId);

    /// Asks for a [WatchNotice.Progress] of the whole stream. It comes when all watches have been told everything
    /// through what is the present revision now, and have begun. One answer may serve several requests.
    void requestProgress();

    /// The sink has room again.
    void onReady();

    /// Ends all watches. The sink is told nothing more.
    @Override
    void close();
}
