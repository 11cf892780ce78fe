package tenon.mvcc.watch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tenon.mvcc.ChangeListener;
import tenon.mvcc.WriteTxn;

/// Transactions that the dispatcher has not seen yet, as many as fit in memory. While nobody watches, it takes none.
final class ChangeTail implements ChangeListener {
    private static final int CHANGE_OVERHEAD_BYTES = 100;

    private final long sizeBytesMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Under the lock. Invariant: revisions ascend, one by one or with a gap for what did not fit; sizeBytes is the sum
    // of theirs, not above sizeBytesMax.
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long sizeBytes;
    private int changeCount;
    private long lastRevision;
    private boolean woken;
    private boolean closed;

    private volatile boolean active;

    /// The changes of one transaction.
    record Batch(long revision, List<WriteTxn.Change> changes, long sizeBytes) {
        Batch(long revision, List<WriteTxn.Change> changes) {
            this(revision, changes, sizeBytesOf(changes));
        }

        private static long sizeBytesOf(List<WriteTxn.Change> changes) {
            long sum = 0;
            for (WriteTxn.Change change : changes) {
                sum += change.keyValue().encoded().length + CHANGE_OVERHEAD_BYTES;
            }
            return sum;
        }
    }

    ChangeTail(long sizeBytesMax) {
        this.sizeBytesMax = sizeBytesMax;
    }

    /// Whether changes are wanted. Whoever switches it on and then reads the store's revision misses none behind that:
    /// a change becomes visible before this is asked.
    void setActive(boolean on) {
        active = on;
        if (!on) {
            lock.lock();
            try {
                clear();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void onChanges(long revision, List<WriteTxn.Change> changes) {
        if (!active) {
            return;
        }
        Batch batch = new Batch(revision, changes);
        lock.lock();
        try {
            lastRevision = revision;
            if (active && sizeBytes + batch.sizeBytes <= sizeBytesMax) {
                batches.add(batch);
                sizeBytes += batch.sizeBytes;
                changeCount += changes.size();
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Lets [#awaitWork] return.
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until there are changes behind a revision, or something else to do.
    ///
    /// @return false when the tail is closed
    boolean awaitWork(long dispatchedRevision) {
        lock.lock();
        try {
            while (!closed && !woken && lastRevision <= dispatchedRevision) {
                changed.awaitUninterruptibly();
            }
            woken = false;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /// Takes what follows a revision without a gap.
    ///
    /// @param wantedBytes no more once there are so many
    /// @return empty if the next transaction is not here
    List<Batch> take(long dispatchedRevision, long wantedBytes) {
        List<Batch> taken = new ArrayList<>();
        lock.lock();
        try {
            while (!batches.isEmpty() && batches.peek().revision <= dispatchedRevision) {
                poll();
            }
            long takenBytes = 0;
            while (!batches.isEmpty()
                    && batches.peek().revision == dispatchedRevision + taken.size() + 1
                    && takenBytes < wantedBytes) {
                takenBytes += batches.peek().sizeBytes;
                taken.add(poll());
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private Batch poll() {
        Batch batch = batches.poll();
        sizeBytes -= batch.sizeBytes;
        changeCount -= batch.changes.size();
        return batch;
    }

    private void clear() {
        batches.clear();
        sizeBytes = 0;
        changeCount = 0;
    }

    boolean hasBehind(long revision) {
        lock.lock();
        try {
            return lastRevision > revision;
        } finally {
            lock.unlock();
        }
    }

    int changeCount() {
        lock.lock();
        try {
            return changeCount;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            active = false;
            clear();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
