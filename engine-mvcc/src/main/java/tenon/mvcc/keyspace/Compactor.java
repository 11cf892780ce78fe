package tenon.mvcc.keyspace;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.StorageFailedException;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.backend.FileBackend;
import tenon.mvcc.index.DroppedRevisions;
import tenon.mvcc.index.TreeIndex;
import tenon.mvcc.layout.MetaLayout;

/// Carries out compactions one after the other, on a thread of its own that starts with the first one. Begins again
/// from the file after a crash: what a compaction drops does not depend on how much of it was dropped before.
final class Compactor implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Compactor.class.getName());
    private static final String THREAD_NAME = "tenon-compaction";

    private final Platform platform;
    private final MvccOptions options;
    private final FileBackend<Head> backend;
    // Under the writer lock.
    private final TreeIndex index;
    private final Chain chain;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Under the lock. Invariant: revisions ascend.
    private final ArrayDeque<Task> tasks = new ArrayDeque<>();
    private Thread thread;
    private boolean pauseOver;
    private volatile boolean closed;

    private record Task(long revision, CompletableFuture<Void> done) {}

    /// The compactor was closed before the end of a task.
    private static final class ClosedException extends MisuseException {
        private static final long serialVersionUID = 1L;

        ClosedException() {
            super("the key space was closed; its compaction goes on when it is opened again");
        }
    }

    Compactor(Platform platform, MvccOptions options, FileBackend<Head> backend, TreeIndex index, Chain chain) {
        this.platform = platform;
        this.options = options;
        this.backend = backend;
        this.index = index;
        this.chain = chain;
    }

    CompletableFuture<Void> submit(long revision) {
        Task task = new Task(revision, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed) {
                task.done.completeExceptionally(new ClosedException());
                return task.done;
            }
            tasks.add(task);
            changed.signalAll();
            if (thread == null) {
                thread = platform.threads().start(THREAD_NAME, this::run);
            }
        } finally {
            lock.unlock();
        }
        return task.done;
    }

    private void run() {
        for (Task task = awaitTask(); task != null; task = awaitTask()) {
            try {
                compact(task.revision);
                task.done.complete(null);
            } catch (RuntimeException | Error e) {
                if (!(e instanceof ClosedException || e instanceof StorageFailedException)) {
                    LOG.log(System.Logger.Level.ERROR, "the compaction at " + task.revision + " failed", e);
                }
                task.done.completeExceptionally(e);
            }
        }
    }

    /// Null when there will be no more.
    private Task awaitTask() {
        lock.lock();
        try {
            while (tasks.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            return tasks.poll();
        } finally {
            lock.unlock();
        }
    }

    private void compact(long revision) {
        beginChain(revision);
        DroppedRevisions dropped = compactIndex(revision);
        dropped.sort();
        for (int from = 0; from < dropped.count(); from += options.compactionBatchLimit()) {
            deleteRecords(dropped, from, Math.min(dropped.count(), from + options.compactionBatchLimit()));
            pause();
        }
        lockStep();
        try {
            backend.unsafeSetMeta(MetaLayout.FINISHED_COMPACTION, MetaLayout.encodeRevision(revision));
            backend.unsafeEndStep(backend.head());
        } finally {
            backend.unlockWriter();
        }
        backend.commit();
    }

    /// Notes, before records are deleted, what the chain was where they will all be there.
    private void beginChain(long revision) {
        ChainMarks.Mark mark = chain.find(revision);
        lockStep();
        try {
            if (mark != null && mark.revision() > chain.unsafeBegin().revision()) {
                chain.unsafeBeginAt(mark);
                backend.unsafeSetMeta(
                        MetaLayout.CHAIN_BEGIN, MetaLayout.encodeChainBegin(mark.revision(), mark.value()));
                backend.unsafeEndStep(backend.head());
            }
        } finally {
            backend.unlockWriter();
        }
    }

    private DroppedRevisions compactIndex(long revision) {
        DroppedRevisions dropped = new DroppedRevisions();
        byte[] next = null;
        do {
            lockStep();
            try {
                next = index.compactStep(next, revision, options.compactionBatchLimit(), dropped);
                if (next == null) {
                    backend.unsafeEndStep(backend.head().withIndex(index.snapshot()));
                }
            } finally {
                backend.unlockWriter();
            }
        } while (next != null);
        return dropped;
    }

    /// Readers that began before the compaction have a snapshot of the store that keeps these records.
    private void deleteRecords(DroppedRevisions dropped, int from, int to) {
        lockStep();
        try {
            for (int i = from; i < to; i++) {
                backend.unsafeDelete(dropped.main(i), dropped.sub(i), dropped.isTombstone(i));
            }
            backend.unsafeEndStep(backend.head());
        } finally {
            backend.unlockWriter();
        }
    }

    private void lockStep() {
        if (closed) {
            throw new ClosedException();
        }
        backend.lockWriter();
    }

    private void pause() {
        if (options.compactionPauseNs() <= 0) {
            return;
        }
        lock.lock();
        try {
            pauseOver = false;
            platform.clock().after(options.compactionPauseNs(), this::onPauseOver);
            while (!pauseOver && !closed) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void onPauseOver() {
        lock.lock();
        try {
            pauseOver = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Stops after the present step and fails what is left.
    @Override
    public void close() {
        Thread running;
        lock.lock();
        try {
            closed = true;
            running = thread;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (running != null) {
            FileBackend.joinUninterruptibly(running);
        }
    }
}
