package tenon.server.apply;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import tenon.server.error.EtcdError;

/// Reads that wait until an index is applied. Safe for use by any thread.
public final class AppliedWaiters implements AutoCloseable {
    // Guarded by this. Invariant: waiting holds no index <= appliedIndex.
    private final PriorityQueue<Waiter> waiting = new PriorityQueue<>(Comparator.comparingLong(Waiter::raftIndex));
    private volatile long appliedIndex;
    private volatile boolean closed;

    private record Waiter(long raftIndex, CompletableFuture<Void> reached) {}

    public AppliedWaiters(long appliedIndex) {
        this.appliedIndex = appliedIndex;
    }

    public long appliedIndex() {
        return appliedIndex;
    }

    /// @return completes when the index is applied, at once or on the apply thread
    public CompletableFuture<Void> reached(long raftIndex) {
        if (raftIndex <= appliedIndex) {
            return CompletableFuture.completedFuture(null);
        }
        Waiter waiter = new Waiter(raftIndex, new CompletableFuture<>());
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(EtcdError.STOPPED.exception());
            }
            if (raftIndex <= appliedIndex) {
                return CompletableFuture.completedFuture(null);
            }
            waiting.add(waiter);
        }
        waiter.reached.whenComplete((_, failure) -> {
            if (failure != null) {
                forget(waiter);
            }
        });
        return waiter.reached;
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
            while (!waiting.isEmpty() && waiting.peek().raftIndex <= raftIndex) {
                reached.add(waiting.poll());
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
