package tenon.server.apply;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import tenon.server.error.EtcdError;

/// Reads that wait until an index is applied. Safe for use by any thread.
public final class AppliedWaiters implements AutoCloseable {
    // Guarded by this. Invariant: waiting holds no index <= appliedIndex.
    private final TreeSet<Waiter> waiting = new TreeSet<>();
    private long waiterCount;
    private volatile long appliedIndex;
    private volatile boolean closed;

    /// @param number so that no two are equal, and to take one out costs little however many wait
    private record Waiter(long raftIndex, long number, CompletableFuture<Void> reached) implements Comparable<Waiter> {
        private static final Comparator<Waiter> ORDER =
                Comparator.comparingLong(Waiter::raftIndex).thenComparingLong(Waiter::number);

        @Override
        public int compareTo(Waiter other) {
            return ORDER.compare(this, other);
        }
    }

    public AppliedWaiters(long appliedIndex) {
        this.appliedIndex = appliedIndex;
    }

    public long appliedIndex() {
        return appliedIndex;
    }

    /// @return completes when the index is applied, at once or on the apply thread
    public CompletableFuture<Void> reached(long raftIndex) {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        complete(raftIndex, reached);
        return reached;
    }

    /// Completes a future when the index is applied, at once or on the apply thread. If it fails before, it is forgotten.
    public void complete(long raftIndex, CompletableFuture<Void> reached) {
        if (raftIndex <= appliedIndex) {
            reached.complete(null);
            return;
        }
        Waiter waiter;
        boolean isLate;
        synchronized (this) {
            waiter = new Waiter(raftIndex, waiterCount++, reached);
            isLate = closed || raftIndex <= appliedIndex;
            if (!isLate) {
                waiting.add(waiter);
            }
        }
        if (!isLate) {
            reached.whenComplete((_, failure) -> {
                if (failure != null) {
                    forget(waiter);
                }
            });
        } else if (raftIndex <= appliedIndex) {
            reached.complete(null);
        } else {
            reached.completeExceptionally(EtcdError.STOPPED.exception());
        }
    }

    /// How many wait.
    synchronized int count() {
        return waiting.size();
    }

    /// Nobody waits for it any more.
    private synchronized void forget(Waiter waiter) {
        waiting.remove(waiter);
    }

    /// Everything up to this index is applied and visible.
    void advance(long raftIndex) {
        List<Waiter> reached = new ArrayList<>();
        synchronized (this) {
            appliedIndex = raftIndex;
            while (!waiting.isEmpty() && waiting.first().raftIndex <= raftIndex) {
                reached.add(waiting.pollFirst());
            }
        }
        reached.forEach(waiter -> waiter.reached.complete(null));
    }

    /// All who wait, and all who come, are told that the server stopped.
    @Override
    public void close() {
        List<Waiter> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(waiting);
            waiting.clear();
        }
        left.forEach(waiter -> waiter.reached.completeExceptionally(EtcdError.STOPPED.exception()));
    }
}
