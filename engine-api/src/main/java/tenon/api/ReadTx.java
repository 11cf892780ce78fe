package tenon.api;

import java.util.List;
import java.util.Optional;

/// A snapshot of a [Store]. Ends with [#close].
public interface ReadTx extends AutoCloseable {
    /// The number of the commit that this transaction sees, or for a write transaction makes.
    long txid();

    /// A top-level bucket.
    Optional<? extends Bucket> findBucket(byte[] name);

    /// A top-level bucket that must be there.
    ///
    /// @throws MisuseException if it is not
    default Bucket bucket(byte[] name) {
        return findBucket(name).orElseThrow(() -> Bucket.missing(name));
    }

    /// The names of the top-level buckets in order.
    List<byte[]> bucketNames();

    /// Size of the store as this transaction sees it, in bytes, free pages included.
    long sizeBytes();

    /// Size of the pages in use as this transaction sees them, in bytes.
    long sizeInUseBytes();

    /// All buckets together, nested ones and the list of the top-level ones included. Costs a walk over all pages.
    BucketStats stats();

    /// Moves on to the last commit, as if this transaction were closed and another one begun, but at next to no cost.
    /// Buckets go on and show that commit; one that is gone there throws [MisuseException]. Views and cursors are void
    /// until they are set again, if there was a commit in between.
    ///
    /// @throws MisuseException in a write transaction
    void renew();

    @Override
    void close();
}
