package tenon.server.grpc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import tenon.api.Threads;
import tenon.server.error.EtcdError;

/// A few threads for calls that may block, so that the event loops never do. Kinds of calls that must not wait for each
/// other have lanes of their own. Threads start with the first calls. Safe for use by any thread.
final class BlockingLane implements Executor, AutoCloseable {
    private static final long JOIN_MS = 2_000;

    private final Threads factory;
    private final String name;
    private final int threadCountMax;
    private final int waitingCountMax;

    private final Object lock = new Object();
    // Invariant, under lock: waiting.size() <= waitingCountMax, threads.size() <= threadCountMax,
    // idleCount <= threads.size().
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final List<Thread> threads = new ArrayList<>();
    private int idleCount;
    private boolean closed;

    BlockingLane(Threads factory, String name, int threadCountMax, int waitingCountMax) {
        this.factory = factory;
        this.name = name;
        this.threadCountMax = threadCountMax;
        this.waitingCountMax = waitingCountMax;
    }

    /// Runs the body on a thread of this lane.
    ///
    /// @return fails with what the body throws, or with [EtcdError#TOO_MANY_REQUESTS] if too many wait already
    <R> CompletableFuture<R> call(Supplier<R> body) {
        CompletableFuture<R> result = new CompletableFuture<>();
        try {
            execute(() -> {
                try {
                    result.complete(body.get());
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    /// @throws RejectedExecutionException if too many wait already, or after [#close]
    @Override
    public void execute(Runnable task) {
        synchronized (lock) {
            if (closed || waiting.size() >= waitingCountMax) {
                throw new RejectedExecutionException(name + (closed ? " is closed" : " is full"));
            }
            waiting.add(task);
            if (waiting.size() > idleCount && threads.size() < threadCountMax) {
                threads.add(factory.start(name + "-" + threads.size(), this::work));
            }
            lock.notify();
        }
    }

    private void work() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (RuntimeException e) {
                System.getLogger(BlockingLane.class.getName())
                        .log(System.Logger.Level.ERROR, "a task of " + name + " failed", e);
            }
        }
    }

    /// The next task, or null when the lane is closed.
    private Runnable next() {
        synchronized (lock) {
            while (waiting.isEmpty() && !closed) {
                idleCount++;
                try {
                    lock.wait();
                } catch (InterruptedException _) {
                    // A stray interrupt of some earlier task: the lane ends by close alone.
                    continue;
                } finally {
                    idleCount--;
                }
            }
            return waiting.poll();
        }
    }

    /// Takes no more tasks, finishes those that wait, and returns when the threads have ended or after two seconds.
    @Override
    public void close() {
        List<Thread> ending;
        synchronized (lock) {
            closed = true;
            ending = List.copyOf(threads);
            lock.notifyAll();
        }
        try {
            for (Thread thread : ending) {
                thread.join(JOIN_MS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
