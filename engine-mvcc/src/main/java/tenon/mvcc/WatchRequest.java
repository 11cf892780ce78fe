package tenon.mvcc;

/// What somebody wants to watch.
///
/// @param watchId under which it is told of, unique in its stream; 0 lets the stream choose one
/// @param startRevision the first main revision wanted, which may be to come; 0 for all after the present one
/// @param wants what is told beside the bare events
public record WatchRequest(long watchId, KeyRange range, long startRevision, Wants wants) {
    /// What is told of the events, and how.
    ///
    /// @param puts whether puts are told
    /// @param deletes whether deletions are told
    /// @param previous whether the record before the event is told
    /// @param progress whether the watcher is told from time to time how far it is, if nothing happens
    /// @param fragments whether the events of one transaction may come in several parts
    public record Wants(boolean puts, boolean deletes, boolean previous, boolean progress, boolean fragments) {
        /// All events and nothing else.
        public static final Wants EVENTS = new Wants(true, true, false, false, false);

        /// All events, each with the record before it.
        public static final Wants PREVIOUS = new Wants(true, true, true, false, false);
    }

    /// Whether an event is wanted.
    public boolean accepts(boolean isDelete) {
        return isDelete ? wants.deletes : wants.puts;
    }
}
