package tenon.mvcc.backend;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Pending changes of bookkeeping buckets. The last change of a key wins.
final class BookkeepingMap {
    /// What is kept for a deleted key.
    static final byte[] DELETED = {};

    private final Map<String, TreeMap<byte[], byte[]>> buckets = new HashMap<>();
    private int changeCount;
    private long sizeBytes;

    /// Sets a value, which may be [#DELETED] itself.
    void set(String bucket, byte[] key, byte[] value) {
        buckets.computeIfAbsent(bucket, name -> new TreeMap<>(Arrays::compareUnsigned)).put(key, value);
        changeCount++;
        sizeBytes += key.length + value.length;
    }

    /// The value, [#DELETED], or null if the key was not changed.
    byte[] get(String bucket, byte[] key) {
        TreeMap<byte[], byte[]> changes = buckets.get(bucket);
        return changes == null ? null : changes.get(key);
    }

    Map<byte[], byte[]> changes(String bucket) {
        TreeMap<byte[], byte[]> changes = buckets.get(bucket);
        return changes == null ? Map.of() : changes;
    }

    Map<String, TreeMap<byte[], byte[]>> all() {
        return buckets;
    }

    int changeCount() {
        return changeCount;
    }

    /// Of keys and values, those included that were replaced since.
    long sizeBytes() {
        return sizeBytes;
    }

    /// Moves all changes into another map.
    void moveTo(BookkeepingMap target) {
        buckets.forEach((bucket, changes) -> changes.forEach((key, value) -> target.set(bucket, key, value)));
        buckets.clear();
        changeCount = 0;
        sizeBytes = 0;
    }
}
