package tenon.mvcc.index;

/// One leaf's worth of compaction, on its way down the tree.
final class CompactionStep {
    final long epoch;
    final byte[] from;
    final long atMain;
    final DroppedRevisions dropped;
    /// The first key that may lie behind the leaf; null at the end of the tree.
    byte[] next;
    int keyCount;
    boolean changed;

    CompactionStep(long epoch, byte[] from, long atMain, DroppedRevisions dropped) {
        this.epoch = epoch;
        this.from = from;
        this.atMain = atMain;
        this.dropped = dropped;
    }
}
