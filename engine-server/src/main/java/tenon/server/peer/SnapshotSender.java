package tenon.server.peer;

import io.netty.channel.EventLoop;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import tenon.api.Clock;
import tenon.api.Message;
import tenon.server.peer.wire.SnapshotBegin;
import tenon.server.replication.Joining;

/// Sends one snapshot to one peer, on a thread of its own: spools it, then sends it over as many connections as it takes,
/// as long as each few of them bring it further. Tells in the end how that went.
final class SnapshotSender {
    private final PeerEnvironment world;
    private final Dialer dialer;
    private final EventLoop loop;
    private final Peer peer;
    private final SnapshotSource source;
    private final long snapshotId;
    private final Backoff backoff;
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private volatile boolean over;
    private Thread thread;

    // Guarded by this.
    private SnapshotConnection connection;

    SnapshotSender(
            PeerEnvironment world,
            Dialer dialer,
            EventLoop loop,
            Peer peer,
            SnapshotSource source,
            long snapshotId) {
        this.world = world;
        this.dialer = dialer;
        this.loop = loop;
        this.peer = peer;
        this.source = source;
        this.snapshotId = snapshotId;
        this.backoff = new Backoff(
                world.timing().retryFirstNs(), world.timing().retryLongestNs(), new SplittableRandom(snapshotId));
    }

    void start() {
        thread = world.platform().threads().start("tenon-snapshot-send-" + Handshake.hex(peer.nodeId()), this::run);
    }

    /// Gives up as soon as it can. Safe for use by any thread, as is [#join].
    void cancel(String reason) {
        cancelled.complete(null);
        synchronized (this) {
            if (connection != null) {
                connection.abandon(reason);
            }
        }
    }

    /// Whether the next one may begin.
    boolean isOver() {
        return over;
    }

    void join() {
        Joining.join(thread);
    }

    private void run() {
        long beginNs = world.clock().monotonicNs();
        boolean delivered = false;
        try {
            delivered = sendAll();
        } catch (CancellationException _) {
            // Told as a failure, but no news for the log.
        } catch (RuntimeException | Error e) {
            world.notices().log(Level.ERROR, "a snapshot for " + who() + " cannot be made: " + e.getMessage());
        } finally {
            peer.counters().snapshotsSent.onEnd(delivered, world.clock().monotonicNs() - beginNs);
            over = true;
            world.handler().onSnapshotSent(peer.nodeId(), delivered);
        }
    }

    private boolean sendAll() {
        try (SnapshotSpool spool = SnapshotSpool.fill(
                world.platform().files(),
                SnapshotFiles.spool(world.options().snapshotDirectory(), peer.nodeId()),
                source,
                cancelled::isDone)) {
            checkMeant(spool.message());
            peer.counters().snapshotsSent.onSize(spool.sizeBytes());
            return sendSpooled(spool);
        }
    }

    private void checkMeant(Message.InstallSnapshot message) {
        if (message.to() != peer.nodeId() || message.from() != world.self().nodeId()) {
            throw new IllegalArgumentException("its message is from node " + Handshake.hex(message.from())
                    + " to node " + Handshake.hex(message.to()));
        }
    }

    /// Tries again and again, but only so often in a row without coming further.
    private boolean sendSpooled(SnapshotSpool spool) {
        long farthestBytes = 0;
        int vainCount = 0;
        for (int number = 0; !cancelled.isDone(); number++) {
            try {
                trySend(spool, number);
                return true;
            } catch (SnapshotConnection.Broken e) {
                long reachedBytes = peer.counters().snapshotsSent.doneBytes.get();
                if (reachedBytes > farthestBytes) {
                    farthestBytes = reachedBytes;
                    vainCount = 0;
                    backoff.reset();
                }
                vainCount++;
                world.notices().log(Level.WARNING, "a snapshot for " + who() + " broke off: " + e.getMessage());
            }
            if (vainCount >= world.limits().snapshotTryCountMax()) {
                world.notices().log(
                        Level.ERROR,
                        "a snapshot for " + who() + " was given up after " + vainCount + " tries in a row");
                return false;
            }
            pause(backoff.nextDelayNs());
        }
        return false;
    }

    /// @throws SnapshotConnection.Broken if it did not get through
    private void trySend(SnapshotSpool spool, int number) {
        List<URI> urls = peer.urls();
        URI url = urls.get(Math.floorMod(number, urls.size()));
        SnapshotConnection made = new SnapshotConnection(
                world,
                peer,
                url,
                SnapshotBegin.newBuilder()
                        .setSnapshotId(snapshotId)
                        .setMessage(MessageCodec.encode(spool.message()))
                        .setSizeBytes(spool.sizeBytes())
                        .build());
        synchronized (this) {
            connection = made;
            if (cancelled.isDone()) {
                made.abandon("nobody wants the snapshot any more");
            }
        }
        dialer.dial(url, number, loop, made::addTo, made::onDialFailed);
        try {
            long position = made.awaitPosition();
            while (position < spool.sizeBytes()) {
                var chunk = spool.read(position);
                int count = chunk.remaining();
                made.send(position, chunk);
                position += count;
                peer.counters().snapshotsSent.doneBytes.set(position);
            }
            made.finish(spool.crc());
        } finally {
            made.close("the snapshot is over");
        }
    }

    private void pause(long delayNs) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Clock.Timer timer = world.clock().after(delayNs, () -> over.complete(null));
        CompletableFuture.anyOf(over, cancelled).join();
        timer.cancel();
    }

    private String who() {
        return "node " + Handshake.hex(peer.nodeId());
    }
}
