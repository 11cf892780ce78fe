package tenon.server.membership;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tenon.api.ByteView;
import tenon.api.ConfState;
import tenon.api.NodeIdentity;
import tenon.api.ReadTx;
import tenon.api.WriteTx;
import tenon.mvcc.Backend;
import tenon.server.membership.stored.MemberAttributes;
import tenon.server.membership.stored.StoredConfState;
import tenon.server.membership.stored.StoredIdentity;
import tenon.server.rpc.Member;

/// Who takes part, as the store keeps it:
///
/// ```
/// bucket            key           value
/// cluster           "identity"    StoredIdentity: whose store this is; no entry of the log says so
/// cluster           "confState"   StoredConfState: who takes part in Raft
/// members           id in hex     etcdserverpb.Member
/// members_removed   id in hex     "removed"
/// ```
///
/// Changes are for the writer's thread, and belong to the log entry that is ended next; any thread may look.
public final class MembershipStore {
    private static final String CLUSTER_BUCKET = "cluster";
    private static final String MEMBERS_BUCKET = "members";
    private static final String REMOVED_BUCKET = "members_removed";
    private static final byte[] IDENTITY_KEY = bytes("identity");
    private static final byte[] CONF_STATE_KEY = bytes("confState");
    private static final byte[] REMOVED = bytes("removed");

    private final Backend backend;
    // Invariant: equal to what the buckets hold.
    private volatile Members members;

    public MembershipStore(Backend backend) {
        this.backend = backend;
        this.members = load(backend);
    }

    /// As of now.
    public Members members() {
        return members;
    }

    /// Null if the store is new.
    public NodeIdentity findIdentity() {
        return toIdentity(backend.get(CLUSTER_BUCKET, IDENTITY_KEY));
    }

    /// Whose a store is; null if it is nobody's.
    public static NodeIdentity findIdentity(ReadTx tx) {
        return toIdentity(find(tx, IDENTITY_KEY));
    }

    private static NodeIdentity toIdentity(byte[] stored) {
        if (stored == null) {
            return null;
        }
        try {
            StoredIdentity identity = StoredIdentity.parseFrom(stored);
            return new NodeIdentity(identity.getNodeId(), identity.getClusterId());
        } catch (InvalidProtocolBufferException e) {
            throw malformed("identity", e);
        }
    }

    /// Nobody before the first change of it is applied.
    public ConfState confState() {
        return toConfState(backend.get(CLUSTER_BUCKET, CONF_STATE_KEY));
    }

    /// The configuration that a store holds.
    public static ConfState confState(ReadTx tx) {
        return toConfState(find(tx, CONF_STATE_KEY));
    }

    private static ConfState toConfState(byte[] stored) {
        if (stored == null) {
            return ConfState.ofVoters(Set.of());
        }
        try {
            StoredConfState state = StoredConfState.parseFrom(stored);
            return new ConfState(
                    Set.copyOf(state.getVotersList()),
                    Set.copyOf(state.getVotersOutgoingList()),
                    Set.copyOf(state.getLearnersList()),
                    Set.copyOf(state.getLearnersNextList()),
                    state.getAutoLeave());
        } catch (InvalidProtocolBufferException e) {
            throw malformed("configuration of Raft", e);
        }
    }

    /// Makes a store that of this node, durably.
    public void keep(NodeIdentity identity) {
        backend.put(CLUSTER_BUCKET, IDENTITY_KEY, encode(identity));
        backend.commit();
    }

    /// Makes a store that another node has filled that of this one.
    public static void keep(WriteTx tx, NodeIdentity identity) {
        tx.bucket(bytes(CLUSTER_BUCKET)).put(IDENTITY_KEY, encode(identity));
    }

    /// Makes the store of another cluster that of a founder of a new one, whose founding is applied. The members of the
    /// other one are forgotten, also those who were removed.
    public void found(ClusterOrigin.Founding founding) {
        for (String bucket : List.of(MEMBERS_BUCKET, REMOVED_BUCKET)) {
            backend.list(bucket).forEach(record -> backend.delete(bucket, record.key()));
        }
        members = Members.NOBODY;
        Members founders = founding.changes().stream()
                .reduce(Members.NOBODY, MemberChanges::apply, (_, later) -> later);
        keep(founders);
        keep(ConfState.ofVoters(ids(founders.voters())));
        backend.put(CLUSTER_BUCKET, IDENTITY_KEY, encode(founding.identity()));
    }

    private static byte[] encode(NodeIdentity identity) {
        return StoredIdentity.newBuilder()
                .setNodeId(identity.nodeId())
                .setClusterId(identity.clusterId())
                .build()
                .toByteArray();
    }

    private static byte[] find(ReadTx tx, byte[] key) {
        ByteView value = tx.findBucket(bytes(CLUSTER_BUCKET))
                .map(bucket -> bucket.get(key))
                .orElse(null);
        return value == null ? null : value.toByteArray();
    }

    /// Writes what differs.
    void keep(Members next) {
        for (Member member : next.all()) {
            if (!member.equals(members.find(member.getID()))) {
                backend.put(MEMBERS_BUCKET, key(member.getID()), member.toByteArray());
            }
        }
        for (long removedId : next.removedIds()) {
            if (!members.isRemoved(removedId)) {
                backend.delete(MEMBERS_BUCKET, key(removedId));
                backend.put(REMOVED_BUCKET, key(removedId), REMOVED);
            }
        }
        members = next;
    }

    void keep(ConfState state) {
        StoredConfState stored = StoredConfState.newBuilder()
                .addAllVoters(state.voters().stream().sorted().toList())
                .addAllVotersOutgoing(state.votersOutgoing().stream().sorted().toList())
                .addAllLearners(state.learners().stream().sorted().toList())
                .addAllLearnersNext(state.learnersNext().stream().sorted().toList())
                .setAutoLeave(state.autoLeave())
                .build();
        backend.put(CLUSTER_BUCKET, CONF_STATE_KEY, stored.toByteArray());
    }

    /// Takes over what a member tells of itself. Nothing comes of it if it is none any more.
    public void apply(MemberAttributes attributes) {
        Member member = members.find(attributes.getMemberId());
        if (member != null) {
            keep(members.with(member.toBuilder()
                    .setName(attributes.getName())
                    .clearClientURLs()
                    .addAllClientURLs(attributes.getClientUrlsList())
                    .build()));
        }
    }

    /// Checks that members and configuration are what the buckets hold, and tell of the same voters and learners. For
    /// the writer's thread.
    ///
    /// @throws IllegalStateException if it is not so
    public void validate() {
        ConfState state = confState();
        boolean same = load(backend).equals(members)
                && ids(members.voters()).equals(state.voters())
                && ids(members.all().stream().filter(Member::getIsLearner).toList()).equals(state.learners());
        if (!same) {
            throw new IllegalStateException("the members are " + members + ", but the store has " + load(backend)
                    + " and Raft has " + state);
        }
    }

    private static Set<Long> ids(Collection<Member> members) {
        return members.stream().map(Member::getID).collect(Collectors.toSet());
    }

    private static Members load(Backend backend) {
        List<Member> members = backend.list(MEMBERS_BUCKET).stream()
                .map(MembershipStore::decode)
                .toList();
        Set<Long> removedIds = new TreeSet<>();
        backend.list(REMOVED_BUCKET).forEach(record -> removedIds.add(id(record.key())));
        return new Members(members, removedIds);
    }

    private static Member decode(Backend.Record record) {
        try {
            return Member.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            throw malformed("member", e);
        }
    }

    private static long id(byte[] key) {
        try {
            return Long.parseUnsignedLong(new String(key, StandardCharsets.UTF_8), 16);
        } catch (NumberFormatException e) {
            throw malformed("removed member", e);
        }
    }

    private static byte[] key(long memberId) {
        return bytes(String.format("%016x", memberId));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static IllegalStateException malformed(String what, Exception cause) {
        return new IllegalStateException("the store holds a " + what + " that cannot be read", cause);
    }
}
