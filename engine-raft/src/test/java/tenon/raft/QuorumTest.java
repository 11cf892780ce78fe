package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tenon.api.ConfState;
import tenon.raft.Quorum.Ballot;
import tenon.raft.Quorum.VoteResult;

/// All small configurations against the definition of a majority: up to three voters on each side out of six nodes, so
/// that the sides may be equal, overlap or have nobody in common, and a seventh node as learner. Sets of nodes are bits:
/// node `i` is bit `i - 1`.
class QuorumTest {
    private static final int NODE_COUNT = 6;
    private static final int ALL = (1 << NODE_COUNT) - 1;
    private static final int LEARNER = 1 << NODE_COUNT;

    /// The definition: more than half of the voters are among those; nobody is enough where nobody votes.
    private static boolean isMajority(int voters, int those) {
        return voters == 0 || 2 * Integer.bitCount(voters & those) > Integer.bitCount(voters);
    }

    private static boolean isQuorum(int incoming, int outgoing, int those) {
        return isMajority(incoming, those) && isMajority(outgoing, those);
    }

    private static VoteResult result(int incoming, int outgoing, int yes, int mayYes) {
        if (isQuorum(incoming, outgoing, yes)) {
            return VoteResult.WON;
        }
        return isQuorum(incoming, outgoing, mayYes) ? VoteResult.PENDING : VoteResult.LOST;
    }

    private static List<Integer> setsOf(int sizeMin, int sizeMax) {
        List<Integer> sets = new ArrayList<>();
        for (int set = 0; set <= ALL; set++) {
            if (Integer.bitCount(set) >= sizeMin && Integer.bitCount(set) <= sizeMax) {
                sets.add(set);
            }
        }
        return sets;
    }

    private static Set<Long> ids(int set) {
        Set<Long> ids = new TreeSet<>();
        for (int node = 1; node <= NODE_COUNT + 1; node++) {
            if ((set >> node - 1 & 1) == 1) {
                ids.add((long) node);
            }
        }
        return ids;
    }

    private static int bit(long nodeId) {
        return 1 << (int) nodeId - 1;
    }

    /// With whoever leaves as the next learners, and a learner that is none of the voters.
    private static Configuration configuration(int incoming, int outgoing) {
        return new Configuration(new ConfState(
                ids(incoming), ids(outgoing), ids(LEARNER), ids(outgoing & ~incoming), outgoing != 0));
    }

    private interface Check {
        void run(int incoming, int outgoing, Configuration configuration);
    }

    private static void forAll(Check check) {
        int count = 0;
        for (int incoming : setsOf(1, 3)) {
            for (int outgoing : setsOf(0, 3)) {
                check.run(incoming, outgoing, configuration(incoming, outgoing));
                count++;
            }
        }
        assertEquals(41 * 42, count);
    }

    private static Ballot ballot(long nodeId, int yes, int no) {
        int bit = bit(nodeId);
        return (yes & bit) != 0 ? Ballot.YES : (no & bit) != 0 ? Ballot.NO : Ballot.MISSING;
    }

    @Test
    void shouldDecideAVoteAsSoonAsBothMajoritiesMustOrCannotCome() {
        int[] count = new int[1];
        forAll((incoming, outgoing, configuration) -> {
            int voters = incoming | outgoing;
            // All ways to say yes, no or nothing; the learner says the most that it can.
            for (int yes = voters; yes >= 0; yes = yes == 0 ? -1 : yes - 1 & voters) {
                int rest = voters & ~yes;
                for (int no = rest; no >= 0; no = no == 0 ? -1 : no - 1 & rest) {
                    int yesAndLearner = yes | LEARNER;
                    int refused = no;
                    assertEquals(
                            result(incoming, outgoing, yes, voters & ~no),
                            configuration.voteResult(id -> ballot(id, yesAndLearner, refused)));
                    count[0]++;
                }
            }
        });
        int[] places = new int[1];
        forAll((incoming, outgoing, _) -> places[0] += (int) Math.pow(3, Integer.bitCount(incoming | outgoing)));
        assertEquals(places[0], count[0]);
    }

    @Test
    void shouldCommitTheHighestIndexThatBothMajoritiesHave() {
        long[] acknowledged = new long[NODE_COUNT + 2];
        acknowledged[NODE_COUNT + 1] = 9;
        forAll((incoming, outgoing, configuration) -> {
            int voters = incoming | outgoing;
            // All ways to have acknowledged 0, 1 or 2.
            for (int one = voters; one >= 0; one = one == 0 ? -1 : one - 1 & voters) {
                for (int two = one; two >= 0; two = two == 0 ? -1 : two - 1 & one) {
                    for (int node = 1; node <= NODE_COUNT; node++) {
                        acknowledged[node] = (two & bit(node)) != 0 ? 2 : (one & bit(node)) != 0 ? 1 : 0;
                    }
                    long expected = isQuorum(incoming, outgoing, two) ? 2 : isQuorum(incoming, outgoing, one) ? 1 : 0;
                    assertEquals(expected, configuration.committedIndex(id -> acknowledged[(int) id]));
                }
            }
        });
    }

    @Test
    void shouldKnowVotersMembersAndWhoDecidesAlone() {
        forAll((incoming, outgoing, configuration) -> {
            for (long node = 1; node <= NODE_COUNT + 1; node++) {
                int bit = bit(node);
                assertEquals(((incoming | outgoing) & bit) != 0, configuration.isVoter(node));
                assertEquals(((incoming | outgoing | LEARNER) & bit) != 0, configuration.isMember(node));
                assertEquals(incoming == bit && outgoing == 0, configuration.isOnlyVoter(node));
            }
            assertEquals(outgoing != 0, configuration.isJoint());
            assertEquals(
                    ids(incoming | outgoing | LEARNER),
                    new TreeSet<>(Arrays.stream(configuration.members()).boxed().toList()));
        });
    }

    @Test
    void shouldTakeAMajorityOfMoreVotersToo() {
        for (int count = 0; count <= NODE_COUNT; count++) {
            int voters = (1 << count) - 1;
            long[] ids = ids(voters).stream().mapToLong(Long::longValue).toArray();
            for (int yes = 0; yes <= voters; yes++) {
                int those = yes;
                assertEquals(
                        isMajority(voters, yes) ? VoteResult.WON : VoteResult.LOST,
                        Quorum.voteResult(ids, id -> ballot(id, those, ~those)));
                long committed = Quorum.committedIndex(ids, id -> (those & bit(id)) != 0 ? 1 : 0, new long[count]);
                assertEquals(isMajority(voters, yes), committed >= 1);
            }
        }
    }

    /// Why a joint configuration is safe: it cannot decide without what decides before and what decides after it.
    @Test
    void shouldNotDecideJointlyWithoutEitherSide() {
        forAll((incoming, outgoing, configuration) -> {
            Configuration before = configuration(outgoing == 0 ? incoming : outgoing, 0);
            Configuration after = configuration(incoming, 0);
            for (int those = 0; those <= ALL; those++) {
                int yes = those;
                if (configuration.voteResult(id -> ballot(id, yes, ~yes)) == VoteResult.WON) {
                    assertTrue(before.voteResult(id -> ballot(id, yes, ~yes)) == VoteResult.WON);
                    assertTrue(after.voteResult(id -> ballot(id, yes, ~yes)) == VoteResult.WON);
                }
            }
        });
    }
}
