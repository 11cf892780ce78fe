package tenon.mvcc.backend;

/// Is shown records of the `key` bucket.
@FunctionalInterface
public interface RecordVisitor {
    /// @return whether to go on
    boolean onRecord(long main, int sub, boolean tombstone, byte[] record);
}
