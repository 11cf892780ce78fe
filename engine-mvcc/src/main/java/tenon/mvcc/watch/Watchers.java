package tenon.mvcc.watch;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tenon.mvcc.watch.Watcher.Place;

/// All watchers and their places. Safe for use by any thread.
final class Watchers {
    private static final int GROUP_COUNT_MAX = 512;

    /// Told that a stream may have become synced.
    private final Runnable onSynced;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // All under the lock. Invariant: a watcher is in `synced`, in `waiting`, in its stream's `parked`, or in none of them
    // while it is served, as its place says; one with a next revision behind the dispatched one is synced or served.
    private final WatcherIndex synced = new WatcherIndex();
    private final Set<Watcher> waiting = new LinkedHashSet<>();
    private long dispatchedRevision;
    private int watcherCount;
    private int unsyncedCount;
    private boolean closed;

    /// @param onSynced called under a lock: must be short, and take none but that of the tail
    Watchers(Runnable onSynced) {
        this.onSynced = onSynced;
    }

    /// Which watchers a stream has that are not synced. Under the lock of [Watchers].
    static final class Lag {
        private int unsyncedCount;
        private final Set<Watcher> parked = new LinkedHashSet<>();
    }

    long dispatchedRevision() {
        lock.lock();
        try {
            return dispatchedRevision;
        } finally {
            lock.unlock();
        }
    }

    /// Leaves out what happened while nobody watched.
    void jumpTo(long revision) {
        lock.lock();
        try {
            dispatchedRevision = Math.max(dispatchedRevision, revision);
        } finally {
            lock.unlock();
        }
    }

    void add(Watcher watcher) {
        lock.lock();
        try {
            watcherCount++;
            if (watcher.nextRevision > dispatchedRevision) {
                watcher.place = Place.SYNCED;
                synced.add(watcher);
            } else {
                countUnsynced(watcher, 1);
                unsafeQueue(watcher);
            }
        } finally {
            lock.unlock();
        }
    }

    void remove(Watcher watcher) {
        lock.lock();
        try {
            switch (watcher.place) {
                case SYNCED -> synced.remove(watcher);
                case WAITING -> waiting.remove(watcher);
                case PARKED -> watcher.stream.lag.parked.remove(watcher);
                case SERVED -> {}
                case ENDED -> {
                    return;
                }
            }
            countUnsynced(watcher, watcher.place == Place.SYNCED ? 0 : -1);
            watcherCount--;
            watcher.place = Place.ENDED;
            onSynced.run();
        } finally {
            lock.unlock();
        }
    }

    /// Moves the dispatched revision on, and lets the synced watchers collect what they want.
    ///
    /// @param through the revision up to which all events are there
    /// @return those that have something now
    List<Watcher> dispatch(List<PublishedEvent> events, long through) {
        List<Watcher> touched = new ArrayList<>();
        lock.lock();
        try {
            for (PublishedEvent event : events) {
                if (event.revision() > dispatchedRevision) {
                    synced.visit(event.key(), watcher -> {
                        if (watcher.collect(event)) {
                            touched.add(watcher);
                        }
                    });
                }
            }
            dispatchedRevision = Math.max(dispatchedRevision, through);
            return touched;
        } finally {
            lock.unlock();
        }
    }

    /// A synced watcher could not be told of a revision.
    void fallBehind(Watcher watcher, long nextRevision) {
        lock.lock();
        try {
            if (watcher.place == Place.SYNCED) {
                synced.remove(watcher);
                countUnsynced(watcher, 1);
                watcher.nextRevision = nextRevision;
                unsafePark(watcher);
            }
        } finally {
            lock.unlock();
        }
    }

    /// What comes after the dispatched revision cannot be dispatched: whoever wants it has to find it himself.
    void allFallBehind(long through) {
        lock.lock();
        try {
            List<Watcher> all = new ArrayList<>();
            synced.visitAll(all::add);
            long next = dispatchedRevision + 1;
            dispatchedRevision = Math.max(dispatchedRevision, through);
            for (Watcher watcher : all) {
                watcher.nextRevision = Math.max(watcher.nextRevision, next);
                if (watcher.nextRevision <= dispatchedRevision) {
                    synced.remove(watcher);
                    countUnsynced(watcher, 1);
                    unsafeQueue(watcher);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits for a watcher whose turn it is; it is served from now on.
    ///
    /// @return null after [#close]
    Watcher takeFirst() {
        lock.lock();
        try {
            while (!closed) {
                Iterator<Watcher> line = waiting.iterator();
                if (!line.hasNext()) {
                    changed.awaitUninterruptibly();
                    continue;
                }
                Watcher first = line.next();
                line.remove();
                if (first.stream.isReady()) {
                    first.place = Place.SERVED;
                    return first;
                }
                unsafePark(first);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Takes others that wait and stand in the same window; they are served from now on.
    List<Watcher> takeCompanions(long fromRevision, long throughRevision) {
        List<Watcher> taken = new ArrayList<>();
        lock.lock();
        try {
            Iterator<Watcher> line = waiting.iterator();
            while (line.hasNext() && taken.size() < GROUP_COUNT_MAX) {
                Watcher next = line.next();
                boolean isInside = next.nextRevision >= fromRevision && next.nextRevision <= throughRevision;
                if (isInside && next.stream.isReady()) {
                    line.remove();
                    next.place = Place.SERVED;
                    taken.add(next);
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// A watcher was served.
    ///
    /// @param nextRevision the first that it was not told of
    /// @param hadRoom whether that is only because the window ended
    void putBack(Watcher watcher, long nextRevision, boolean hadRoom) {
        lock.lock();
        try {
            if (watcher.place != Place.SERVED) {
                return;
            }
            watcher.nextRevision = Math.max(watcher.nextRevision, nextRevision);
            if (watcher.nextRevision > dispatchedRevision) {
                countUnsynced(watcher, -1);
                watcher.place = Place.SYNCED;
                synced.add(watcher);
                onSynced.run();
            } else if (hadRoom) {
                unsafeQueue(watcher);
            } else {
                unsafePark(watcher);
            }
        } finally {
            lock.unlock();
        }
    }

    /// The sink of a stream has room.
    void unpark(Stream stream) {
        lock.lock();
        try {
            List<Watcher> parked = List.copyOf(stream.lag.parked);
            stream.lag.parked.clear();
            parked.forEach(this::unsafeQueue);
        } finally {
            lock.unlock();
        }
    }

    boolean isSynced(Stream stream) {
        lock.lock();
        try {
            return stream.lag.unsyncedCount == 0;
        } finally {
            lock.unlock();
        }
    }

    boolean isSynced(Watcher watcher) {
        lock.lock();
        try {
            return watcher.place == Place.SYNCED;
        } finally {
            lock.unlock();
        }
    }

    int watcherCount() {
        lock.lock();
        try {
            return watcherCount;
        } finally {
            lock.unlock();
        }
    }

    int unsyncedCount() {
        lock.lock();
        try {
            return unsyncedCount;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the waiting of those who serve.
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void countUnsynced(Watcher watcher, int change) {
        unsyncedCount += change;
        watcher.stream.lag.unsyncedCount += change;
    }

    private void unsafeQueue(Watcher watcher) {
        watcher.place = Place.WAITING;
        waiting.add(watcher);
        changed.signal();
    }

    /// Whoever makes room looks for parked watchers after that, so it is asked for once more.
    private void unsafePark(Watcher watcher) {
        watcher.place = Place.PARKED;
        watcher.stream.lag.parked.add(watcher);
        if (watcher.stream.isReady()) {
            watcher.stream.lag.parked.remove(watcher);
            unsafeQueue(watcher);
        }
    }
}
