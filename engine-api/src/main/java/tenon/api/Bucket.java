package tenon.api;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// An ordered map from keys to values, and from names to nested buckets, inside a transaction. Keys are ordered as
/// unsigned bytes.
public interface Bucket {
    /// The value of a key, or null if there is none. A name of a nested bucket is no key.
    ByteView get(byte[] key);

    /// Like [#get(byte\[\])], but points an existing view at the value: allocates nothing.
    ///
    /// @return whether the key was found; if not, the view is unchanged
    boolean get(byte[] key, ByteView into);

    /// A cursor before the first element.
    Cursor cursor();

    /// A nested bucket.
    Optional<? extends Bucket> findBucket(byte[] name);

    /// The counter of this bucket; see [WriteBucket#nextSequence].
    long sequence();

    BucketStats stats();

    /// The error for a bucket that should have been there.
    static MisuseException missing(byte[] name) {
        return new MisuseException("there is no bucket '" + new String(name, StandardCharsets.UTF_8) + "'");
    }
}
