package tenon.mvcc.backend;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import tenon.api.ByteView;
import tenon.api.Clock;
import tenon.api.StorageFailedException;
import tenon.api.Store;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.index.DroppedRevisions;
import tenon.mvcc.layout.MetaLayout;
import tenon.mvcc.layout.RecordHasher;
import tenon.mvcc.layout.RevisionLayout;

/// Writes sealed batches into the store, each in one write transaction together with its consistent index. Runs on a
/// thread of its own.
final class BatchCommitter {
    private static final System.Logger LOG = System.getLogger(BatchCommitter.class.getName());
    private static final byte[] KEY_BUCKET = MetaLayout.name(MetaLayout.KEY_BUCKET);
    private static final byte[] META_BUCKET = MetaLayout.name(MetaLayout.META_BUCKET);
    private static final byte[] CONSISTENT_INDEX = MetaLayout.name(MetaLayout.CONSISTENT_INDEX);
    private static final byte[] CHAIN = MetaLayout.name(MetaLayout.CHAIN);
    private static final byte[] RECORD_SUM = MetaLayout.name(MetaLayout.RECORD_SUM);

    private final Store store;
    private final Clock clock;
    private final BatchQueue<?> queue;
    private final double keyFillPercent;
    private final List<LongConsumer> commitListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<RuntimeException>> failureListeners = new CopyOnWriteArrayList<>();
    private final RecordHasher hasher = new RecordHasher();
    // Of the hashes of all records in the `key` bucket, modulo 2^64; of the committing thread.
    private long recordSum;
    private volatile AppliedIndex durable;
    private volatile long commitCount;
    private RuntimeException failure;

    BatchCommitter(Store store, Clock clock, BatchQueue<?> queue, double keyFillPercent, FileBackend.Durable durable) {
        this.store = store;
        this.clock = clock;
        this.queue = queue;
        this.keyFillPercent = keyFillPercent;
        this.durable = durable.applied();
        this.recordSum = durable.recordSum();
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
            long sumAfter = recordSum + batch.putHashSum() - delete(records, batch.deletes);
            for (Map.Entry<String, TreeMap<byte[], byte[]>> bucket : batch.bookkeeping.all().entrySet()) {
                writeBookkeeping(tx.createBucketIfAbsent(MetaLayout.name(bucket.getKey())), bucket.getValue());
            }
            WriteBucket meta = tx.bucket(META_BUCKET);
            if (batch.applied() != null) {
                meta.put(CONSISTENT_INDEX, MetaLayout.encodeIndex(batch.applied()));
                meta.put(CHAIN, MetaLayout.encodeChain(batch.stateHash()));
            }
            if (sumAfter != recordSum) {
                meta.put(RECORD_SUM, MetaLayout.encodeRecordSum(sumAfter));
            }
            tx.commit();
            recordSum = sumAfter;
        }
    }

    /// A compaction that was taken up again deletes what may be gone already.
    ///
    /// @return the sum of the hashes of what was there
    private long delete(WriteBucket records, DroppedRevisions dropped) {
        long sum = 0;
        ByteView record = new ByteView();
        for (int i = 0; i < dropped.count(); i++) {
            byte[] key = RevisionLayout.encode(dropped.main(i), dropped.sub(i), dropped.isTombstone(i));
            if (records.get(key, record)) {
                sum += hasher.hash(dropped.main(i), dropped.sub(i), dropped.isTombstone(i), record.toByteArray());
                records.delete(key);
            }
        }
        return sum;
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
