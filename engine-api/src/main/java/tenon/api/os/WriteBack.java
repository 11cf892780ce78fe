package tenon.api.os;

import java.io.IOException;
import tenon.api.Threads;

/// Brings to the disk what was written to a file, beside the thread that goes on writing it. An error of the disk is told
/// once to whoever syncs, by the system; so what this one was told is told again, until the file is closed.
///
/// One thread at a time, besides its own.
final class WriteBack {
    private static final String THREAD_NAME = "tenon-write-back";

    private final Sync sync;
    private final Threads threads;

    // Guarded by this. Invariant: isWanted only while a thread is running, which has not taken it up yet.
    private boolean isRunning;
    private boolean isWanted;
    private Throwable failure;

    /// The call of the system.
    @FunctionalInterface
    interface Sync {
        void run() throws IOException;
    }

    WriteBack(Sync sync, Threads threads) {
        this.sync = sync;
        this.threads = threads;
    }

    /// Asks that what was written so far be brought there. Behind one that is under way, there is one more for all who ask.
    synchronized void start() {
        if (isRunning || failure != null) {
            isWanted = isRunning;
            return;
        }
        try {
            threads.start(THREAD_NAME, this::run);
            isRunning = true;
        } catch (OutOfMemoryError e) {
            // No thread is to be had: whoever syncs has all of it to do.
        }
    }

    /// Whatever ends a call of the system is noted: somebody waits for it.
    private void run() {
        boolean goesOn = true;
        while (goesOn) {
            Throwable thrown = null;
            try {
                sync.run();
            } catch (IOException | RuntimeException | Error e) {
                thrown = e;
            }
            goesOn = finish(thrown);
        }
    }

    private synchronized boolean finish(Throwable thrown) {
        failure = failure == null ? thrown : failure;
        boolean goesOn = isWanted && failure == null;
        isWanted = false;
        isRunning = goesOn;
        notifyAll();
        return goesOn;
    }

    /// Whoever syncs does himself what is still only asked for.
    synchronized void cancelWanted() {
        isWanted = false;
    }

    /// Waits until nothing is under way, interrupted or not.
    synchronized void await() {
        isWanted = false;
        boolean interrupted = false;
        while (isRunning) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// @throws IOException if it failed at any time
    synchronized void checkNotFailed() throws IOException {
        if (failure != null) {
            throw new IOException("what was written before did not get to the disk: " + failure.getMessage(), failure);
        }
    }
}
