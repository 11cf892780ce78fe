package tenon.mvcc;

/// Where the notices of one [WatchStream] go: a connection, most likely. Called by any thread, but never by two at once,
/// except for [#isReady]. Must not block, must not throw, and must not call the stream.
public interface WatchSink {
    /// Whether there is room for another notice. While there is none, the watches of the stream fall behind, at no cost
    /// in memory; when there is again, [WatchStream#onReady] has to be called.
    boolean isReady();

    /// Takes a notice. Events and progress come only while [#isReady]; what answers a request may come at any time.
    void send(WatchNotice notice);

    /// Nothing more will come.
    ///
    /// @param failure why, null if the hub was closed
    void end(Throwable failure);
}
