package tenon.server.peer;

import io.netty.channel.EventLoop;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import tenon.api.Clock;
import tenon.api.Message;
import tenon.server.peer.wire.Purpose;
import tenon.server.peer.wire.RaftMessage;

/// Messages of one kind on their way to one peer: a queue, and a connection that is made again whenever it breaks.
/// Messages are taken only while there is a connection or one is being made; what waits when it breaks is dropped, for
/// Raft knows better by then. All but [#offer] happens on one event loop.
final class PeerStream {
    private final PeerEnvironment world;
    private final Dialer dialer;
    private final Peer peer;
    private final Purpose purpose;
    private final EventLoop loop;
    private final SendQueue queue;
    private final Backoff backoff;
    private final AtomicBoolean drainAsked = new AtomicBoolean();
    private volatile boolean taking;

    // Only the event loop uses these. Invariant: connection and retry are not both there.
    private List<URI> urls;
    private StreamConnection connection;
    private Clock.Timer retry;
    private int tryCount;
    private boolean closed;

    PeerStream(
            PeerEnvironment world,
            Dialer dialer,
            Peer peer,
            Purpose purpose,
            EventLoop loop,
            SendQueue.Limits limits,
            RandomGenerator random) {
        this.world = world;
        this.dialer = dialer;
        this.peer = peer;
        this.purpose = purpose;
        this.loop = loop;
        this.queue = new SendQueue(limits);
        this.backoff = new Backoff(world.timing().retryFirstNs(), world.timing().retryLongestNs(), random);
    }

    /// Takes a message to be sent. Safe for use by any thread.
    ///
    /// @return false if it was dropped
    boolean offer(Message message) {
        if (!taking || !queue.offer(message)) {
            return false;
        }
        // Those that come until the loop has its turn are sent with one flush.
        if (drainAsked.compareAndSet(false, true)) {
            PeerEnvironment.execute(loop, this::drain);
        }
        return true;
    }

    /// Where the peer is now. Safe for use by any thread, as is [#close].
    void connectTo(List<URI> others) {
        taking = true;
        PeerEnvironment.execute(loop, () -> {
            urls = others;
            if (closed || connection != null && others.contains(connection.url)) {
                return;
            }
            backoff.reset();
            tryCount = 0;
            if (connection != null) {
                // Its end leads to the next try.
                connection.close("its address has changed");
            } else {
                connect();
            }
        });
    }

    void close(String reason) {
        taking = false;
        PeerEnvironment.execute(loop, () -> {
            closed = true;
            cancelRetry();
            if (connection != null) {
                connection.close(reason);
            }
        });
    }

    private void connect() {
        cancelRetry();
        if (closed || connection != null) {
            return;
        }
        taking = true;
        URI url = urls.get(Math.floorMod(tryCount, urls.size()));
        StreamConnection made = new StreamConnection(world, peer, url, purpose, this);
        connection = made;
        dialer.dial(url, tryCount++, loop, made::addTo, made::onDialFailed);
    }

    private void cancelRetry() {
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
    }

    void onAgreed(StreamConnection made, String peerVersion) {
        backoff.reset();
        // This address was good, so it is the first one to be tried again.
        tryCount--;
        if (purpose == Purpose.MESSAGES) {
            peer.onActive();
            world.notices().log(Level.INFO, made.subject() + ", version " + peerVersion + ", is connected");
        }
        drain();
    }

    void onEnd(StreamConnection made, String reason) {
        boolean wasAgreed = made.isAgreed();
        connection = null;
        taking = false;
        peer.onDropped(queue.clear());
        if (wasAgreed && purpose == Purpose.MESSAGES) {
            peer.onInactive();
        }
        if (closed) {
            return;
        }
        String what = wasAgreed ? " is not connected any more: " : " cannot be connected: ";
        world.notices().log(Level.WARNING, made.subject() + what + reason);
        long delayNs = backoff.nextDelayNs();
        retry = world.clock().after(delayNs, () -> PeerEnvironment.execute(loop, this::connect));
    }

    /// Sends what waits, as long as the socket takes it.
    void drain() {
        drainAsked.set(false);
        StreamConnection made = connection;
        if (made == null || !made.isAgreed()) {
            return;
        }
        boolean written = false;
        while (made.isWritable()) {
            Message message = queue.poll();
            if (message == null) {
                break;
            }
            written |= write(made, message);
        }
        if (written) {
            made.flush();
        }
    }

    private boolean write(StreamConnection made, Message message) {
        RaftMessage wire = MessageCodec.encode(message);
        int bytesMax = purpose == Purpose.APPENDS ? world.limits().messageBytesMax() : PeerLayout.BODY_BYTES_MAX;
        if (wire.getSerializedSize() > bytesMax) {
            world.notices().log(
                    Level.ERROR,
                    "too large for " + made.subject(),
                    "a message of " + wire.getSerializedSize() + " bytes for " + made.subject()
                            + " was dropped: the limit is " + bytesMax);
            peer.onDropped(1);
            return false;
        }
        made.write(FrameType.MESSAGE, wire);
        return true;
    }
}
