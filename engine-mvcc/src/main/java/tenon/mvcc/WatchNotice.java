package tenon.mvcc;

import java.util.List;

/// What a [WatchStream] tells its [WatchSink]. The revision in each is what it was true at.
public sealed interface WatchNotice {
    /// A watch begins: its events, from its start revision or else from the one behind this, follow.
    record Created(long watchId, long revision) implements WatchNotice {}

    /// A watch was asked for that cannot be.
    record Refused(long revision, Refusal refusal) implements WatchNotice {}

    /// Things happened, in order of revisions; all that one transaction did is in one notice.
    ///
    /// @param revision at least that of the last event
    /// @param mayFragment whether the watcher takes it in parts
    record Events(long watchId, long revision, boolean mayFragment, List<WatchEvent> events) implements WatchNotice {}

    /// All events through the revision have been told.
    ///
    /// @param watchId of one watch, or [#ALL] for the whole stream
    record Progress(long watchId, long revision) implements WatchNotice {
        public static final long ALL = -1;
    }

    /// A watch has ended because that was asked for.
    record Canceled(long watchId, long revision) implements WatchNotice {}

    /// A watch has ended because what it was to tell next is compacted.
    ///
    /// @param revision the compacted one
    record Compacted(long watchId, long revision) implements WatchNotice {}

    /// The main revision that the notice is about.
    long revision();

    /// Why there is no such watch.
    enum Refusal {
        /// The stream has a watch with this id.
        DUPLICATE_ID,
        /// The range ends before it begins.
        EMPTY_RANGE,
        /// No history begins before revision 0.
        NEGATIVE_REVISION
    }
}
