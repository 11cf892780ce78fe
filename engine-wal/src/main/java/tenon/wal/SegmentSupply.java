package tenon.wal;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.StorageFile;

/// Files for segments to come. One is prepared ahead by a thread of its own, so that a cut need not wait for zeros to
/// be written; released segments come back here, as they are.
final class SegmentSupply {
    private static final int READY_COUNT_MAX = 2;
    private static final System.Logger LOG = System.getLogger(SegmentSupply.class.getName());

    private final Platform platform;
    private final LogDirectory directory;
    private final long sizeBytes;

    // Guarded by this.
    private final Deque<Path> ready = new ArrayDeque<>();
    private boolean isPreparing;
    private long fileNumber;

    SegmentSupply(Platform platform, LogDirectory directory, long sizeBytes) {
        this.platform = platform;
        this.directory = directory;
        this.sizeBytes = sizeBytes;
    }

    /// Sees to it that a file will be ready.
    void prepareAhead() {
        synchronized (this) {
            if (isPreparing || !ready.isEmpty()) {
                return;
            }
            isPreparing = true;
        }
        boolean isStarted = false;
        try {
            platform.threads().start("tenon-wal-prepare", this::prepareOne);
            isStarted = true;
        } finally {
            if (!isStarted) {
                onPrepared(null);
            }
        }
    }

    private void prepareOne() {
        Path prepared = null;
        try {
            prepared = makeFile();
        } catch (RuntimeException e) {
            // The cut tries again, and fails where it is seen.
            LOG.log(System.Logger.Level.WARNING, "could not prepare a log segment: {0}", e.getMessage());
        } finally {
            onPrepared(prepared);
        }
    }

    private synchronized void onPrepared(Path prepared) {
        isPreparing = false;
        if (prepared != null) {
            ready.add(prepared);
        }
        notifyAll();
    }

    /// A file of at least the size, with whatever in it.
    Path take() {
        synchronized (this) {
            awaitPrepared();
            if (!ready.isEmpty()) {
                return ready.remove();
            }
        }
        return makeFile();
    }

    private Path makeFile() {
        Path path = nextPath();
        try (StorageFile file = directory.files.open(path, OpenMode.CREATE_NEW)) {
            file.allocate(sizeBytes);
            file.sync();
        } catch (RuntimeException e) {
            deleteAfter(e, path);
            throw e;
        }
        return path;
    }

    private void deleteAfter(RuntimeException failure, Path path) {
        try {
            directory.files.delete(path);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /// Whether another released segment is of use.
    synchronized boolean wantsMore() {
        return ready.size() + (isPreparing ? 1 : 0) < READY_COUNT_MAX;
    }

    synchronized Path nextPath() {
        return directory.temporary(fileNumber++);
    }

    synchronized void offer(Path path) {
        ready.add(path);
    }

    /// Waits until no thread writes in the directory any more.
    synchronized void close() {
        awaitPrepared();
    }

    private synchronized void awaitPrepared() {
        boolean wasInterrupted = false;
        while (isPreparing) {
            try {
                wait();
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
