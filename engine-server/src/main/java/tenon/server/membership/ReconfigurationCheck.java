package tenon.server.membership;

import java.util.List;
import java.util.function.LongPredicate;
import tenon.api.Clock;
import tenon.server.error.EtcdError;
import tenon.server.rpc.Member;

/// `--strict-reconfig-check`: refuses changes behind which there may be no quorum. It counts members that have started,
/// for a change that is to be decided later, and those that this one has been in touch with for a while, for now.
final class ReconfigurationCheck {
    /// How long a connection has to work before it counts, as in etcd.
    private static final long HEALTHY_NS = 5_000_000_000L;

    private final long selfId;
    private final PeerActivity activity;
    private final Clock clock;

    ReconfigurationCheck(long selfId, PeerActivity activity, Clock clock) {
        this.selfId = selfId;
        this.activity = activity;
        this.clock = clock;
    }

    /// @throws tenon.server.error.RequestException if it must not be added
    void checkAdd(Members members, boolean asLearner) {
        List<Member> voters = members.voters();
        int startedCount = startedCount(voters);
        // One that is alone may always get company: that is how a cluster is made of a restored member.
        boolean isAlone = voters.size() == 1 && startedCount == 1;
        if (!asLearner && !isAlone && startedCount < quorum(voters.size() + 1)) {
            throw EtcdError.MEMBER_NOT_ENOUGH_STARTED.exception();
        }
        // As etcd does, all of them: one that is down now and the new one, until it is up, would both be missed.
        if (connectedCount(voters) < voters.size()) {
            throw EtcdError.UNHEALTHY.exception();
        }
    }

    /// @throws tenon.server.error.RequestException if it must not be promoted
    void checkPromote(Members members) {
        List<Member> voters = members.voters();
        if (startedCount(voters) + 1 < quorum(voters.size() + 1)) {
            throw EtcdError.MEMBER_NOT_ENOUGH_STARTED.exception();
        }
    }

    /// @throws tenon.server.error.RequestException if it must not be removed
    void checkRemove(Members members, long memberId) {
        if (members.isLearner(memberId)) {
            return;
        }
        List<Member> voters = members.voters();
        List<Member> remaining =
                voters.stream().filter(voter -> voter.getID() != memberId).toList();
        if (startedCount(remaining) < quorum(remaining.size())) {
            throw EtcdError.MEMBER_NOT_ENOUGH_STARTED.exception();
        }
        // Who is down already is missed by nobody.
        boolean isDown = memberId != selfId && activity.activeSince(memberId) == PeerActivity.INACTIVE;
        if (!isDown && connectedCount(voters) - 1 < quorum(voters.size() - 1)) {
            throw EtcdError.UNHEALTHY.exception();
        }
    }

    private static int startedCount(List<Member> voters) {
        return (int) voters.stream().filter(voter -> !voter.getName().isEmpty()).count();
    }

    private int connectedCount(List<Member> voters) {
        LongPredicate isConnected = id -> id == selfId || isHealthy(activity.activeSince(id));
        return (int) voters.stream().filter(voter -> isConnected.test(voter.getID())).count();
    }

    private boolean isHealthy(long activeSinceNs) {
        return activeSinceNs != PeerActivity.INACTIVE && clock.monotonicNs() - activeSinceNs > HEALTHY_NS;
    }

    private static int quorum(int voterCount) {
        return voterCount / 2 + 1;
    }
}
