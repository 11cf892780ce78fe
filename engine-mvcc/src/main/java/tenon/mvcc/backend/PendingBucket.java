package tenon.mvcc.backend;

import java.util.Arrays;
import java.util.TreeMap;

/// Changes of a bookkeeping bucket that may not be in the file yet, as of some moment.
record PendingBucket(BackendView.Batches batches, TreeMap<byte[], byte[]> changes) {
    PendingBucket(BackendView.Batches batches) {
        this(batches, new TreeMap<>(Arrays::compareUnsigned));
    }
}
