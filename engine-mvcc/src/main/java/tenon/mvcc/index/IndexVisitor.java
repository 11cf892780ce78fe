package tenon.mvcc.index;

/// Is shown the keys of a range that exist at a revision, in order.
@FunctionalInterface
public interface IndexVisitor {
    /// @param keys holds the key at this index
    /// @param main of the version that is visible
    /// @return whether to go on
    boolean onKey(PackedKeys keys, int index, long main, int sub);
}
