package tenon.server.kv;

import com.google.protobuf.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import tenon.server.error.EtcdError;

/// The callers that wait for their proposals to be applied, one for each request id. Safe for use by any thread.
///
/// A caller whose time is over is told so, and no more: whether its write happens is then unknown to it.
public final class PendingProposals implements AutoCloseable {
    private final ConcurrentMap<Long, CompletableFuture<Outcome>> waiters = new ConcurrentHashMap<>();
    private final Deadlines deadlines;
    private volatile boolean closed;

    /// What came of a proposal.
    ///
    /// @param response the answer to the caller
    /// @param background completes when the work that goes on behind the answer is done; null if there is none
    public record Outcome(Message response, CompletableFuture<Void> background) {
        public static Outcome of(Message response) {
            return new Outcome(response, null);
        }
    }

    public PendingProposals(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    /// Begins to wait.
    ///
    /// @return completes with the outcome, or fails with [tenon.server.error.RequestException]
    public CompletableFuture<Outcome> register(long id) {
        CompletableFuture<Outcome> waiter = new CompletableFuture<>();
        if (waiters.putIfAbsent(id, waiter) != null) {
            throw new IllegalStateException("request id " + Long.toHexString(id) + " was given out twice");
        }
        waiter.whenComplete((_, _) -> waiters.remove(id, waiter));
        deadlines.add(waiter);
        if (closed) {
            waiter.completeExceptionally(EtcdError.STOPPED.exception());
        }
        return waiter;
    }

    /// Answers the caller, if it is one of this node and still waits.
    ///
    /// @return whether it was
    public boolean complete(long id, Outcome outcome) {
        CompletableFuture<Outcome> waiter = waiters.remove(id);
        return waiter != null && waiter.complete(outcome);
    }

    /// Tells the caller why it gets no outcome, if it is one of this node and still waits.
    public boolean fail(long id, RuntimeException reason) {
        CompletableFuture<Outcome> waiter = waiters.remove(id);
        return waiter != null && waiter.completeExceptionally(reason);
    }

    public int count() {
        return waiters.size();
    }

    /// All who wait, and all who come, are told that the server stopped.
    @Override
    public void close() {
        closed = true;
        waiters.values().forEach(waiter -> waiter.completeExceptionally(EtcdError.STOPPED.exception()));
    }
}
