package tenon.server.peer;

import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import tenon.api.Message;
import tenon.server.error.EtcdError;
import tenon.server.peer.wire.Purpose;
import tenon.server.rpc.MemberListResponse;

/// Another node as this one sees it: two streams to it, at most one snapshot, and what is counted. Safe for use by any
/// thread.
final class Peer {
    private static final long NEVER = Long.MIN_VALUE;

    private final PeerEnvironment world;
    private final long nodeId;
    private volatile boolean isGuest;
    private final Dialer dialer;
    private final EventLoopGroup loops;
    private final PeerCounters counters;
    private final PeerStream messages;
    private final PeerStream appends;
    private final AtomicLong unreachableToldNs;
    private volatile long activeSinceNs = NEVER;
    private volatile List<URI> urls;

    // Guarded by this.
    /// The last one; null before the first.
    private SnapshotSender snapshot;
    private boolean closed;

    /// @param isGuest whether it came by itself, before [PeerNetwork#setPeers] told of it
    Peer(PeerEnvironment world, Dialer dialer, EventLoopGroup loops, long nodeId, List<URI> urls, boolean isGuest) {
        this.world = world;
        this.nodeId = nodeId;
        this.isGuest = isGuest;
        this.dialer = dialer;
        this.loops = loops;
        this.urls = List.copyOf(urls);
        this.counters = new PeerCounters();
        this.unreachableToldNs =
                new AtomicLong(world.clock().monotonicNs() - world.timing().unreachableNs());
        SplittableRandom random = new SplittableRandom(world.platform().seed() ^ nodeId);
        PeerOptions.Limits limits = world.limits();
        this.messages = new PeerStream(
                world,
                dialer,
                this,
                Purpose.MESSAGES,
                loops.next(),
                new SendQueue.Limits(limits.waitingCountMax(), limits.waitingMessageBytesMax()),
                random.split());
        this.appends = new PeerStream(
                world,
                dialer,
                this,
                Purpose.APPENDS,
                loops.next(),
                new SendQueue.Limits(limits.waitingCountMax(), limits.waitingAppendBytesMax()),
                random.split());
    }

    void start() {
        messages.connectTo(urls);
        appends.connectTo(urls);
    }

    long nodeId() {
        return nodeId;
    }

    boolean isGuest() {
        return isGuest;
    }

    void becomeMember() {
        isGuest = false;
    }

    PeerCounters counters() {
        return counters;
    }

    List<URI> urls() {
        return urls;
    }

    void moveTo(List<URI> others) {
        if (!urls.equals(others)) {
            urls = List.copyOf(others);
            start();
        }
    }

    /// What carries entries goes one way, so that it keeps its order; all else goes the other way, so that it waits for
    /// nothing large.
    void send(Message message) {
        boolean carriesEntries = message instanceof Message.Append || message instanceof Message.Forward;
        if (!(carriesEntries ? appends : messages).offer(message)) {
            onDropped(1);
        }
    }

    /// So many messages got lost.
    void onDropped(int count) {
        if (count == 0) {
            return;
        }
        counters.sendFailures.add(count);
        long nowNs = world.clock().monotonicNs();
        long toldNs = unreachableToldNs.get();
        if (nowNs - toldNs >= world.timing().unreachableNs() && unreachableToldNs.compareAndSet(toldNs, nowNs)) {
            world.handler().onUnreachable(nodeId);
        }
    }

    void onActive() {
        activeSinceNs = world.clock().monotonicNs();
    }

    void onInactive() {
        activeSinceNs = NEVER;
        counters.disconnects.increment();
    }

    OptionalLong activeSinceNs() {
        long sinceNs = activeSinceNs;
        return sinceNs == NEVER ? OptionalLong.empty() : OptionalLong.of(sinceNs);
    }

    /// Starts to send a snapshot.
    ///
    /// @return false if one is under way, or the peer has gone
    synchronized boolean sendSnapshot(SnapshotSource source, long snapshotId) {
        if (closed || snapshot != null && !snapshot.isOver()) {
            return false;
        }
        snapshot = new SnapshotSender(world, dialer, loops.next(), this, source, snapshotId);
        snapshot.start();
        return true;
    }

    /// See [PeerNetwork#promote].
    CompletableFuture<MemberListResponse> promote(long memberId) {
        CompletableFuture<MemberListResponse> answer = new CompletableFuture<>();
        askToPromote(memberId, urls.iterator(), answer);
        return answer;
    }

    /// At the first of the URLs where it can be asked.
    private void askToPromote(long memberId, Iterator<URI> places, CompletableFuture<MemberListResponse> answer) {
        if (!places.hasNext()) {
            answer.completeExceptionally(EtcdError.NO_LEADER.exception());
            return;
        }
        PromotionConnection made = new PromotionConnection(
                world, this, places.next(), memberId, answer, () -> askToPromote(memberId, places, answer));
        answer.whenComplete((_, _) -> made.close(PeerConnection.DONE));
        dialer.dial(made.url, 0, loops.next(), made::addTo, made::onDialFailed);
    }

    void close(String reason) {
        messages.close(reason);
        appends.close(reason);
        SnapshotSender running;
        synchronized (this) {
            closed = true;
            running = snapshot;
        }
        if (running != null) {
            running.cancel(reason);
        }
    }

    /// Waits for the end of the thread that sent a snapshot. After [#close].
    void join() {
        SnapshotSender running;
        synchronized (this) {
            running = snapshot;
        }
        if (running != null) {
            running.join();
        }
    }
}
