package tenon.api;

/// A point up to which the state machine holds everything, so that the log before it can be released.
public record SnapshotMark(long term, long raftIndex) {
    /// The beginning of a new log.
    public static final SnapshotMark NONE = new SnapshotMark(0, 0);
}
