package tenon.mvcc.backend;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import tenon.api.Clock;
import tenon.api.StorageFailedException;
import tenon.api.Store;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RevisionLayout;

/// Writes sealed batches into the store, each in one write transaction together with its consistent index. Runs on a
/// thread of its own.
final class BatchCommitter {
    private static final System.Logger LOG = System.getLogger(BatchCommitter.class.getName());
    private static final byte[] KEY_BUCKET = MetaLayout.name(MetaLayout.KEY_BUCKET);
    private static final byte[] META_BUCKET = MetaLayout.name(MetaLayout.META_BUCKET);
    private static final byte[] CONSISTENT_INDEX = MetaLayout.name(MetaLayout.CONSISTENT_INDEX);

    private final Store store;
    private final Clock clock;
    private final BatchQueue<?> queue;
    private final double keyFillPercent;
    private final List<LongConsumer> commitListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<RuntimeException>> failureListeners = new CopyOnWriteArrayList<>();
    private volatile AppliedIndex durable;
    private volatile long commitCount;
    private RuntimeException failure;

    BatchCommitter(Store store, Clock clock, BatchQueue<?> queue, double keyFillPercent, AppliedIndex durable) {
        this.store = store;
        this.clock = clock;
        this.queue = queue;
        this.keyFillPercent = keyFillPercent;
        this.durable = durable;
    }

    /// Commits batches until the queue is stopped or a commit fails.
    void run() {
        for (BatchTx batch = queue.awaitSealed(); batch != null; batch = queue.awaitSealed()) {
            long beginNs = clock.monotonicNs();
            try {
                write(batch);
            } catch (RuntimeException | Error e) {
                fail(e);
                return;
            }
            if (batch.applied() != null) {
                durable = batch.applied();
            }
            commitCount++;
            queue.onCommitted();
            long durationNs = clock.monotonicNs() - beginNs;
            commitListeners.forEach(listener -> notify(() -> listener.accept(durationNs)));
        }
    }

    private void write(BatchTx batch) {
        try (WriteTx tx = store.beginWrite()) {
            WriteBucket records = tx.bucket(KEY_BUCKET);
            records.setFillPercent(keyFillPercent);
            RecordRun puts = batch.puts();
            for (int i = 0; i < puts.count(); i++) {
                records.put(RevisionLayout.encode(puts.main(i), puts.sub(i), puts.isTombstone(i)), puts.record(i));
            }
            for (int i = 0; i < batch.deletes.count(); i++) {
                records.delete(RevisionLayout.encode(
                        batch.deletes.main(i), batch.deletes.sub(i), batch.deletes.isTombstone(i)));
            }
            for (Map.Entry<String, TreeMap<byte[], byte[]>> bucket : batch.bookkeeping.all().entrySet()) {
                writeBookkeeping(tx.createBucketIfAbsent(MetaLayout.name(bucket.getKey())), bucket.getValue());
            }
            if (batch.applied() != null) {
                tx.bucket(META_BUCKET).put(CONSISTENT_INDEX, MetaLayout.encodeIndex(batch.applied()));
            }
            tx.commit();
        }
    }

    private static void writeBookkeeping(WriteBucket bucket, Map<byte[], byte[]> changes) {
        changes.forEach((key, value) -> {
            if (value == BookkeepingMap.DELETED) {
                bucket.delete(key);
            } else {
                bucket.put(key, value);
            }
        });
    }

    private void fail(Throwable cause) {
        LOG.log(System.Logger.Level.ERROR, "a commit of " + store.path() + " failed; no more writes are taken", cause);
        StorageFailedException failed = new StorageFailedException(store.path(), cause);
        queue.onFailed(failed);
        synchronized (failureListeners) {
            failure = failed;
        }
        failureListeners.forEach(listener -> notify(() -> listener.accept(failed)));
    }

    /// A listener that throws must not stop the commits.
    private static void notify(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a listener failed", e);
        }
    }

    void onCommit(LongConsumer listener) {
        commitListeners.add(listener);
    }

    /// A listener that comes too late is told at once.
    void onFailure(Consumer<RuntimeException> listener) {
        RuntimeException known;
        synchronized (failureListeners) {
            known = failure;
            if (known == null) {
                failureListeners.add(listener);
            }
        }
        if (known != null) {
            listener.accept(known);
        }
    }

    AppliedIndex durableIndex() {
        return durable;
    }

    long commitCount() {
        return commitCount;
    }
}
