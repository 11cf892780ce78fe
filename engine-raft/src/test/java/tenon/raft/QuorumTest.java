package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.api.ConfState;
import tenon.raft.Quorum.Ballot;
import tenon.raft.Quorum.VoteResult;

/// All small cases against the definition of a majority.
class QuorumTest {
    private static final int INDEX_MAX = 3;

    /// All ways to fill so many places with 0 to `max`.
    private static List<int[]> assignments(int places, int max) {
        List<int[]> all = new ArrayList<>();
        int count = (int) Math.pow(max + 1, places);
        for (int code = 0; code < count; code++) {
            int[] assignment = new int[places];
            int rest = code;
            for (int i = 0; i < places; i++) {
                assignment[i] = rest % (max + 1);
                rest /= max + 1;
            }
            all.add(assignment);
        }
        return all;
    }

    private static long[] voters(int mask) {
        List<Long> voters = new ArrayList<>();
        for (long id = 1; mask != 0; id++, mask >>= 1) {
            if ((mask & 1) == 1) {
                voters.add(id);
            }
        }
        return voters.stream().mapToLong(Long::longValue).toArray();
    }

    /// More than half of the voters are among those.
    private static boolean isMajority(long[] voters, Set<Long> those) {
        int count = 0;
        for (long voter : voters) {
            count += those.contains(voter) ? 1 : 0;
        }
        return voters.length == 0 || 2 * count > voters.length;
    }

    private static Set<Long> having(int[] assignment, int least) {
        Set<Long> those = new HashSet<>();
        for (int i = 0; i < assignment.length; i++) {
            if (assignment[i] >= least) {
                those.add(i + 1L);
            }
        }
        return those;
    }

    private static VoteResult definedResult(long[] voters, int[] ballots) {
        Set<Long> yes = having(ballots, Ballot.YES.ordinal());
        Set<Long> mayYes = new HashSet<>(yes);
        for (int i = 0; i < ballots.length; i++) {
            if (ballots[i] == Ballot.MISSING.ordinal()) {
                mayYes.add(i + 1L);
            }
        }
        if (isMajority(voters, yes)) {
            return VoteResult.WON;
        }
        return isMajority(voters, mayYes) ? VoteResult.PENDING : VoteResult.LOST;
    }

    private static Configuration joint(int incomingMask, int outgoingMask) {
        Set<Long> incoming = new HashSet<>();
        Set<Long> outgoing = new HashSet<>();
        for (long voter : voters(incomingMask)) {
            incoming.add(voter);
        }
        for (long voter : voters(outgoingMask)) {
            outgoing.add(voter);
        }
        return new Configuration(new ConfState(incoming, outgoing, Set.of(), Set.of(), false));
    }

    @Test
    void shouldCommitTheHighestIndexThatAMajorityHas() {
        for (int count = 1; count <= 6; count++) {
            long[] voters = voters((1 << count) - 1);
            for (int[] acknowledged : assignments(count, INDEX_MAX)) {
                long expected = 0;
                for (int index = 1; index <= INDEX_MAX; index++) {
                    expected = isMajority(voters, having(acknowledged, index)) ? index : expected;
                }
                assertEquals(expected, Quorum.committedIndex(voters, id -> acknowledged[(int) id - 1]));
            }
        }
    }

    @Test
    void shouldDecideAVoteAsSoonAsAMajorityMustOrCannotCome() {
        for (int count = 0; count <= 6; count++) {
            long[] voters = voters((1 << count) - 1);
            for (int[] ballots : assignments(count, 2)) {
                assertEquals(
                        definedResult(voters, ballots),
                        Quorum.voteResult(voters, id -> Ballot.values()[ballots[(int) id - 1]]));
            }
        }
    }

    @Test
    void shouldNeedBothMajoritiesWhileJoint() {
        for (int incoming = 1; incoming < 16; incoming++) {
            for (int outgoing = 0; outgoing < 16; outgoing++) {
                Configuration joint = joint(incoming, outgoing);
                long[] in = voters(incoming);
                long[] out = voters(outgoing);
                for (int[] values : assignments(4, 2)) {
                    VoteResult one = definedResult(in, values);
                    VoteResult other = definedResult(out, values);
                    VoteResult expected = one == VoteResult.LOST || other == VoteResult.LOST
                            ? VoteResult.LOST
                            : one == VoteResult.WON && other == VoteResult.WON ? VoteResult.WON : VoteResult.PENDING;
                    assertEquals(expected, joint.voteResult(id -> Ballot.values()[values[(int) id - 1]]));
                    long committed = 0;
                    for (int index = 1; index <= 2; index++) {
                        Set<Long> those = having(values, index);
                        committed = isMajority(in, those) && isMajority(out, those) ? index : committed;
                    }
                    assertEquals(committed, joint.committedIndex(id -> values[(int) id - 1]));
                }
            }
        }
    }
}
