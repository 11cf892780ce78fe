package tenon.server.campaign;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Watches all keys at one member, from the beginning on. When the watch breaks, it goes on behind the last revision
/// that it saw.
final class MemberWatch implements AutoCloseable {
    private static final long RESUME_PAUSE_MS = 100;

    private final Connection connection;
    private final CallLog log;
    private final Journal journal;
    private final ScheduledExecutorService resumption =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("tenon-watch").daemon().factory());

    private final List<Version> events = new ArrayList<>();
    private final List<OrderLaw.Sighting> sightings = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final long firstRevision;
    private long nextRevision;

    /// Watches so far. What an earlier one still says does not count.
    private int generation;

    private boolean isBroken;
    private boolean isClosed;

    MemberWatch(Member member, long firstRevision, CallLog log, Journal journal) {
        this.connection = new Connection(member);
        this.firstRevision = firstRevision;
        this.nextRevision = firstRevision;
        this.log = log;
        this.journal = journal;
    }

    Member member() {
        return connection.member();
    }

    long firstRevision() {
        return firstRevision;
    }

    /// The first revision that it has not seen.
    synchronized long nextRevision() {
        return nextRevision;
    }

    synchronized int resumedCount() {
        return generation - 1;
    }

    synchronized List<Version> events() {
        return List.copyOf(events);
    }

    synchronized List<OrderLaw.Sighting> sightings() {
        return List.copyOf(sightings);
    }

    synchronized List<String> complaints() {
        return List.copyOf(complaints);
    }

    synchronized void begin() {
        if (isClosed) {
            return;
        }
        isBroken = false;
        int mine = ++generation;
        StreamObserver<WatchRequest> requests = connection.watch().watch(new StreamObserver<>() {
            @Override
            public void onNext(WatchResponse response) {
                onResponse(mine, response);
            }

            @Override
            public void onError(Throwable error) {
                onEnd(mine);
            }

            @Override
            public void onCompleted() {
                onEnd(mine);
            }
        });
        ByteString zero = ByteString.copyFrom(new byte[1]);
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(zero)
                        .setRangeEnd(zero)
                        .setStartRevision(nextRevision))
                .build());
    }

    private synchronized void onResponse(int from, WatchResponse response) {
        if (from != generation || isBroken) {
            return;
        }
        if (response.getCanceled()) {
            journal.note("watch at %s canceled at revision %d, compacted %d: %s",
                    member().name, nextRevision, response.getCompactRevision(), response.getCancelReason());
            if (response.getCompactRevision() > 0) {
                complaints.add("compacted at " + response.getCompactRevision() + " before it saw " + nextRevision);
            }
            onEnd(from);
            return;
        }
        for (Event told : response.getEventsList()) {
            Version event = told.getType() == Event.EventType.DELETE
                    ? Version.deletion(told.getKv().getKey().toStringUtf8(), told.getKv().getModRevision())
                    : Version.of(told.getKv());
            events.add(event);
            nextRevision = Math.max(nextRevision, event.modRevision() + 1);
        }
        if (response.getEventsCount() > 0) {
            sightings.add(new OrderLaw.Sighting(
                    log.now(), nextRevision - 1, "a watch at " + member().name + " told " + events.getLast()));
        }
    }

    private synchronized void onEnd(int from) {
        if (from == generation && !isBroken && !isClosed) {
            isBroken = true;
            resumption.schedule(this::resume, RESUME_PAUSE_MS, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void resume() {
        connection.renew();
        begin();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        connection.close();
        resumption.shutdownNow();
    }
}
