package tenon.mvcc.index;

/// A node of the tree. Belongs to the epoch in which it was made: in that epoch the writer may edit it in place, later
/// nobody may.
abstract sealed class Node permits Leaf, Branch {
    final long epoch;
    // Invariant: the number of keys in this subtree whose last version is no tombstone.
    long liveCount;

    Node(long epoch) {
        this.epoch = epoch;
    }

    /// Applies a change.
    ///
    /// @return this node or its copy; if it has split, the edit carries the right half
    abstract Node apply(Edit edit);

    /// Compacts the one leaf in which `step.from` lies.
    ///
    /// @return this node or its copy, or null if nothing is left of it
    abstract Node compact(CompactionStep step);

    /// How full it is. Two neighbours of low weight are merged.
    abstract int weight();

    /// This node and its right neighbour in one.
    abstract Node merge(long newEpoch, byte[] separator, Node right);

    /// Live keys that are less than this one.
    abstract long liveBefore(byte[] key);

    abstract Leaf findLeaf(byte[] key);

    /// Visits the keys from `from` on, see [IndexSnapshot#visit].
    ///
    /// @return whether to go on
    abstract boolean visit(Walk walk);

    abstract void measure(IndexSize size);

    /// Checks the invariants of the subtree, whose keys must lie in `[low, high)`; null is no bound.
    ///
    /// @return its depth
    abstract int validate(byte[] low, byte[] high);
}
