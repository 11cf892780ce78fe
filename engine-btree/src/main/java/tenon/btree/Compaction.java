package tenon.btree;

import tenon.api.ByteView;
import tenon.api.Store;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;

/// Copies the live data of a transaction into an empty store, in order and in full pages, in transactions of bounded
/// size.
final class Compaction {
    private static final long BATCH_BYTES = 16 << 20;

    private final Store target;
    private WriteTx tx;
    private long batchBytes;

    private Compaction(Store target) {
        this.target = target;
    }

    static void copy(BTreeTx source, Store target) {
        Compaction compaction = new Compaction(target);
        compaction.tx = target.beginWrite();
        try {
            compaction.copyBuckets(source.root(), new Path(null, null));
            compaction.tx.commit();
        } finally {
            compaction.tx.close();
        }
    }

    /// The names that lead to a bucket, outermost last; the root has none.
    private record Path(Path parent, byte[] name) {
        WriteBucket open(WriteTx tx) {
            WriteBucket bucket =
                    parent.parent == null ? tx.bucket(name) : parent.open(tx).findBucket(name).orElseThrow();
            bucket.setFillPercent(1.0);
            return bucket;
        }
    }

    private void copyBuckets(BTreeBucket source, Path path) {
        boolean isRoot = path.parent == null;
        WriteBucket bucket = isRoot ? null : path.open(tx);
        BTreeCursor cursor = source.cursor();
        while (cursor.next()) {
            byte[] key = cursor.key().toByteArray();
            if (cursor.isBucket()) {
                BTreeBucket child = (BTreeBucket) source.findBucket(key).orElseThrow();
                WriteBucket created = isRoot ? tx.createBucket(key) : bucket.createBucket(key);
                created.setSequence(child.sequence());
                copyBuckets(child, new Path(path, key));
                bucket = isRoot ? null : path.open(tx);
            } else {
                ByteView value = cursor.value();
                bucket.put(key, value.toByteArray());
                batchBytes += key.length + value.lengthBytes();
                if (batchBytes > BATCH_BYTES) {
                    batchBytes = 0;
                    tx.commit();
                    tx = target.beginWrite();
                    bucket = path.open(tx);
                }
            }
        }
    }
}
