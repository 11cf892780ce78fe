package tenon.btree;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import tenon.api.Clock;
import tenon.api.WriteTx;

/// Works of many threads in one commit. The thread whose work opens a batch leads it: it waits for its turn as the
/// writer, takes what has gathered by then, runs it in one transaction and commits. The others wait for their leader.
///
/// A work that throws is taken out, the transaction is rolled back, and the others run again without it. Whoever is
/// not in a commit at the end, for whatever reason, runs its work in a transaction of its own, on its own thread: so
/// what it returns or throws depends on no other work of the batch.
final class BatchedWrites {
    private final BTreeStore store;
    private final Clock clock;
    private final int countMax;
    private final long delayNs;

    /// The batch that takes works; null if the next one opens another. Guarded by this.
    private Batch gathering;

    private static final class Batch {
        private final List<Call<?>> calls = new ArrayList<>();
        private final Semaphore ready = new Semaphore(0);
    }

    private static final class Call<T> {
        private final Function<? super WriteTx, ? extends T> work;
        private final Semaphore done = new Semaphore(0);
        private T result;
        // Written by the leader before done is released.
        private boolean committed;

        Call(Function<? super WriteTx, ? extends T> work) {
            this.work = work;
        }

        /// @return whether the work succeeded
        boolean run(BTreeWriteTx tx) {
            try {
                result = tx.manage(work);
                return true;
            } catch (RuntimeException | Error e) {
                // It will be met again when the work runs alone.
                return false;
            }
        }
    }

    BatchedWrites(BTreeStore store, Clock clock, BTreeOptions options) {
        this.store = store;
        this.clock = clock;
        this.countMax = options.batchCountMax();
        this.delayNs = options.batchDelayNs();
    }

    <T> T write(Function<? super WriteTx, ? extends T> work) {
        Call<T> call = new Call<>(work);
        Batch led = join(call);
        if (led == null) {
            call.done.acquireUninterruptibly();
        } else {
            lead(led);
        }
        return call.committed ? call.result : store.write(work);
    }

    /// How many works wait for the batch to be closed.
    synchronized int gatheredCount() {
        return gathering == null ? 0 : gathering.calls.size();
    }

    /// @return the batch if the caller has to lead it, or null
    private synchronized Batch join(Call<?> call) {
        boolean leads = gathering == null;
        Batch batch = leads ? new Batch() : gathering;
        batch.calls.add(call);
        boolean isFull = batch.calls.size() == countMax;
        if (isFull) {
            batch.ready.release();
        }
        gathering = isFull ? null : batch;
        return leads ? batch : null;
    }

    private synchronized List<Call<?>> close(Batch batch) {
        if (gathering == batch) {
            gathering = null;
        }
        return batch.calls;
    }

    private void lead(Batch batch) {
        try {
            if (delayNs > 0) {
                Clock.Timer timer = clock.after(delayNs, batch.ready::release);
                batch.ready.acquireUninterruptibly();
                timer.cancel();
            }
            commit(batch);
        } catch (RuntimeException | Error e) {
            // No commit was made; each one learns why when its work runs alone.
            assert batch.calls.stream().noneMatch(call -> call.committed) : e;
        } finally {
            close(batch).forEach(call -> call.done.release());
        }
    }

    private void commit(Batch batch) {
        List<Call<?>> left = null;
        do {
            try (BTreeWriteTx tx = store.beginWrite()) {
                left = left == null ? new ArrayList<>(close(batch)) : left;
                Call<?> failed = runAll(left, tx);
                if (failed == null) {
                    tx.commit();
                    left.forEach(call -> call.committed = true);
                    return;
                }
                left.remove(failed);
            }
        } while (!left.isEmpty());
    }

    /// @return the first one that failed, or null
    private static Call<?> runAll(List<Call<?>> calls, BTreeWriteTx tx) {
        for (Call<?> call : calls) {
            if (!call.run(tx)) {
                return call;
            }
        }
        return null;
    }
}
