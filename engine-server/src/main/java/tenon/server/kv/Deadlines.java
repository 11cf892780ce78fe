package tenon.server.kv;

import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import tenon.api.Clock;
import tenon.server.error.EtcdError;

/// Fails futures whose time is over with [EtcdError#TIMEOUT]. All have the same time. Safe for use by any thread.
public final class Deadlines implements AutoCloseable {
    private static final long SWEEP_PERIOD_NS = 50_000_000L;

    /// In the order of their deadlines, for all wait equally long. Holds done ones until the next sweep.
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final Clock clock;
    private final long timeoutNs;
    private final Clock.Timer sweeper;

    private record Waiting(long deadlineNs, CompletableFuture<?> future) {}

    public Deadlines(Clock clock, long timeoutNs) {
        this.clock = clock;
        this.timeoutNs = timeoutNs;
        this.sweeper = clock.every(SWEEP_PERIOD_NS, this::sweep);
    }

    /// Fails the future if it is not done in time.
    public void add(CompletableFuture<?> future) {
        queue.add(new Waiting(clock.monotonicNs() + timeoutNs, future));
    }

    /// How many are waited for, as of the last sweep, and those that have come since.
    int count() {
        return queue.size();
    }

    /// Nothing fails any more.
    @Override
    public void close() {
        sweeper.cancel();
    }

    /// Done ones go wherever they are, with their answers, however long the one before them takes.
    private void sweep() {
        long nowNs = clock.monotonicNs();
        for (Iterator<Waiting> all = queue.iterator(); all.hasNext(); ) {
            Waiting waiting = all.next();
            if (!waiting.future.isDone() && waiting.deadlineNs - nowNs <= 0) {
                waiting.future.completeExceptionally(EtcdError.TIMEOUT.exception());
            }
            if (waiting.future.isDone()) {
                all.remove();
            }
        }
    }
}
