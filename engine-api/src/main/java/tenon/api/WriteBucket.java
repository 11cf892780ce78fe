package tenon.api;

import java.lang.foreign.MemorySegment;
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

    /// Sets the value of a key to all bytes of a segment, on the heap or off it; of a buffer by
    /// `MemorySegment.ofBuffer`. A value of more than half a page is copied straight to its place.
    void put(byte[] key, MemorySegment value);

    /// Sets the value of a key to what a view shows, of this store or another one, straight from there to its place.
    void put(byte[] key, ByteView value);

    /// Sets the value of a key to so many zeros, to be written where they lie: no copy is made on the heap, of a value of
    /// any size.
    ///
    /// @return the value, to be written before the next change of this transaction
    /// @throws MisuseException as [#put(byte\[\], byte\[\])]
    WritableView reserve(byte[] key, int lengthBytes);

    /// Sets the value of a key that has none.
    ///
    /// @return false if the key has a value, which then stays
    /// @throws MisuseException as [#put(byte\[\], byte\[\])]
    boolean putIfAbsent(byte[] key, byte[] value);

    /// Sets the value of a key that is greater than all keys of this bucket, nested buckets' names counted in. The
    /// fastest way to load ascending keys.
    ///
    /// @throws MisuseException if the key is not greater, or as [#put(byte\[\], byte\[\])]
    void append(byte[] key, byte[] value);

    /// @return whether the key was there
    boolean delete(byte[] key);

    /// Deletes the keys of a range; nested buckets stay. The cost follows the pages: those that lie in the range as a
    /// whole are freed without being changed.
    ///
    /// @return keys deleted
    long deleteRange(KeyRange range);

    /// @throws MisuseException if the name exists, as a key or as a bucket
    WriteBucket createBucket(byte[] name);

    default WriteBucket createBucketIfAbsent(byte[] name) {
        return findBucket(name).orElseGet(() -> createBucket(name));
    }

    @Override
    Optional<WriteBucket> findBucket(byte[] name);

    @Override
    default WriteBucket bucket(byte[] name) {
        return findBucket(name).orElseThrow(() -> Bucket.missing(name));
    }

    /// Deletes a nested bucket with all it holds.
    boolean deleteBucket(byte[] name);

    @Override
    WriteCursor cursor();

    @Override
    WriteCursor cursor(KeyRange range);

    /// Raises the counter by one and returns it; it starts at 0 and is kept with the bucket.
    long nextSequence();

    void setSequence(long sequence);

    /// How full a page is made when it is split, from 0.1 to 1.0; 0.5 suits random keys, 1.0 ascending ones. Holds
    /// for this transaction.
    void setFillPercent(double fillPercent);
}
