package tenon.server.node;

import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import tenon.api.Message;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.TenonException;
import tenon.mvcc.Backend;
import tenon.server.ServerVersion;
import tenon.server.kv.Proposer;
import tenon.server.membership.LeaderPromotion;
import tenon.server.membership.Members;
import tenon.server.membership.MembershipStore;
import tenon.server.membership.PeerActivity;
import tenon.server.peer.ClusterMembers;
import tenon.server.peer.PeerHandler;
import tenon.server.peer.PeerNetwork;
import tenon.server.peer.PeerOptions;
import tenon.server.peer.PeerTraffic;
import tenon.server.replication.PeerTransport;
import tenon.server.replication.ReplicationLoop;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberListResponse;

/// Joins a node to the other members: what they say goes to Raft, what Raft says goes to them, and snapshots go from store
/// to store. A node that is alone and listens nowhere has one too, whose every message is lost.
final class PeerLink implements PeerTransport, PeerHandler, PeerActivity, LeaderPromotion, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PeerLink.class.getName());
    /// With so much that is not applied, no more entries are taken: as long as the store's disk hangs they would fill the
    /// memory. A member that leads refuses proposals long before.
    private static final long UNAPPLIED_SIZE_MAX_BYTES = 2 * Proposer.UNAPPLIED_SIZE_MAX_BYTES;

    private final Platform platform;
    private final NodeIdentity identity;
    private final WaitingSnapshots snapshots;
    private final SnapshotHolds holds;
    private final Backend backend;
    private final MembershipStore membership;
    private final CompletableFuture<Void> removed = new CompletableFuture<>();
    // Set once, before the loop starts.
    private ReplicationLoop loop;
    private LongSupplier unappliedBytes;
    private LongFunction<CompletableFuture<MemberListResponse>> promotion;
    // Null before it is begun, and for a node without a network.
    private volatile PeerNetwork network;

    PeerLink(
            Platform platform,
            NodeIdentity identity,
            DataDirectory directory,
            Backend backend,
            MembershipStore membership) {
        this.platform = platform;
        this.identity = identity;
        this.backend = backend;
        this.membership = membership;
        holds = new SnapshotHolds(platform.clock());
        snapshots = new WaitingSnapshots(platform.files(), directory, backend.durableIndex());
        backend.onCommit(_ -> snapshots.onDurable(backend.durableIndex()));
    }

    /// Begins to listen and to connect.
    ///
    /// @param unappliedBytes of what is committed and waits here to be applied
    /// @param promotion of a learner by this node, if it leads
    /// @param options null for a node without a network
    /// @param members who is known so far
    /// @throws TenonException if an address cannot be listened on
    void begin(
            ReplicationLoop loop,
            LongSupplier unappliedBytes,
            LongFunction<CompletableFuture<MemberListResponse>> promotion,
            PeerOptions options,
            List<Member> members) {
        this.loop = loop;
        this.unappliedBytes = unappliedBytes;
        this.promotion = promotion;
        if (options != null) {
            network = PeerNetwork.start(platform, identity, ServerVersion.text(), options, this);
            setPeers(members);
        }
    }

    /// Where other members reach this one; empty for a node without a network.
    List<URI> addresses() {
        return network == null ? List.of() : network.addresses();
    }

    /// The members have changed.
    void onMembers(Members members) {
        if (members.isRemoved(identity.nodeId())) {
            removed.complete(null);
        }
        holds.retain(members.all().stream().map(Member::getID).collect(Collectors.toSet()));
        setPeers(members.all());
    }

    /// What the log says of a member was checked before it got there; should it be of no use all the same, this must not
    /// end the thread that applies the log, on all members alike and again at each start.
    private void setPeers(List<Member> members) {
        PeerNetwork known = network;
        if (known == null) {
            return;
        }
        try {
            known.setPeers(members.stream()
                    .filter(member -> member.getPeerURLsCount() > 0)
                    .collect(Collectors.toMap(Member::getID, member -> member.getPeerURLsList().stream()
                            .map(URI::create)
                            .toList())));
        } catch (IllegalArgumentException e) {
            LOG.log(Level.ERROR, "connections stay as they are, until the member is removed or updated: {0}", e.getMessage());
        }
    }

    /// Completes when this member has learned that it is none any more.
    CompletableFuture<Void> removed() {
        return removed.copy();
    }

    @Override
    public void send(List<Message> messages) {
        PeerNetwork known = network;
        if (known != null && !messages.isEmpty()) {
            known.send(messages);
        }
    }

    @Override
    public long activeSince(long nodeId) {
        PeerNetwork known = network;
        return known == null ? INACTIVE : known.activeSinceNs(nodeId).orElse(INACTIVE);
    }

    @Override
    public CompletableFuture<MemberListResponse> promote(long leaderId, long memberId) {
        PeerNetwork known = network;
        return known == null ? LeaderPromotion.NONE.promote(leaderId, memberId) : known.promote(leaderId, memberId);
    }

    /// What went to and fro.
    List<PeerTraffic> traffic() {
        PeerNetwork known = network;
        return known == null ? List.of() : known.traffic();
    }

    // ---- what the network tells

    /// Entries that are too many are lost, as on a bad network: the leader brings them again, or the client gives up.
    @Override
    public void onMessage(Message message) {
        if (bringsEntries(message) && unappliedBytes.getAsLong() > UNAPPLIED_SIZE_MAX_BYTES) {
            return;
        }
        if (message instanceof Message.Forward forward && !ForwardCheck.isSound(forward)) {
            String from = Long.toHexString(message.from());
            LOG.log(Level.ERROR, "{0} forwards a proposal that this version does not know: it is not proposed", from);
            return;
        }
        loop.step(message);
    }

    private static boolean bringsEntries(Message message) {
        return switch (message) {
            case Message.Append append -> !append.entries().isEmpty();
            case Message.Forward _ -> true;
            default -> false;
        };
    }

    /// Behind which entries will be wanted by those to whom a snapshot is on its way; `Long.MAX_VALUE` if there are none.
    long heldIndex() {
        return holds.lowestIndex();
    }

    @Override
    public CompletableFuture<MemberListResponse> onPromotion(long memberId) {
        return promotion.apply(memberId);
    }

    @Override
    public void onUnreachable(long nodeId) {
        loop.onUnreachable(nodeId);
    }

    @Override
    public void onRemoved(long byNodeId) {
        removed.complete(null);
    }

    @Override
    public boolean isRemoved(long nodeId) {
        return membership.members().isRemoved(nodeId);
    }

    @Override
    public ClusterMembers clusterMembers() {
        return new ClusterMembers(
                identity.clusterId(), identity.nodeId(), ServerVersion.text(), membership.members().all());
    }

    // ---- snapshots

    @Override
    public void onSnapshotWanted(Message.InstallSnapshot wanted) {
        holds.begin(wanted.to(), wanted.mark().raftIndex());
        network.sendSnapshot(wanted.to(), target -> copyTo(target, wanted));
    }

    /// The copy says itself up to where it goes: at least to where it has to.
    private Message.InstallSnapshot copyTo(OutputStream target, Message.InstallSnapshot wanted) {
        backend.copyTo(target, _ -> {});
        return wanted;
    }

    @Override
    public void onSnapshotSent(long nodeId, boolean delivered) {
        holds.end(nodeId, delivered);
        loop.onSnapshotSent(nodeId, delivered);
    }

    @Override
    public void onSnapshot(Message.InstallSnapshot message, Path file) {
        try {
            ReceivedSnapshot received = ReceivedSnapshot.adopt(platform, file, identity);
            if (received.mark().term() > message.term()) {
                // It was copied when its sender led no more: Raft would not believe it.
                platform.files().delete(file);
            } else if (snapshots.take(file, received.mark(), message.term())) {
                loop.step(new Message.InstallSnapshot(
                        message.from(), message.to(), message.term(), received.mark(), received.confState()));
            }
        } catch (TenonException e) {
            LOG.log(Level.WARNING, "a snapshot from {0} cannot be used: {1}", Long.toHexString(message.from()), e.getMessage());
            platform.files().delete(file);
        }
    }

    @Override
    public void close() {
        if (network != null) {
            network.close();
        }
    }
}
