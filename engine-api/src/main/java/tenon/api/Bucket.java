package tenon.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// An ordered map from keys to values, and from names to nested buckets, inside a transaction. Keys are ordered as
/// unsigned bytes.
///
/// Finding a bucket costs a search and an object: take it once and keep it for as long as the transaction lasts.
public interface Bucket {
    /// The value of a key, or null if there is none. A name of a nested bucket is no key.
    ByteView get(byte[] key);

    /// Like [#get(byte\[\])], but points an existing view at the value: allocates nothing.
    ///
    /// @return whether the key was found; if not, the view is unchanged
    boolean get(byte[] key, ByteView into);

    /// A cursor before the first element.
    Cursor cursor();

    /// A cursor that sees the elements of a range and nothing else, before the first of them.
    Cursor cursor(KeyRange range);

    /// Calls the action with key and value of each element in order, nested buckets left out. The views move on with
    /// each call. The action must not change this bucket.
    default void forEach(BiConsumer<? super ByteView, ? super ByteView> action) {
        forEach(KeyRange.ALL, action);
    }

    /// The same for the elements of a range.
    default void forEach(KeyRange range, BiConsumer<? super ByteView, ? super ByteView> action) {
        Cursor cursor = cursor(range);
        while (cursor.next()) {
            if (!cursor.isBucket()) {
                action.accept(cursor.key(), cursor.value());
            }
        }
    }

    /// A nested bucket.
    Optional<? extends Bucket> findBucket(byte[] name);

    /// A nested bucket that must be there.
    ///
    /// @throws MisuseException if it is not
    default Bucket bucket(byte[] name) {
        return findBucket(name).orElseThrow(() -> missing(name));
    }

    /// The names of the nested buckets in order. Costs a walk over all elements.
    List<byte[]> bucketNames();

    /// The counter of this bucket; see [WriteBucket#nextSequence].
    long sequence();

    BucketStats stats();

    /// The error for a bucket that should have been there.
    static MisuseException missing(byte[] name) {
        return new MisuseException("there is no bucket '" + new String(name, StandardCharsets.UTF_8) + "'");
    }
}
