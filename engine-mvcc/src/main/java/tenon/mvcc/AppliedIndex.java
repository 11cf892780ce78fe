package tenon.mvcc;

/// A log entry whose effect, and that of all entries before it, is held.
public record AppliedIndex(long term, long raftIndex) {
    public static final AppliedIndex NONE = new AppliedIndex(0, 0);
}
