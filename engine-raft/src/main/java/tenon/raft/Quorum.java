package tenon.raft;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/// Majorities of a set of voters. The empty set agrees to everything, so that it does not count in a joint decision.
final class Quorum {
    private Quorum() {}

    /// How a vote stands.
    enum VoteResult {
        PENDING,
        LOST,
        WON
    }

    /// What one voter said.
    enum Ballot {
        MISSING,
        NO,
        YES
    }

    /// Asks for a voter's ballot.
    interface Ballots {
        Ballot of(long nodeId);
    }

    /// The highest index that a majority has acknowledged.
    ///
    /// @param acknowledged from a voter to the index that it acknowledged, 0 if none
    static long committedIndex(long[] voters, LongUnaryOperator acknowledged) {
        switch (voters.length) {
            case 0:
                return Long.MAX_VALUE;
            case 1:
                return acknowledged.applyAsLong(voters[0]);
            default:
                long[] indexes = new long[voters.length];
                for (int i = 0; i < voters.length; i++) {
                    indexes[i] = acknowledged.applyAsLong(voters[i]);
                }
                Arrays.sort(indexes);
                return indexes[voters.length - majority(voters.length)];
        }
    }

    static VoteResult voteResult(long[] voters, Ballots ballots) {
        if (voters.length == 0) {
            return VoteResult.WON;
        }
        int yes = 0;
        int missing = 0;
        for (long voter : voters) {
            switch (ballots.of(voter)) {
                case YES -> yes++;
                case MISSING -> missing++;
                case NO -> {}
            }
        }
        int majority = majority(voters.length);
        if (yes >= majority) {
            return VoteResult.WON;
        }
        return yes + missing >= majority ? VoteResult.PENDING : VoteResult.LOST;
    }

    /// Both have to win; one that lost decides.
    static VoteResult both(VoteResult one, VoteResult other) {
        if (one == other) {
            return one;
        }
        return one == VoteResult.LOST || other == VoteResult.LOST ? VoteResult.LOST : VoteResult.PENDING;
    }

    private static int majority(int voterCount) {
        return voterCount / 2 + 1;
    }
}
