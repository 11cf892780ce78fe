package tenon.mvcc;

import java.io.OutputStream;
import java.util.List;
import java.util.function.LongConsumer;
import tenon.api.DefragmentReport;
import tenon.api.StoreStats;

/// The file behind a [MvccStore]: buckets for bookkeeping beside the key space, committed in the same transactions.
/// Changes are for the writer's thread; the rest for any.
public interface Backend {
    /// Null if there is none. Sees changes that are not committed yet.
    byte[] get(String bucket, byte[] key);

    /// Sets a value, both copied. The change belongs to the log entry that is ended next (closing a write transaction,
    /// skip, compact) and is committed with its index, or with [#commit] on this thread.
    ///
    /// @throws tenon.api.MisuseException for the buckets `key` and `meta`
    void put(String bucket, byte[] key, byte[] value);

    void delete(String bucket, byte[] key);

    /// All records of a bucket in order.
    List<Record> list(String bucket);

    /// Commits what is pending and waits until it is durable.
    void commit();

    /// Whether a change of usual size would find room, now, without waiting for a commit. That is so unless the disk is
    /// much slower than the changes come.
    boolean hasRoom();

    /// The consistent index that is durable, not merely applied.
    AppliedIndex durableIndex();

    /// Writes a consistent copy of the file, with all that is visible now.
    ///
    /// @param onSize is told the size in bytes before the first byte is written
    /// @return bytes written
    long copyTo(OutputStream target, LongConsumer onSize);

    DefragmentReport defragment();

    /// CRC32C over names and content of all buckets.
    int hash();

    StoreStats storeStats();

    /// Called with the duration of each backend commit, in nanoseconds, on the committing thread.
    void onCommit(LongConsumer durationNs);

    /// A failed commit ends all writing; the listener is told once, on the committing thread.
    void onFailure(java.util.function.Consumer<RuntimeException> listener);

    /// A key and its value.
    record Record(byte[] key, byte[] value) {}
}
