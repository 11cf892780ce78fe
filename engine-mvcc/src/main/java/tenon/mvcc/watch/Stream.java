package tenon.mvcc.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import tenon.api.Clock;
import tenon.mvcc.KeyRange;
import tenon.mvcc.WatchEvent;
import tenon.mvcc.WatchNotice;
import tenon.mvcc.WatchNotice.Refusal;
import tenon.mvcc.WatchRequest;
import tenon.mvcc.WatchSink;
import tenon.mvcc.WatchStream;

/// The watches of one sink.
final class Stream implements WatchStream {
    private static final System.Logger LOG = System.getLogger(Stream.class.getName());
    /// All events were told.
    static final long NOTHING_LEFT = -1;

    private static final long NONE = -1;
    private static final int EVENT_OVERHEAD_BYTES = 16;

    private final Hub hub;
    private final WatchSink sink;
    /// Held while the sink takes a notice.
    private final ReentrantLock lock = new ReentrantLock();
    // Of the lock of Watchers.
    final Watchers.Lag lag = new Watchers.Lag();

    // All under the lock. Invariant: each is found under its own id, and none is there that has ended.
    private final Map<Long, Watcher> byId = new HashMap<>();
    private long nextId;
    /// The revision that a notice of progress is wanted for, or NONE.
    private long wantedRevision = NONE;
    private boolean ticked;
    private Clock.Timer ticker;
    private boolean ended;

    Stream(Hub hub, WatchSink sink) {
        this.hub = hub;
        this.sink = sink;
    }

    boolean isReady() {
        return sink.isReady();
    }

    @Override
    public void watch(WatchRequest request) {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            long revision = hub.store().currentRevision();
            Refusal refusal = findRefusal(request);
            if (refusal != null) {
                sink.send(new WatchNotice.Refused(revision, refusal));
                return;
            }
            long start = request.startRevision() == 0 ? revision + 1 : request.startRevision();
            Watcher watcher = new Watcher(this, chooseId(request), request, start);
            byId.put(watcher.id, watcher);
            if (request.wants().progress() && ticker == null) {
                ticker = hub.clock().every(hub.options().progressIntervalNs(), this::onTick);
            }
            sink.send(new WatchNotice.Created(watcher.id, revision));
            hub.watchers().add(watcher);
        } finally {
            lock.unlock();
        }
    }

    private Refusal findRefusal(WatchRequest request) {
        KeyRange range = request.range();
        boolean isBounded = !range.isSingleKey() && !range.isUnbounded();
        if (request.startRevision() < 0) {
            return Refusal.NEGATIVE_REVISION;
        }
        if (isBounded && Arrays.compareUnsigned(range.start(), range.end()) >= 0) {
            return Refusal.EMPTY_RANGE;
        }
        return request.watchId() != 0 && byId.containsKey(request.watchId()) ? Refusal.DUPLICATE_ID : null;
    }

    private long chooseId(WatchRequest request) {
        if (request.watchId() != 0) {
            return request.watchId();
        }
        while (byId.containsKey(nextId)) {
            nextId++;
        }
        return nextId++;
    }

    @Override
    public void cancel(long watchId) {
        lock.lock();
        try {
            Watcher watcher = byId.remove(watchId);
            if (watcher != null) {
                hub.watchers().remove(watcher);
                sink.send(new WatchNotice.Canceled(watchId, hub.store().currentRevision()));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void requestProgress() {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            wantedRevision = hub.store().currentRevision();
        } finally {
            lock.unlock();
        }
        hub.dispatcher().onProgressDue(this);
    }

    private void onTick() {
        lock.lock();
        try {
            ticked = true;
        } finally {
            lock.unlock();
        }
        hub.dispatcher().onProgressDue(this);
    }

    @Override
    public void onReady() {
        hub.watchers().unpark(this);
        hub.dispatcher().wake();
    }

    /// Tells a watcher of events, as far as there is room.
    ///
    /// @param revision that of the store, or 0 for that of the last event
    /// @return the revision of the first event that there was no room for, or [#NOTHING_LEFT]
    long tell(Watcher watcher, List<PublishedEvent> events, Past past, long revision) {
        lock.lock();
        try {
            int told = 0;
            while (told < events.size() && byId.get(watcher.id) == watcher) {
                if (!sink.isReady()) {
                    return events.get(told).revision();
                }
                told = tellSome(watcher, events, told, past, revision);
            }
            return NOTHING_LEFT;
        } finally {
            lock.unlock();
        }
    }

    /// @return the index of the first event that was not told; it begins another transaction
    private int tellSome(Watcher watcher, List<PublishedEvent> events, int from, Past past, long revision) {
        WatchRequest.Wants wants = watcher.request.wants();
        List<WatchEvent> some = new ArrayList<>(1);
        long sizeBytes = 0;
        long last = events.get(from).revision();
        int index = from;
        while (index < events.size()) {
            PublishedEvent next = events.get(index);
            if (next.revision() != last && sizeBytes >= hub.options().noticeSizeBytes()) {
                break;
            }
            WatchEvent event = wants.previous() ? next.withPrevious(past) : next.bare();
            some.add(event);
            sizeBytes += sizeBytes(event);
            last = next.revision();
            index++;
        }
        sink.send(new WatchNotice.Events(watcher.id, Math.max(revision, last), wants.fragments(), some));
        watcher.progressDue = false;
        hub.countSent(some.size());
        return index;
    }

    private static long sizeBytes(WatchEvent event) {
        long previous = event.previous() == null ? 0 : event.previous().encoded().length;
        return event.keyValue().encoded().length + previous + EVENT_OVERHEAD_BYTES;
    }

    /// What a watcher was to be told next is compacted.
    void tellCompacted(Watcher watcher, long compactedRevision) {
        lock.lock();
        try {
            if (byId.remove(watcher.id, watcher)) {
                hub.watchers().remove(watcher);
                sink.send(new WatchNotice.Compacted(watcher.id, compactedRevision));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Tells of progress where that is due. For the dispatcher between two rounds.
    ///
    /// @return whether something is still due
    boolean tellProgress() {
        lock.lock();
        try {
            if (ended || wantedRevision == NONE && !ticked) {
                return false;
            }
            if (!sink.isReady()) {
                return true;
            }
            long revision = hub.watchers().dispatchedRevision();
            if (ticked) {
                ticked = false;
                byId.values().forEach(watcher -> tellProgress(watcher, revision));
            }
            if (wantedRevision != NONE && isThrough(revision)) {
                wantedRevision = NONE;
                sink.send(new WatchNotice.Progress(WatchNotice.Progress.ALL, revision));
            }
            return wantedRevision != NONE;
        } finally {
            lock.unlock();
        }
    }

    private void tellProgress(Watcher watcher, long revision) {
        if (!watcher.request.wants().progress()) {
            return;
        }
        boolean hasBegun = revision >= watcher.request.startRevision();
        if (watcher.progressDue && hasBegun && hub.watchers().isSynced(watcher)) {
            sink.send(new WatchNotice.Progress(watcher.id, revision));
        }
        watcher.progressDue = true;
    }

    private boolean isThrough(long revision) {
        return revision >= wantedRevision
                && hub.watchers().isSynced(this)
                && byId.values().stream().allMatch(watcher -> revision >= watcher.request.startRevision());
    }

    @Override
    public void close() {
        if (unwatchAll()) {
            hub.forget(this);
        }
    }

    /// Ends the stream and tells the sink.
    ///
    /// @param failure why, null if the hub was closed
    void end(Throwable failure) {
        lock.lock();
        try {
            if (unwatchAll()) {
                tellEnd(failure);
                hub.forget(this);
            }
        } finally {
            lock.unlock();
        }
    }

    /// One that cannot even be told of its end must not end those who serve the others.
    private void tellEnd(Throwable failure) {
        try {
            sink.end(failure);
        } catch (RuntimeException | Error second) {
            LOG.log(System.Logger.Level.ERROR, "a watch stream could not be ended", second);
        }
    }

    /// @return false if the stream had ended already
    private boolean unwatchAll() {
        lock.lock();
        try {
            if (ended) {
                return false;
            }
            ended = true;
            byId.values().forEach(hub.watchers()::remove);
            byId.clear();
            if (ticker != null) {
                ticker.cancel();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
