package tenon.btree;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tenon.api.Clock;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.Scrub;
import tenon.api.ScrubProgress;
import tenon.api.Store;
import tenon.api.TenonException;

/// Scrubs a store again and again, on a thread of its own and at a given pace, beside its readers and its writer. It is
/// to be closed before the store; it ends with it all the same.
public final class BackgroundScrub implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("tenon.btree");
    private static final int STEPS_PER_SECOND_MAX = 10;

    private final Store store;
    private final Consumer<ScrubProgress> listener;
    private final int pagesPerStep;
    private final Semaphore turns = new Semaphore(0);
    private final Clock.Timer timer;
    private final Thread thread;
    private volatile ScrubProgress progress = new ScrubProgress(0, 0, false, List.of());
    private volatile boolean closed;

    private BackgroundScrub(
            Platform platform, Store store, int pagesPerSecondMax, Consumer<ScrubProgress> listener) {
        int stepsPerSecond = Math.min(pagesPerSecondMax, STEPS_PER_SECOND_MAX);
        this.store = store;
        this.listener = listener;
        pagesPerStep = pagesPerSecondMax / stepsPerSecond;
        timer = platform.clock().every(TimeUnit.SECONDS.toNanos(1) / stepsPerSecond, this::giveTurn);
        thread = platform.threads().start("tenon-scrub", this::run);
    }

    /// Begins to scrub.
    ///
    /// @param pagesPerSecondMax at least 1; a long value is verified as a whole, also if it has more pages
    /// @param listener is told, by the thread of the scrub, when something was found, and at the end of each round, of
    ///     the round so far
    /// @throws MisuseException if the pace is less than 1
    public static BackgroundScrub start(
            Platform platform, Store store, int pagesPerSecondMax, Consumer<ScrubProgress> listener) {
        if (pagesPerSecondMax < 1) {
            throw new MisuseException("a scrub verifies at least 1 page in a second, not " + pagesPerSecondMax);
        }
        return new BackgroundScrub(platform, store, pagesPerSecondMax, listener);
    }

    /// Turns that were missed are not made up for by a burst.
    private void giveTurn() {
        if (turns.availablePermits() == 0) {
            turns.release();
        }
    }

    private void run() {
        try {
            Scrub scrub = store.scrub();
            for (turns.acquireUninterruptibly(); !closed; turns.acquireUninterruptibly()) {
                int before = scrub.progress().findings().size();
                boolean isDone = !scrub.step(pagesPerStep);
                progress = scrub.progress();
                if (isDone || progress.findings().size() > before) {
                    listener.accept(progress);
                }
                scrub = isDone ? store.scrub() : scrub;
            }
        } catch (TenonException e) {
            LOG.log(Level.WARNING, "the scrub of " + store.path() + " ends", e);
        } finally {
            timer.cancel();
        }
    }

    /// How far the present round is, or the last one if the next has not begun.
    public ScrubProgress progress() {
        return progress;
    }

    /// Waits for the step under way, unless the listener calls it.
    @Override
    public void close() {
        closed = true;
        turns.release();
        if (Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
