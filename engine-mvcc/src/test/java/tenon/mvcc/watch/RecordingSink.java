package tenon.mvcc.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tenon.mvcc.WatchEvent;
import tenon.mvcc.WatchNotice;
import tenon.mvcc.WatchSink;
import tenon.mvcc.WatchStream;

/// Keeps what it is told. Has room for so many notices that nobody has taken.
final class RecordingSink implements WatchSink {
    private final List<WatchNotice> told = new ArrayList<>();
    private int takenCount;
    private int roomCount = Integer.MAX_VALUE;
    private boolean ended;
    private Throwable failure;
    private Error error;

    @Override
    public synchronized boolean isReady() {
        return told.size() - takenCount < roomCount;
    }

    @Override
    public synchronized void send(WatchNotice notice) {
        if (error != null) {
            throw error;
        }
        if (ended) {
            throw new IllegalStateException("told after the end: " + notice);
        }
        told.add(notice);
        notifyAll();
    }

    @Override
    public synchronized void end(Throwable cause) {
        ended = true;
        failure = cause;
        notifyAll();
    }

    /// From now on it can be told nothing.
    synchronized void breakBy(Error newError) {
        error = newError;
    }

    /// From now on it has room for so many more.
    synchronized void setRoom(int count) {
        roomCount = count;
        takenCount = told.size();
    }

    /// As if the client had read all.
    void takeAll(WatchStream stream) {
        synchronized (this) {
            takenCount = told.size();
        }
        stream.onReady();
    }

    synchronized List<WatchNotice> told() {
        return List.copyOf(told);
    }

    synchronized boolean isEnded() {
        return ended;
    }

    synchronized Throwable failure() {
        return failure;
    }

    /// All notices, once there are so many.
    List<WatchNotice> await(int count) {
        return await(all -> all.size() >= count);
    }

    /// All events of a watch, once there are so many.
    List<WatchEvent> awaitEvents(long watchId, int count) {
        return events(watchId, await(all -> events(watchId, all).size() >= count));
    }

    synchronized List<WatchNotice> await(Predicate<List<WatchNotice>> condition) {
        try {
            while (!condition.test(told)) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("waited in vain; the last of " + told.size() + " notices is " + told.getLast(), e);
        }
        return List.copyOf(told);
    }

    synchronized void awaitEnd() {
        try {
            while (!ended) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<WatchEvent> events(long watchId, List<WatchNotice> notices) {
        return notices.stream()
                .filter(notice -> notice instanceof WatchNotice.Events some && some.watchId() == watchId)
                .flatMap(notice -> ((WatchNotice.Events) notice).events().stream())
                .toList();
    }
}
