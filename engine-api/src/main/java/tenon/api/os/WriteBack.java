package tenon.api.os;

import java.io.IOException;
import java.nio.channels.FileChannel;
import tenon.api.Threads;

/// Brings to the disk what was written to a file, beside the thread that goes on writing it. An error of the disk is told
/// once to whoever syncs, by the system; so what this one was told is told again, until the file is closed.
///
/// One thread at a time, besides its own.
final class WriteBack {
    private static final String THREAD_NAME = "tenon-write-back";

    private final FileChannel channel;
    private final Threads threads;

    // Guarded by this. Invariant: isWanted only while a thread is running, which has not taken it up yet.
    private boolean isRunning;
    private boolean isWanted;
    private IOException failure;

    WriteBack(FileChannel channel, Threads threads) {
        this.channel = channel;
        this.threads = threads;
    }

    /// Asks that what was written so far be brought there. Behind one that is under way, there is one more for all who ask.
    synchronized void start() {
        if (isRunning) {
            isWanted = true;
            return;
        }
        try {
            threads.start(THREAD_NAME, this::run);
            isRunning = true;
        } catch (OutOfMemoryError e) {
            // No thread is to be had: whoever syncs has all of it to do.
        }
    }

    private void run() {
        do {
            try {
                channel.force(false);
            } catch (IOException e) {
                onFailure(e);
            }
        } while (goesOn());
    }

    private synchronized void onFailure(IOException e) {
        failure = failure == null ? e : failure;
    }

    private synchronized boolean goesOn() {
        boolean goesOn = isWanted && failure == null;
        isWanted = false;
        isRunning = goesOn;
        notifyAll();
        return goesOn;
    }

    /// Waits until nothing is under way, interrupted or not.
    synchronized void await() {
        // What is still only asked for, whoever waits does himself.
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
            throw new IOException("what was written before did not get to the disk", failure);
        }
    }
}
