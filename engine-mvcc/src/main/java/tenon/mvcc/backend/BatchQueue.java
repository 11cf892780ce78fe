package tenon.mvcc.backend;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tenon.api.Clock;
import tenon.api.MisuseException;
import tenon.api.StorageFailedException;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.StateHash;

/// The active and the sealed batch, and the view of them; see the package document for the locks.
final class BatchQueue<H> {
    private final Clock clock;
    private final MvccOptions options;
    // Fair, so that a compaction or a commit gets its turn beside a writer that never rests.
    private final ReentrantLock writerLock = new ReentrantLock(true);
    private final ReentrantLock monitor = new ReentrantLock();
    private final Condition changed = monitor.newCondition();

    private volatile BackendView<H> view;
    private volatile StorageFailedException failure;

    // Swapped under both locks. Invariant: active.number == view.batches.sealedNumber + 1.
    private BatchTx active = new BatchTx(1);
    // Under the monitor. Invariant: null, or its number is view.batches.sealedNumber, one behind committedNumber.
    private BatchTx sealed;
    // Under the monitor: bookkeeping of an entry that has not ended.
    private final BookkeepingMap pending = new BookkeepingMap();
    private Thread pendingThread;
    private Clock.Timer timer;
    private volatile boolean commitDue;
    private boolean stopping;

    BatchQueue(Clock clock, MvccOptions options, H head) {
        this.clock = clock;
        this.options = options;
        view = new BackendView<>(head, new BackendView.Batches(0, 0), RecordRun.EMPTY, RecordRun.EMPTY);
    }

    BackendView<H> view() {
        return view;
    }

    /// Takes the writer lock.
    ///
    /// @throws StorageFailedException after a failed commit
    void lockWriter() {
        writerLock.lock();
        if (failure != null) {
            writerLock.unlock();
            throw failure;
        }
    }

    /// Releases the writer lock, for which the committing thread may have found no free moment.
    void unlockWriter() {
        writerLock.unlock();
        if (commitDue) {
            monitor.lock();
            try {
                changed.signalAll();
            } finally {
                monitor.unlock();
            }
        }
    }

    boolean isWriterLockMine() {
        return writerLock.isHeldByCurrentThread();
    }

    void checkWritable() {
        if (failure != null) {
            throw failure;
        }
    }

    boolean isFailed() {
        return failure != null;
    }

    /// The batch to append to. Needs the writer lock.
    BatchTx unsafeActive() {
        assert writerLock.isHeldByCurrentThread();
        return active;
    }

    /// Changes bookkeeping in the active batch. Needs the writer lock.
    void unsafeSet(String bucket, byte[] key, byte[] value) {
        monitor.lock();
        try {
            active.bookkeeping.set(bucket, key, value);
        } finally {
            monitor.unlock();
        }
    }

    /// Changes bookkeeping on behalf of the present entry; it joins a batch when the entry ends.
    void setPending(String bucket, byte[] key, byte[] value) {
        monitor.lock();
        try {
            pending.set(bucket, key, value);
            pendingThread = Thread.currentThread();
        } finally {
            monitor.unlock();
        }
    }

    /// Ends an entry: shows its changes to readers, all at once. Seals the batch if it is full. Needs the writer lock.
    void unsafeEndEntry(H head, AppliedIndex at, StateHash stateHash) {
        monitor.lock();
        try {
            pending.moveTo(active.bookkeeping);
            active.setApplied(at, stateHash);
            unsafePublish(head);
        } finally {
            monitor.unlock();
        }
    }

    /// Shows changes that belong to no entry. Needs the writer lock.
    void unsafeEndStep(H head) {
        monitor.lock();
        try {
            unsafePublish(head);
        } finally {
            monitor.unlock();
        }
    }

    private void unsafePublish(H head) {
        view = view.withHead(head, active.puts());
        if (active.changeCount() >= options.batchLimit() || active.sizeBytes() >= options.batchSizeMaxBytes()) {
            while (sealed != null && failure == null) {
                changed.awaitUninterruptibly();
            }
            unsafeSeal();
        } else if (commitDue && sealed == null) {
            unsafeSeal();
        } else if (timer == null && !active.isEmpty() && failure == null) {
            timer = clock.after(options.batchIntervalNs(), this::onInterval);
        }
    }

    private void onInterval() {
        monitor.lock();
        try {
            commitDue = true;
            changed.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /// Needs both locks.
    private void unsafeSeal() {
        commitDue = false;
        if (sealed != null || failure != null || active.isEmpty()) {
            return;
        }
        sealed = active;
        active = new BatchTx(sealed.number + 1);
        view = view.whenSealed(sealed.number, sealed.puts());
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        changed.signalAll();
    }

    /// For the committing thread: waits for a batch, sealing the active one if its time has come. Never waits for the
    /// writer lock, whose holder may be waiting for a commit; a holder seals what is due itself, or gives notice.
    ///
    /// @return null if the queue is stopped
    BatchTx awaitSealed() {
        monitor.lock();
        try {
            for (;;) {
                if (sealed == null && commitDue && writerLock.tryLock()) {
                    try {
                        unsafeSeal();
                    } finally {
                        writerLock.unlock();
                    }
                }
                if (sealed != null) {
                    return sealed;
                }
                if (stopping) {
                    return null;
                }
                changed.awaitUninterruptibly();
            }
        } finally {
            monitor.unlock();
        }
    }

    /// The sealed batch is in the file.
    void onCommitted() {
        monitor.lock();
        try {
            sealed = null;
            view = view.whenCommitted();
            changed.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    void onFailed(StorageFailedException firstFailure) {
        monitor.lock();
        try {
            failure = firstFailure;
            changed.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /// Commits all entries that have ended, and what this thread changed outside of one.
    void commitAndWait() {
        if (writerLock.isHeldByCurrentThread()) {
            throw new MisuseException("a commit was asked for inside of a write transaction; close it first");
        }
        lockWriter();
        long number;
        monitor.lock();
        try {
            if (pendingThread == Thread.currentThread()) {
                pending.moveTo(active.bookkeeping);
            }
            number = active.isEmpty() ? active.number - 1 : active.number;
            commitDue = !active.isEmpty();
            if (sealed == null) {
                unsafeSeal();
            }
        } finally {
            monitor.unlock();
            unlockWriter();
        }
        awaitCommitted(number);
    }

    private void awaitCommitted(long number) {
        monitor.lock();
        try {
            while (view.batches().committedNumber() < number && failure == null) {
                changed.awaitUninterruptibly();
            }
        } finally {
            monitor.unlock();
        }
        checkWritable();
    }

    /// Ends the committing thread; nothing may be pending by then.
    void stop() {
        monitor.lock();
        try {
            stopping = true;
            changed.signalAll();
        } finally {
            monitor.unlock();
        }
    }

    /// Whoever closes takes over what no entry has claimed.
    void adoptPending() {
        monitor.lock();
        try {
            pendingThread = Thread.currentThread();
        } finally {
            monitor.unlock();
        }
    }

    /// What is pending for a bookkeeping key: the value, [BookkeepingMap#DELETED], or null for no change.
    byte[] findPending(String bucket, byte[] key) {
        monitor.lock();
        try {
            byte[] value = pending.get(bucket, key);
            if (value == null) {
                value = active.bookkeeping.get(bucket, key);
            }
            return value == null && sealed != null ? sealed.bookkeeping.get(bucket, key) : value;
        } finally {
            monitor.unlock();
        }
    }

    /// All that is pending in a bookkeeping bucket, and how far the batches had come.
    PendingBucket copyPending(String bucket) {
        monitor.lock();
        try {
            PendingBucket copy = new PendingBucket(view.batches());
            if (sealed != null) {
                copy.changes().putAll(sealed.bookkeeping.changes(bucket));
            }
            copy.changes().putAll(active.bookkeeping.changes(bucket));
            copy.changes().putAll(pending.changes(bucket));
            return copy;
        } finally {
            monitor.unlock();
        }
    }

    /// Whether the active batch is far from full, or can be sealed when it is.
    boolean hasRoom() {
        monitor.lock();
        try {
            return sealed == null
                    || active.changeCount() < options.batchLimit() / 2
                            && active.sizeBytes() < options.batchSizeMaxBytes() / 2;
        } finally {
            monitor.unlock();
        }
    }

    int pendingChangeCount() {
        monitor.lock();
        try {
            return active.changeCount() + pending.changeCount() + (sealed == null ? 0 : sealed.changeCount());
        } finally {
            monitor.unlock();
        }
    }
}
