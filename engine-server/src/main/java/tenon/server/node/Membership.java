package tenon.server.node;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import tenon.api.ConfState;
import tenon.api.NodeIdentity;
import tenon.mvcc.Backend;
import tenon.server.node.stored.StoredConfState;
import tenon.server.node.stored.StoredIdentity;
import tenon.server.rpc.Member;

/// Who takes part, as the store keeps it: the bucket `cluster` with this node's identity and the configuration of Raft,
/// the bucket `members` with a record for each member, under its id in hex. Changes are for the writer's thread.
public final class Membership {
    private static final String CLUSTER_BUCKET = "cluster";
    private static final String MEMBERS_BUCKET = "members";
    private static final byte[] IDENTITY_KEY = "identity".getBytes(StandardCharsets.UTF_8);
    private static final byte[] CONF_STATE_KEY = "confState".getBytes(StandardCharsets.UTF_8);

    private final Backend backend;

    Membership(Backend backend) {
        this.backend = backend;
    }

    /// Null if the store is new.
    NodeIdentity findIdentity() {
        byte[] stored = backend.get(CLUSTER_BUCKET, IDENTITY_KEY);
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
    ConfState confState() {
        byte[] stored = backend.get(CLUSTER_BUCKET, CONF_STATE_KEY);
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

    /// All members, by id.
    public List<Member> members() {
        return backend.list(MEMBERS_BUCKET).stream()
                .map(record -> {
                    try {
                        return Member.parseFrom(record.value());
                    } catch (InvalidProtocolBufferException e) {
                        throw malformed("member", e);
                    }
                })
                .toList();
    }

    /// Makes a new store that of this node, durably.
    void keep(NodeIdentity identity) {
        StoredIdentity stored = StoredIdentity.newBuilder()
                .setNodeId(identity.nodeId())
                .setClusterId(identity.clusterId())
                .build();
        backend.put(CLUSTER_BUCKET, IDENTITY_KEY, stored.toByteArray());
        backend.commit();
    }

    void keep(Member member) {
        byte[] key = String.format("%016x", member.getID()).getBytes(StandardCharsets.UTF_8);
        backend.put(MEMBERS_BUCKET, key, member.toByteArray());
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

    private static IllegalStateException malformed(String what, InvalidProtocolBufferException cause) {
        return new IllegalStateException("the store holds a " + what + " that cannot be read", cause);
    }
}
