package tenon.server.membership;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfChange.Transition;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.membership.stored.MemberChange;
import tenon.server.rpc.Member;

/// What each change makes of the members, or why it is refused. The same members and the same change come to the same
/// on each member of the cluster, whatever it is configured with.
public final class MemberChanges {
    /// As in etcd, where it can be configured; here it is the same everywhere, so that all refuse the same.
    static final int LEARNER_COUNT_MAX = 1;

    private MemberChanges() {}

    /// The entry that asks for a change.
    public static ConfChange encode(MemberChange change) {
        return new ConfChange(Transition.AUTO, steps(change), change.toByteArray());
    }

    /// What an entry asks for; null if it is about nobody in particular.
    ///
    /// @throws IllegalStateException if steps and context of the entry contradict each other
    public static MemberChange find(ConfChange change) {
        if (change.context().length == 0) {
            return null;
        }
        try {
            MemberChange decoded = MemberChange.parseFrom(change.context());
            if (!steps(decoded).equals(change.steps())) {
                throw new IllegalStateException("a change of the configuration has the steps " + change.steps()
                        + ", but says: " + MemberTexts.of(decoded));
            }
            return decoded;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a change of the configuration is about no member: " + change.steps(), e);
        }
    }

    /// What it means to Raft. New peer URLs mean nothing to it.
    private static List<Step> steps(MemberChange change) {
        return switch (change.getOperationCase()) {
            case ADD -> List.of(new Step(
                    change.getAdd().getIsLearner() ? StepType.ADD_LEARNER : StepType.ADD_VOTER,
                    change.getAdd().getID()));
            case PROMOTE -> List.of(new Step(StepType.ADD_VOTER, change.getPromote()));
            case REMOVE -> List.of(new Step(StepType.REMOVE, change.getRemove()));
            case UPDATE -> List.of();
            case OPERATION_NOT_SET -> throw new IllegalStateException(
                    "a change of the members that this version does not know: it was written by a newer one");
        };
    }

    /// What an entry makes of the members.
    ///
    /// @throws RequestException if it is refused
    static Members apply(Members members, ConfChange change) {
        MemberChange asked = find(change);
        return asked == null ? withFounders(members, change) : apply(members, asked);
    }

    /// What an entry made of the members when it was applied.
    static Members applyOrKeep(Members members, ConfChange change) {
        try {
            return apply(members, change);
        } catch (RequestException refusal) {
            return members;
        }
    }

    /// The founding of a cluster whose log is older than the record of members: its founders are known by id, and tell
    /// the rest of themselves. Leaving a joint configuration, which Raft proposes by itself, brings nobody.
    private static Members withFounders(Members members, ConfChange change) {
        Members founded = members;
        for (Step step : change.steps()) {
            if (step.type() == StepType.ADD_VOTER && founded.find(step.nodeId()) == null) {
                founded = founded.with(Member.newBuilder().setID(step.nodeId()).build());
            }
        }
        return founded;
    }

    private static Members apply(Members members, MemberChange change) {
        return switch (change.getOperationCase()) {
            case ADD -> add(members, change.getAdd());
            case PROMOTE -> promote(members, change.getPromote());
            case REMOVE -> remove(members, change.getRemove());
            case UPDATE -> update(members, change.getUpdate());
            case OPERATION_NOT_SET -> throw new IllegalStateException("no change of the members");
        };
    }

    private static Members add(Members members, Member added) {
        checkNotRemoved(members, added.getID());
        if (members.find(added.getID()) != null) {
            throw EtcdError.MEMBER_EXISTS.exception();
        }
        checkUrlsFree(members.all(), added.getPeerURLsList());
        long learnerCount = members.all().size() - members.voters().size();
        if (added.getIsLearner() && learnerCount >= LEARNER_COUNT_MAX) {
            throw EtcdError.TOO_MANY_LEARNERS.exception();
        }
        return members.with(added);
    }

    private static Members promote(Members members, long memberId) {
        Member member = known(members, memberId);
        if (!member.getIsLearner()) {
            throw EtcdError.MEMBER_NOT_LEARNER.exception();
        }
        return members.with(member.toBuilder().setIsLearner(false).build());
    }

    /// The last voter stays: without it nothing could ever be decided.
    private static Members remove(Members members, long memberId) {
        Member member = known(members, memberId);
        if (!member.getIsLearner() && members.voters().size() == 1) {
            throw EtcdError.MEMBER_NOT_ENOUGH_STARTED.exception();
        }
        return members.without(memberId);
    }

    private static Members update(Members members, Member updated) {
        Member member = known(members, updated.getID());
        List<Member> others =
                members.all().stream().filter(other -> other.getID() != updated.getID()).toList();
        checkUrlsFree(others, updated.getPeerURLsList());
        return members.with(member.toBuilder()
                .clearPeerURLs()
                .addAllPeerURLs(updated.getPeerURLsList())
                .build());
    }

    private static Member known(Members members, long memberId) {
        checkNotRemoved(members, memberId);
        Member member = members.find(memberId);
        if (member == null) {
            throw EtcdError.MEMBER_NOT_FOUND.exception();
        }
        return member;
    }

    private static void checkNotRemoved(Members members, long memberId) {
        if (members.isRemoved(memberId)) {
            throw EtcdError.MEMBER_NOT_FOUND.exception();
        }
    }

    private static void checkUrlsFree(List<Member> others, Collection<String> peerUrls) {
        Set<String> taken = new HashSet<>();
        others.forEach(other -> taken.addAll(other.getPeerURLsList()));
        if (peerUrls.stream().anyMatch(taken::contains)) {
            throw EtcdError.PEER_URL_EXISTS.exception();
        }
    }
}
