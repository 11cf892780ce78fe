package tenon.api;

import java.util.Optional;

/// A [Bucket] that can be changed. A change may move values: views and cursors of the same write transaction that
/// were set before it throw [TxEndedException], until they are set again.
public interface WriteBucket extends Bucket {
    /// Sets the value of a key. Both are copied.
    ///
    /// @throws MisuseException if the key is empty or too long, the value too long, or the key names a nested bucket
    default void put(byte[] key, byte[] value) {
        put(key, value, 0, value.length);
    }

    /// Sets the value of a key to a part of an array.
    void put(byte[] key, byte[] source, int index, int lengthBytes);

    /// @return whether the key was there
    boolean delete(byte[] key);

    /// @throws MisuseException if the name exists, as a key or as a bucket
    WriteBucket createBucket(byte[] name);

    @Override
    Optional<WriteBucket> findBucket(byte[] name);

    /// Deletes a nested bucket with all it holds.
    boolean deleteBucket(byte[] name);

    @Override
    WriteCursor cursor();

    /// Raises the counter by one and returns it; it starts at 0 and is kept with the bucket.
    long nextSequence();

    void setSequence(long sequence);

    /// How full a page is made when it is split, from 0.1 to 1.0; 0.5 suits random keys, 1.0 ascending ones. Holds
    /// for this transaction.
    void setFillPercent(double fillPercent);
}
