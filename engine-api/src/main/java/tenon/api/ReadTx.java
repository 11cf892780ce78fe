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

    @Override
    void close();
}
