package tenon.server.peer;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import tenon.api.Clock;
import tenon.api.Message;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.server.error.EtcdError;
import tenon.server.error.ListenException;
import tenon.server.peer.wire.Hello;
import tenon.server.replication.PeerTransport;
import tenon.server.rpc.MemberListResponse;
import tenon.server.tls.TlsContext;
import tenon.server.tls.TlsException;

/// The way to the other members of the cluster, from [#start] to [#close]. Safe for use by any thread; nothing here
/// waits for a peer or a disk, but for [#start] and [#close].
public final class PeerNetwork implements PeerTransport, AutoCloseable {
    private static final int IO_THREAD_COUNT_MAX = 4;
    private static final long CLOSE_SECONDS_MAX = 5;
    /// Changed certificates are used at most so much later.
    private static final long TLS_RELOAD_SECONDS = 10;
    /// Members that are not known here yet, at a time.
    private static final int GUEST_COUNT_MAX = 32;

    private final PeerEnvironment world;
    private final EventLoopGroup loops;
    private final Dialer dialer;
    private final SnapshotReceiver snapshots;
    private final PeerListener listener;
    private final Clock.Timer ticks;
    private final Clock.Timer tlsReloads;
    private final AtomicBoolean tlsReloading = new AtomicBoolean();

    // Changed under the lock of this, and then replaced as a whole.
    private volatile Map<Long, Peer> peers = Map.of();
    // Guarded by this.
    private final SplittableRandom snapshotIds;
    private boolean closed;

    private PeerNetwork(
            Platform platform, NodeIdentity self, String serverVersion, PeerOptions options, PeerHandler handler) {
        TlsContext tls = options.tls() == null
                ? null
                : TlsContext.load(platform.files(), options.tls(), TlsContext.Use.MEMBERS);
        SnapshotFiles.prepare(platform.files(), options.snapshotDirectory());
        this.world = new PeerEnvironment(
                platform,
                self,
                serverVersion,
                options,
                handler,
                this::advertisedUrls,
                tls,
                new Notices(platform.clock(), options.timing().noticeNs()),
                new Connections());
        this.snapshotIds = new SplittableRandom(platform.seed() ^ self.nodeId());
        this.loops = new MultiThreadIoEventLoopGroup(
                Math.clamp(Runtime.getRuntime().availableProcessors(), 1, IO_THREAD_COUNT_MAX),
                new DefaultThreadFactory("tenon-peer-io", true),
                NioIoHandler.newFactory());
        this.dialer = new Dialer(platform, tls, options.timing().handshakeNs());
        this.snapshots = new SnapshotReceiver(world);
        this.listener = new PeerListener(
                loops, tls, () -> new AcceptedConnection(world, new KnownAndGuests(), snapshots));
        try {
            listener.bind(options.listenUrls());
        } catch (ListenException e) {
            loops.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS).awaitUninterruptibly();
            throw e;
        }
        this.ticks = world.clock()
                .every(world.timing().pingNs(), () -> world.connections().onTick(world.clock().monotonicNs()));
        this.tlsReloads =
                tls == null ? null : world.clock().every(TimeUnit.SECONDS.toNanos(TLS_RELOAD_SECONDS), this::reloadTls);
    }

    /// Listens; knows no peers yet.
    ///
    /// @param serverVersion told to peers
    /// @throws ListenException if an address cannot be had
    /// @throws TlsException if certificate or key cannot be used
    public static PeerNetwork start(
            Platform platform, NodeIdentity self, String serverVersion, PeerOptions options, PeerHandler handler) {
        return new PeerNetwork(platform, self, serverVersion, options, handler);
    }

    /// Where it listens, with the ports that the system chose.
    public List<URI> addresses() {
        return listener.addresses();
    }

    private List<URI> advertisedUrls() {
        List<URI> configured = world.options().advertisedUrls();
        return configured.isEmpty() ? addresses() : configured;
    }

    // ---- who the peers are

    /// Says who the other members are and where. Those that are new are connected, those that are missing are
    /// disconnected, those that have moved are looked for at their new place. This node itself is passed over.
    ///
    /// @throws IllegalArgumentException if a URL is none of a member; nothing has changed then
    public void setPeers(Map<Long, List<URI>> members) {
        members.forEach((nodeId, urls) -> {
            if (urls.isEmpty()) {
                throw new IllegalArgumentException("node " + Handshake.hex(nodeId) + " has no URL");
            }
            urls.forEach(PeerUrl::check);
        });
        Map<Long, Peer> gone;
        synchronized (this) {
            if (closed) {
                return;
            }
            gone = new HashMap<>(peers);
            Map<Long, Peer> next = new HashMap<>();
            members.forEach((nodeId, urls) -> {
                if (nodeId != world.self().nodeId()) {
                    next.put(nodeId, memberOf(nodeId, urls));
                }
            });
            for (Peer peer : peers.values()) {
                if (peer.isGuest() && !world.handler().isRemoved(peer.nodeId())) {
                    next.putIfAbsent(peer.nodeId(), peer);
                }
            }
            next.keySet().forEach(gone::remove);
            peers = Map.copyOf(next);
        }
        for (Peer peer : gone.values()) {
            disconnect(peer, "it is no member any more");
        }
    }

    /// A peer that is there already keeps its connections and counters.
    private Peer memberOf(long nodeId, List<URI> urls) {
        Peer known = peers.get(nodeId);
        if (known != null) {
            known.becomeMember();
            known.moveTo(urls);
            return known;
        }
        Peer peer = new Peer(world, dialer, loops, nodeId, urls, false);
        peer.start();
        return peer;
    }

    private void disconnect(Peer peer, String reason) {
        peer.close(reason);
        world.connections().closeAcceptedFrom(peer.nodeId(), reason);
    }

    /// A member that joined while this node was away may lead already: this node learns of it only from what that one
    /// sends. So it is let in and answered, as long as it stays; etcd does the same.
    private final class KnownAndGuests implements AcceptedConnection.Guests {
        @Override
        public Peer peerOf(Hello hello) {
            long nodeId = hello.getFromNodeId();
            Peer known = peers.get(nodeId);
            return known != null ? known : admit(nodeId, Handshake.urls(hello));
        }

        @Override
        public void onLeft(Peer peer) {
            if (peer.isGuest() && !world.connections().hasAcceptedFrom(peer.nodeId())) {
                remove(peer);
            }
        }
    }

    private synchronized Peer admit(long nodeId, List<URI> urls) {
        Peer known = peers.get(nodeId);
        if (known != null) {
            return known;
        }
        long guestCount = peers.values().stream().filter(Peer::isGuest).count();
        if (closed || guestCount >= GUEST_COUNT_MAX) {
            throw new IllegalArgumentException("node " + Handshake.hex(nodeId) + " is not known here");
        }
        Peer guest = new Peer(world, dialer, loops, nodeId, urls, true);
        Map<Long, Peer> next = new HashMap<>(peers);
        next.put(nodeId, guest);
        peers = Map.copyOf(next);
        guest.start();
        return guest;
    }

    private void remove(Peer guest) {
        synchronized (this) {
            if (peers.get(guest.nodeId()) != guest || !guest.isGuest()) {
                return;
            }
            Map<Long, Peer> next = new HashMap<>(peers);
            next.remove(guest.nodeId());
            peers = Map.copyOf(next);
        }
        guest.close("it has left, and is not known here");
    }

    // ---- sending

    /// Sends; what finds no connection or no room is dropped. An `InstallSnapshot` is not sent but handed to
    /// [PeerHandler#onSnapshotWanted].
    @Override
    public void send(List<Message> messages) {
        for (Message message : messages) {
            Peer peer = peers.get(message.to());
            if (message instanceof Message.InstallSnapshot wanted) {
                world.handler().onSnapshotWanted(wanted);
            } else if (peer != null) {
                peer.send(message);
            } else {
                world.notices().log(
                        Level.DEBUG, "a message to node " + Handshake.hex(message.to()) + ", which is not known here");
            }
        }
    }

    /// Sends a snapshot, on a thread of its own. [PeerHandler#onSnapshotSent] tells how that went; at once, if the node
    /// is not known or another snapshot is on its way to it.
    ///
    /// @param toNodeId for whom it is
    /// @param source begun soon, and only if it is to be sent
    public void sendSnapshot(long toNodeId, SnapshotSource source) {
        Peer peer = peers.get(toNodeId);
        if (peer == null || !peer.sendSnapshot(source, nextSnapshotId())) {
            world.handler().onSnapshotSent(toNodeId, false);
        }
    }

    /// Asks a node, which should lead, to promote a learner. There is no limit of time but that for a peer that is silent:
    /// whoever has waited long enough completes the future, which ends the connection.
    ///
    /// @return completes with all members; fails with [tenon.server.error.RequestException]: with the refusal of the node,
    ///     with `NO_LEADER` if it could not be asked, or with `TIMEOUT` if it was asked and its answer got lost
    public CompletableFuture<MemberListResponse> promote(long leaderId, long memberId) {
        Peer peer = peers.get(leaderId);
        return peer == null
                ? CompletableFuture.failedFuture(EtcdError.NO_LEADER.exception())
                : peer.promote(memberId);
    }

    private synchronized long nextSnapshotId() {
        return snapshotIds.nextLong();
    }

    // ---- what can be seen

    /// Since when the node can be reached, on the clock of the platform; empty if it cannot.
    public OptionalLong activeSinceNs(long nodeId) {
        Peer peer = peers.get(nodeId);
        return peer == null ? OptionalLong.empty() : peer.activeSinceNs();
    }

    /// What went between this node and each other one, by id.
    public List<PeerTraffic> traffic() {
        return peers.values().stream()
                .sorted(Comparator.comparingLong(Peer::nodeId))
                .map(peer -> PeerTraffic.of(peer.nodeId(), peer.activeSinceNs(), peer.counters()))
                .toList();
    }

    // ---- the end

    private void reloadTls() {
        if (tlsReloading.compareAndSet(false, true)) {
            world.platform().threads().start("tenon-peer-tls", () -> {
                try {
                    world.tls().reload(world.notices()::log);
                } finally {
                    tlsReloading.set(false);
                }
            });
        }
    }

    /// Closes all connections and ends all threads. Snapshots that are on their way are told as not sent.
    @Override
    public void close() {
        Map<Long, Peer> last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            last = peers;
            peers = Map.of();
        }
        ticks.cancel();
        if (tlsReloads != null) {
            tlsReloads.cancel();
        }
        listener.close();
        last.values().forEach(peer -> disconnect(peer, PeerConnection.STOPPING));
        world.connections().closeAll(PeerConnection.STOPPING);
        last.values().forEach(Peer::join);
        snapshots.close();
        loops.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
