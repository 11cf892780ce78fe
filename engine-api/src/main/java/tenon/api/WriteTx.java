package tenon.api;

import java.util.Optional;

/// The one transaction that may change a [Store]. It sees its own changes. Closing it without [#commit] rolls back.
public interface WriteTx extends ReadTx {
    @Override
    Optional<WriteBucket> findBucket(byte[] name);

    @Override
    default WriteBucket bucket(byte[] name) {
        return findBucket(name).orElseThrow(() -> Bucket.missing(name));
    }

    /// Creates a top-level bucket.
    ///
    /// @throws MisuseException if it exists or the name is empty or too long
    WriteBucket createBucket(byte[] name);

    default WriteBucket createBucketIfAbsent(byte[] name) {
        return findBucket(name).orElseGet(() -> createBucket(name));
    }

    /// Deletes a top-level bucket with all it holds.
    ///
    /// @return whether it was there
    boolean deleteBucket(byte[] name);

    /// Makes the changes visible to later transactions and durable, and ends this transaction.
    ///
    /// @throws StorageException if that failed: the store then shows the commit before, and takes no more writes
    void commit();

    /// Forgets the changes and ends this transaction.
    void rollback();
}
