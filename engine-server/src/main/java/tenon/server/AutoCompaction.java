package tenon.server;

/// When old versions are compacted without being asked to.
///
/// @param retention unit by mode: milliseconds of history, or revisions, that are kept; 0 switches it off
public record AutoCompaction(Mode mode, long retention) {
    /// Never.
    public static final AutoCompaction OFF = new AutoCompaction(Mode.PERIODIC, 0);

    public AutoCompaction {
        if (retention < 0) {
            throw new IllegalArgumentException("the retention of automatic compaction is negative: " + retention);
        }
    }

    public static AutoCompaction periodic(long retentionMs) {
        return new AutoCompaction(Mode.PERIODIC, retentionMs);
    }

    public static AutoCompaction revisions(long count) {
        return new AutoCompaction(Mode.REVISION, count);
    }

    public boolean isOff() {
        return retention == 0;
    }

    /// What the retention counts.
    public enum Mode {
        PERIODIC,
        REVISION
    }
}
