package tenon.mvcc.backend;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import tenon.api.Bucket;
import tenon.api.ByteView;
import tenon.api.Cursor;
import tenon.api.DefragmentReport;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.StorageFailedException;
import tenon.api.Store;
import tenon.api.StoreStats;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.Backend;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.StateHash;
import tenon.mvcc.layout.MetaLayout;

/// The file behind a key space. See the package document.
///
/// @param <H> what the writer publishes together with its changes
public final class FileBackend<H> implements Backend, AutoCloseable {
    private static final String COMMITTER_NAME = "tenon-backend-commit";

    private final Store store;
    private final BatchQueue<H> queue;
    private final BatchCommitter committer;
    private Thread committerThread;

    private FileBackend(Platform platform, Store store, MvccOptions options, H head, Durable durable) {
        this.store = store;
        queue = new BatchQueue<>(platform.clock(), options, head);
        committer = new BatchCommitter(store, platform.clock(), queue, options.keyFillPercent(), durable);
    }

    /// What the store says of itself when it is taken over.
    ///
    /// @param applied its consistent index
    /// @param recordSum of the hashes of all records in the `key` bucket
    public record Durable(AppliedIndex applied, long recordSum) {}

    /// Takes over an open store and starts the committing thread.
    ///
    /// @param head what the store holds, as its owner sees it
    public static <H> FileBackend<H> start(
            Platform platform, Store store, MvccOptions options, H head, Durable durable) {
        FileBackend<H> backend = new FileBackend<>(platform, store, options, head, durable);
        backend.committerThread = platform.threads().start(COMMITTER_NAME, backend.committer::run);
        return backend;
    }

    /// What was published last.
    public H head() {
        return queue.view().head();
    }

    /// Begins a read of what is visible now.
    public BackendRead<H> beginRead() {
        for (;;) {
            BackendView<H> view = queue.view();
            ReadTx tx = store.beginRead();
            if (queue.view().batches().equals(view.batches())) {
                return new BackendRead<>(view, view.active(), tx, store.path());
            }
            tx.close();
        }
    }

    /// Like [#beginRead], but sees what the holder of the writer lock has appended since.
    public BackendRead<H> unsafeBeginRead() {
        for (;;) {
            BackendView<H> view = queue.view();
            ReadTx tx = store.beginRead();
            if (queue.view().batches().equals(view.batches())) {
                return new BackendRead<>(view, queue.unsafeActive().puts(), tx, store.path());
            }
            tx.close();
        }
    }

    /// Takes the writer lock for one entry or one step of a compaction.
    ///
    /// @throws tenon.api.StorageFailedException after a failed commit; the lock is not held then
    public void lockWriter() {
        queue.lockWriter();
    }

    public void unlockWriter() {
        queue.unlockWriter();
    }

    public boolean isWriterLockMine() {
        return queue.isWriterLockMine();
    }

    /// Appends a record behind all others.
    ///
    /// @param recordHash of [tenon.mvcc.layout.RecordHasher]
    public void unsafeAppend(long main, int sub, boolean tombstone, byte[] record, long recordHash) {
        queue.unsafeActive().put(main, sub, tombstone, record, recordHash);
    }

    /// Deletes a record that readers of the published head cannot reach.
    public void unsafeDelete(long main, int sub, boolean tombstone) {
        queue.unsafeActive().deletes.add(main, sub, tombstone);
    }

    /// Sets a record of the `meta` bucket.
    public void unsafeSetMeta(String name, byte[] value) {
        queue.unsafeSet(MetaLayout.META_BUCKET, MetaLayout.name(name), value);
    }

    /// Ends an entry: its changes become visible at once and are committed with its index.
    ///
    /// @param stateHash as of the entry
    public void unsafeEndEntry(H head, AppliedIndex at, StateHash stateHash) {
        queue.unsafeEndEntry(head, at, stateHash);
    }

    /// Makes changes visible that belong to no entry.
    public void unsafeEndStep(H head) {
        queue.unsafeEndStep(head);
    }

    /// Takes no more writes: the active batch holds a part of an entry, which must never be committed.
    public void unsafeFail(Throwable cause) {
        queue.onFailed(new StorageFailedException(store.path(), cause));
    }

    @Override
    public byte[] get(String bucket, byte[] key) {
        byte[] pending = queue.findPending(bucket, key);
        if (pending != null) {
            return pending == BookkeepingMap.DELETED ? null : pending.clone();
        }
        try (ReadTx tx = store.beginRead()) {
            Optional<? extends Bucket> stored = tx.findBucket(MetaLayout.name(bucket));
            ByteView value = stored.isPresent() ? stored.get().get(key) : null;
            return value == null ? null : value.toByteArray();
        }
    }

    @Override
    public void put(String bucket, byte[] key, byte[] value) {
        checkBookkeeping(bucket);
        queue.setPending(bucket, key.clone(), value.clone());
    }

    @Override
    public void delete(String bucket, byte[] key) {
        checkBookkeeping(bucket);
        queue.setPending(bucket, key.clone(), BookkeepingMap.DELETED);
    }

    private void checkBookkeeping(String bucket) {
        if (bucket.equals(MetaLayout.KEY_BUCKET) || bucket.equals(MetaLayout.META_BUCKET)) {
            throw new MisuseException("bucket '" + bucket + "' is the key space's own");
        }
        queue.checkWritable();
    }

    @Override
    public List<Record> list(String bucket) {
        for (;;) {
            PendingBucket pending = queue.copyPending(bucket);
            try (ReadTx tx = store.beginRead()) {
                if (queue.view().batches().equals(pending.batches())) {
                    return merged(tx, bucket, pending.changes());
                }
            }
        }
    }

    private static List<Record> merged(ReadTx tx, String bucket, Map<byte[], byte[]> changes) {
        TreeMap<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);
        Optional<? extends Bucket> stored = tx.findBucket(MetaLayout.name(bucket));
        if (stored.isPresent()) {
            Cursor cursor = stored.get().cursor();
            while (cursor.next()) {
                records.put(cursor.key().toByteArray(), cursor.value().toByteArray());
            }
        }
        records.putAll(changes);
        List<Record> result = new ArrayList<>(records.size());
        records.forEach((key, value) -> {
            if (value != BookkeepingMap.DELETED) {
                result.add(new Record(key, value));
            }
        });
        return result;
    }

    @Override
    public void commit() {
        queue.commitAndWait();
    }

    @Override
    public boolean hasRoom() {
        return queue.hasRoom();
    }

    @Override
    public AppliedIndex durableIndex() {
        return committer.durableIndex();
    }

    @Override
    public long copyTo(OutputStream target, LongConsumer onSize) {
        commit();
        return store.copyTo(target, onSize);
    }

    @Override
    public DefragmentReport defragment() {
        return store.defragment();
    }

    @Override
    public int hash() {
        commit();
        CRC32C crc = new CRC32C();
        try (ReadTx tx = store.beginRead()) {
            for (byte[] name : tx.bucketNames()) {
                crc.update(name);
                Cursor cursor = tx.bucket(name).cursor();
                while (cursor.next()) {
                    crc.update(cursor.key().toByteArray());
                    crc.update(cursor.value().toByteArray());
                }
            }
        }
        return (int) crc.getValue();
    }

    @Override
    public StoreStats storeStats() {
        return store.stats();
    }

    @Override
    public void onCommit(LongConsumer listener) {
        committer.onCommit(listener);
    }

    @Override
    public void onFailure(Consumer<RuntimeException> listener) {
        committer.onFailure(listener);
    }

    public long commitCount() {
        return committer.commitCount();
    }

    public int pendingChangeCount() {
        return queue.pendingChangeCount();
    }

    public Store store() {
        return store;
    }

    /// Commits what is pending, unless a commit has failed, and closes the store.
    @Override
    public void close() {
        try {
            if (!queue.isFailed()) {
                queue.adoptPending();
                commit();
            }
        } finally {
            queue.stop();
            joinUninterruptibly(committerThread);
            store.close();
        }
    }

    /// Waits for the end of a thread; an interrupt is kept for later.
    public static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
