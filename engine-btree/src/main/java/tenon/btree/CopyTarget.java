package tenon.btree;

import tenon.api.ByteView;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;

/// A store that is being made a copy of another one, in transactions of bounded size.
final class CopyTarget implements AutoCloseable {
    private static final long BATCH_BYTES = 16 << 20;

    private final BTreeStore store;
    private WriteTx tx;
    private long batchBytes;
    private BucketPath openPath;
    private WriteBucket open;

    CopyTarget(BTreeStore store) {
        this.store = store;
        this.tx = store.beginWrite();
    }

    /// The names that lead to a bucket, this one's last; the root has none.
    record BucketPath(BucketPath parent, byte[] name) {
        static final BucketPath ROOT = new BucketPath(null, null);

        boolean isRoot() {
            return parent == null;
        }

        /// For people to read.
        String printable() {
            return isRoot() ? "the root bucket" : parent.printable() + " / " + Names.printable(name);
        }

        private WriteBucket open(WriteTx tx) {
            return parent.isRoot()
                    ? tx.bucket(name)
                    : parent.open(tx).findBucket(name).orElseThrow();
        }
    }

    private WriteBucket bucket(BucketPath path) {
        if (path != openPath) {
            open = path.open(tx);
            open.setFillPercent(1.0);
            openPath = path;
        }
        return open;
    }

    void put(BucketPath path, byte[] key, ByteView value) {
        bucket(path).put(key, value);
        written(key.length + value.lengthBytes());
    }

    void put(BucketPath path, byte[] key, byte[] value) {
        bucket(path).put(key, value);
        written(key.length + value.length);
    }

    /// @return whether the key was absent, as a key and as a bucket
    boolean putIfAbsent(BucketPath path, byte[] key, ByteView value) {
        boolean isAbsent =
                bucket(path).findBucket(key).isEmpty() && bucket(path).get(key) == null;
        if (isAbsent) {
            put(path, key, value);
        }
        return isAbsent;
    }

    /// @return whether the bucket is there now: its name is not that of a key
    boolean createBucketIfAbsent(BucketPath path) {
        if (hasBucket(path)) {
            return true;
        }
        if (!path.parent().isRoot() && bucket(path.parent()).get(path.name()) != null) {
            return false;
        }
        createBucket(path);
        written(path.name().length);
        return true;
    }

    boolean hasBucket(BucketPath path) {
        return path.parent().isRoot()
                ? tx.findBucket(path.name()).isPresent()
                : bucket(path.parent()).findBucket(path.name()).isPresent();
    }

    void delete(BucketPath path, byte[] key) {
        bucket(path).delete(key);
        written(key.length);
    }

    void createBucket(BucketPath path) {
        if (path.parent().isRoot()) {
            tx.createBucket(path.name());
        } else {
            bucket(path.parent()).createBucket(path.name());
        }
    }

    void deleteBucket(BucketPath path) {
        openPath = null;
        if (path.parent().isRoot()) {
            tx.deleteBucket(path.name());
        } else {
            bucket(path.parent()).deleteBucket(path.name());
        }
    }

    void setSequence(BucketPath path, long sequence) {
        bucket(path).setSequence(sequence);
    }

    private void written(long bytes) {
        batchBytes += bytes;
        if (batchBytes > BATCH_BYTES) {
            flush();
        }
    }

    /// Commits what was copied so far.
    void flush() {
        tx.commit();
        tx = store.beginWrite();
        batchBytes = 0;
        openPath = null;
    }

    @Override
    public void close() {
        tx.close();
    }
}
