package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfChange.Transition;
import tenon.api.ConfState;
import tenon.api.MisuseException;

/// Every change of every small configuration against a plain definition of what each node is before and after it. Nodes
/// have no properties but their ids, so of the sets of one to three voters the first of each size stands for all.
class ConfigurationChangeTest {
    private static final int NODE_COUNT = 6;
    private static final int[] VOTERS = {0b1, 0b11, 0b111};

    /// What a change may do to each node: nothing, or one of the steps.
    private static final int CHOICE_COUNT = 1 + StepType.values().length;

    private static final int CHANGE_COUNT = (int) Math.pow(CHOICE_COUNT, NODE_COUNT);

    private enum Kind {
        STRANGER,
        LEARNER,
        VOTER
    }

    private static boolean has(int set, int node) {
        return (set >> node & 1) == 1;
    }

    private static Set<Long> ids(int set) {
        Set<Long> ids = new HashSet<>();
        for (int node = 0; node < NODE_COUNT; node++) {
            if (has(set, node)) {
                ids.add(node + 1L);
            }
        }
        return ids;
    }

    private static Kind[] kinds(int voters, int learners) {
        Kind[] kinds = new Kind[NODE_COUNT];
        for (int node = 0; node < NODE_COUNT; node++) {
            kinds[node] = has(voters, node) ? Kind.VOTER : has(learners, node) ? Kind.LEARNER : Kind.STRANGER;
        }
        return kinds;
    }

    private static Set<Long> idsOf(Kind[] kinds, Kind kind) {
        Set<Long> ids = new HashSet<>();
        for (int node = 0; node < NODE_COUNT; node++) {
            if (kinds[node] == kind) {
                ids.add(node + 1L);
            }
        }
        return ids;
    }

    /// The steps of a change by its number, one choice for each node.
    private static List<Step> steps(int number) {
        List<Step> steps = new ArrayList<>();
        int rest = number;
        for (int node = 0; node < NODE_COUNT; node++) {
            int choice = rest % CHOICE_COUNT;
            rest /= CHOICE_COUNT;
            if (choice > 0) {
                steps.add(new Step(StepType.values()[choice - 1], node + 1L));
            }
        }
        return steps;
    }

    private static Kind[] after(Kind[] before, List<Step> steps) {
        Kind[] after = before.clone();
        for (Step step : steps) {
            after[(int) step.nodeId() - 1] = switch (step.type()) {
                case ADD_VOTER -> Kind.VOTER;
                case ADD_LEARNER -> Kind.LEARNER;
                case REMOVE -> Kind.STRANGER;
            };
        }
        return after;
    }

    /// The definition, null if there is no such configuration.
    private static ConfState expected(Kind[] before, Kind[] after, Transition transition) {
        Set<Long> oldVoters = idsOf(before, Kind.VOTER);
        Set<Long> newVoters = idsOf(after, Kind.VOTER);
        Set<Long> newLearners = idsOf(after, Kind.LEARNER);
        int changed = 0;
        for (int node = 0; node < NODE_COUNT; node++) {
            changed += (before[node] == Kind.VOTER) != (after[node] == Kind.VOTER) ? 1 : 0;
        }
        if (newVoters.isEmpty()) {
            return null;
        }
        if (transition == Transition.AUTO && changed <= 1) {
            return new ConfState(newVoters, Set.of(), newLearners, Set.of(), false);
        }
        Set<Long> learnersNext = new HashSet<>(newLearners);
        learnersNext.retainAll(oldVoters);
        newLearners.removeAll(learnersNext);
        return new ConfState(newVoters, oldVoters, newLearners, learnersNext, transition != Transition.JOINT_EXPLICIT);
    }

    private static ConfChange change(Transition transition, List<Step> steps) {
        return new ConfChange(transition, steps, new byte[0]);
    }

    private interface Check {
        void run(Configuration before, Kind[] kinds);
    }

    private static int forAllSimple(Check check) {
        int count = 0;
        for (int voters : VOTERS) {
            for (int learners = 0; learners < 1 << NODE_COUNT; learners++) {
                if ((learners & voters) == 0 && Integer.bitCount(learners) <= 3) {
                    check.run(
                            new Configuration(new ConfState(ids(voters), Set.of(), ids(learners), Set.of(), false)),
                            kinds(voters, learners));
                    count++;
                }
            }
        }
        return count;
    }

    @Test
    void shouldBecomeWhatTheStepsSay() {
        int[] jointCount = new int[1];
        int count = forAllSimple((before, kinds) -> {
            for (int number = 1; number < CHANGE_COUNT; number++) {
                List<Step> steps = steps(number);
                Kind[] after = after(kinds, steps);
                for (Transition transition : Transition.values()) {
                    ConfState expected = expected(kinds, after, transition);
                    ConfChange change = change(transition, steps);
                    if (expected == null) {
                        assertThrows(MisuseException.class, () -> before.apply(change));
                        continue;
                    }
                    Configuration next = before.apply(change);
                    assertEquals(expected, next.state());
                    if (next.isJoint()) {
                        jointCount[0]++;
                        checkLeave(next, after);
                    }
                }
            }
        });
        assertEquals(26 + 15 + 8, count);
        assertTrue(jointCount[0] > 300_000);
    }

    /// However one got into a joint configuration, leaving it makes of each node what the steps said.
    private static void checkLeave(Configuration joint, Kind[] after) {
        ConfState left = joint.apply(change(Transition.AUTO, List.of())).state();
        assertEquals(idsOf(after, Kind.VOTER), left.voters());
        assertEquals(idsOf(after, Kind.LEARNER), left.learners());
        assertTrue(left.votersOutgoing().isEmpty() && left.learnersNext().isEmpty() && !left.autoLeave());
    }

    @Test
    void shouldTakeNoStepsWhileJoint() {
        forAllSimple((before, kinds) -> {
            for (int number = 1; number < CHANGE_COUNT; number += 17) {
                Configuration joint = findJoint(before, steps(number));
                for (StepType type : StepType.values()) {
                    for (long node = 1; joint != null && node <= NODE_COUNT; node++) {
                        ConfChange further = change(Transition.AUTO, List.of(new Step(type, node)));
                        assertThrows(MisuseException.class, () -> joint.apply(further));
                    }
                }
            }
        });
    }

    /// Null if the steps would remove the last voter.
    private static Configuration findJoint(Configuration before, List<Step> steps) {
        try {
            return before.apply(change(Transition.JOINT_EXPLICIT, steps));
        } catch (MisuseException lastVoter) {
            return null;
        }
    }

    @Test
    void shouldFollowTheOrderOfStepsForTheSameNode() {
        forAllSimple((before, kinds) -> {
            for (StepType first : StepType.values()) {
                for (StepType second : StepType.values()) {
                    for (long node = 1; node <= NODE_COUNT; node++) {
                        List<Step> both = List.of(new Step(first, node), new Step(second, node));
                        ConfState expected = expected(kinds, after(kinds, both), Transition.AUTO);
                        if (expected != null) {
                            assertEquals(expected, before.apply(change(Transition.AUTO, both)).state());
                        }
                    }
                }
            }
        });
    }

    /// Why a change is safe: nothing that decides before it can do so behind the back of what decides after it.
    @Test
    void shouldLeaveNoQuorumApartFromTheQuorumsOfTheNextConfiguration() {
        forAllSimple((before, kinds) -> {
            for (int number = 1; number < CHANGE_COUNT; number += 7) {
                List<Step> steps = steps(number);
                for (Transition transition : List.of(Transition.AUTO, Transition.JOINT_IMPLICIT)) {
                    if (expected(kinds, after(kinds, steps), transition) != null) {
                        Configuration next = before.apply(change(transition, steps));
                        checkOverlap(before, next);
                        if (next.isJoint()) {
                            checkOverlap(next, next.apply(change(Transition.AUTO, List.of())));
                        }
                    }
                }
            }
        });
    }

    private static void checkOverlap(Configuration one, Configuration next) {
        int all = (1 << NODE_COUNT) - 1;
        for (int those = 0; those <= all; those++) {
            assertTrue(!decides(one, those) || !decides(next, all & ~those), () -> one + " and " + next);
        }
    }

    private static boolean decides(Configuration configuration, int those) {
        return configuration.voteResult(
                        id -> has(those, (int) id - 1) ? Quorum.Ballot.YES : Quorum.Ballot.NO)
                == Quorum.VoteResult.WON;
    }
}
