package tenon.raft;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.Transition;
import tenon.api.ConfState;
import tenon.api.MisuseException;

/// Who takes part, prepared for counting votes. Immutable: a change makes a new one.
final class Configuration {
    // Invariant: sorted; incoming is empty only before a node has joined.
    private final long[] incoming;
    private final long[] outgoing;

    /// All of `state`, sorted.
    private final long[] members;

    /// For counting only.
    private final long[] scratch;

    // Invariant: learners are no voters of either side; learnersNext are outgoing voters and not incoming ones;
    // learnersNext and autoLeave are empty and false unless joint.
    private final ConfState state;

    Configuration(ConfState state) {
        this.state = state;
        incoming = sorted(state.voters());
        outgoing = sorted(state.votersOutgoing());
        Set<Long> all = new TreeSet<>(state.voters());
        all.addAll(state.votersOutgoing());
        all.addAll(state.learners());
        all.addAll(state.learnersNext());
        members = sorted(all);
        scratch = new long[Math.max(incoming.length, outgoing.length)];
        check(state);
    }

    private static long[] sorted(Set<Long> nodeIds) {
        return nodeIds.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    /// Whether there can be such a configuration.
    static boolean isConsistent(ConfState state) {
        try {
            check(state);
            return true;
        } catch (MisuseException contradiction) {
            return false;
        }
    }

    private static void check(ConfState state) {
        boolean joint = !state.votersOutgoing().isEmpty();
        for (long learner : state.learners()) {
            if (state.voters().contains(learner) || state.votersOutgoing().contains(learner)) {
                throw new MisuseException("node " + learner + " is voter and learner in " + state);
            }
        }
        for (long learner : state.learnersNext()) {
            if (!state.votersOutgoing().contains(learner) || state.voters().contains(learner)) {
                throw new MisuseException("node " + learner + " must be an outgoing voter only in " + state);
            }
        }
        if (!joint && (state.autoLeave() || !state.learnersNext().isEmpty())) {
            throw new MisuseException("there is no joint configuration to leave in " + state);
        }
        if (state.voters().contains(0L) || state.learners().contains(0L)) {
            throw new MisuseException("node id 0 in " + state);
        }
    }

    ConfState state() {
        return state;
    }

    /// Voters of both sides and learners, ascending; not to be changed.
    long[] members() {
        return members;
    }

    boolean isEmpty() {
        return members.length == 0;
    }

    boolean isJoint() {
        return outgoing.length > 0;
    }

    boolean isVoter(long nodeId) {
        return state.voters().contains(nodeId) || state.votersOutgoing().contains(nodeId);
    }

    boolean isMember(long nodeId) {
        return isVoter(nodeId) || state.learners().contains(nodeId);
    }

    /// Whether this node alone decides.
    boolean isOnlyVoter(long nodeId) {
        return incoming.length == 1 && incoming[0] == nodeId && outgoing.length == 0;
    }

    long committedIndex(LongUnaryOperator acknowledged) {
        return Math.min(
                Quorum.committedIndex(incoming, acknowledged, scratch),
                Quorum.committedIndex(outgoing, acknowledged, scratch));
    }

    Quorum.VoteResult voteResult(Quorum.Ballots ballots) {
        return Quorum.both(Quorum.voteResult(incoming, ballots), Quorum.voteResult(outgoing, ballots));
    }

    /// The configuration after a change. One without steps leaves a joint configuration, and else changes nothing.
    /// Where nobody votes yet, nobody has to agree: the first change is simple however many it brings in.
    ///
    /// @throws MisuseException if the change is not possible from here
    Configuration apply(ConfChange change) {
        if (change.steps().isEmpty()) {
            return isJoint() ? leaveJoint() : this;
        }
        if (isJoint()) {
            throw new MisuseException("the joint configuration must be left before " + change.steps());
        }
        Draft draft = new Draft(state);
        for (Step step : change.steps()) {
            draft.apply(step);
        }
        if (draft.voters.isEmpty() && incoming.length > 0) {
            throw new MisuseException(change.steps() + " would remove the last voter");
        }
        boolean simple =
                incoming.length == 0 || change.transition() == Transition.AUTO && draft.changedVoterCount() <= 1;
        return new Configuration(
                simple ? draft.toSimple() : draft.toJoint(change.transition() != Transition.JOINT_EXPLICIT));
    }

    private Configuration leaveJoint() {
        Set<Long> learners = new TreeSet<>(state.learners());
        learners.addAll(state.learnersNext());
        return new Configuration(new ConfState(state.voters(), Set.of(), learners, Set.of(), false));
    }

    /// A configuration while steps are worked in.
    private static final class Draft {
        private final ConfState before;
        private final Set<Long> voters;
        private final Set<Long> learners;

        Draft(ConfState before) {
            this.before = before;
            voters = new TreeSet<>(before.voters());
            learners = new TreeSet<>(before.learners());
        }

        void apply(Step step) {
            long nodeId = step.nodeId();
            if (nodeId == 0) {
                throw new MisuseException("node id 0 in " + step);
            }
            voters.remove(nodeId);
            learners.remove(nodeId);
            switch (step.type()) {
                case ADD_VOTER -> voters.add(nodeId);
                case ADD_LEARNER -> learners.add(nodeId);
                case REMOVE -> {}
            }
        }

        long changedVoterCount() {
            return voters.stream().filter(voter -> !before.voters().contains(voter)).count()
                    + before.voters().stream().filter(voter -> !voters.contains(voter)).count();
        }

        ConfState toSimple() {
            return new ConfState(voters, Set.of(), learners, Set.of(), false);
        }

        /// An outgoing voter that is to be a learner keeps its vote until the joint configuration is left.
        ConfState toJoint(boolean autoLeave) {
            Set<Long> learnersNext = new TreeSet<>(learners);
            learnersNext.retainAll(before.voters());
            learners.removeAll(learnersNext);
            return new ConfState(voters, before.voters(), learners, learnersNext, autoLeave);
        }
    }

    @Override
    public String toString() {
        return state.toString();
    }
}
