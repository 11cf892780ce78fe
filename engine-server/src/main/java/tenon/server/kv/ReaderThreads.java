package tenon.server.kv;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import tenon.api.Platform;
import tenon.server.error.EtcdError;
import tenon.server.replication.Joining;

/// Runs reads. Large ones never occupy all threads, so small ones always get through; and where large ones wait, one
/// of them always runs.
public final class ReaderThreads implements AutoCloseable {
    /// With more, who waits would be answered after its time.
    private static final int WAITING_MAX = 100_000;

    // Guarded by this. Invariant: 0 <= largeRunning <= largeRunningMax.
    private final Deque<Runnable> small = new ArrayDeque<>();
    private final Deque<Runnable> large = new ArrayDeque<>();
    private int largeRunning;
    private boolean closed;

    private final int largeRunningMax;
    private final List<Thread> threads = new ArrayList<>();

    /// @param count at least 2
    public ReaderThreads(Platform platform, int count) {
        largeRunningMax = count - 1;
        try {
            for (int i = 0; i < count; i++) {
                threads.add(platform.threads().start("tenon-read-" + i, this::run));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// @param isLarge whether it may take long
    /// @return completes on a reader's thread; fails with `RequestException` if too many wait
    public <T> CompletableFuture<T> submit(boolean isLarge, Supplier<T> read) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                result.complete(read.get());
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        };
        EtcdError refusal = enqueue(isLarge, task);
        if (refusal != null) {
            result.completeExceptionally(refusal.exception());
        }
        return result;
    }

    /// Finishes what is under way and what waits, and ends the threads.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        threads.forEach(Joining::join);
    }

    /// @return null if it was taken
    private synchronized EtcdError enqueue(boolean isLarge, Runnable task) {
        if (closed) {
            return EtcdError.STOPPED;
        }
        if (small.size() + large.size() >= WAITING_MAX) {
            return EtcdError.TOO_MANY_REQUESTS;
        }
        (isLarge ? large : small).add(task);
        notify();
        return null;
    }

    private void run() {
        boolean wasLarge = false;
        while (true) {
            Runnable task;
            synchronized (this) {
                if (wasLarge) {
                    largeRunning--;
                    notify();
                }
                while (!mayTakeLarge() && small.isEmpty()) {
                    if ((closed && large.isEmpty()) || !awaitTask()) {
                        notifyAll();
                        return;
                    }
                }
                wasLarge = mayTakeLarge() && (small.isEmpty() || largeRunning == 0);
                largeRunning += wasLarge ? 1 : 0;
                task = (wasLarge ? large : small).poll();
            }
            task.run();
        }
    }

    private boolean mayTakeLarge() {
        return !large.isEmpty() && largeRunning < largeRunningMax;
    }

    private boolean awaitTask() {
        try {
            wait();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
