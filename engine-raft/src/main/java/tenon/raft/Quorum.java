package tenon.raft;

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
    /// @param scratch room for an index of each voter
    static long committedIndex(long[] voters, LongUnaryOperator acknowledged, long[] scratch) {
        if (voters.length == 0) {
            return Long.MAX_VALUE;
        }
        // A sort by insertion, descending: voters are few, and this is done for each message.
        for (int i = 0; i < voters.length; i++) {
            long index = acknowledged.applyAsLong(voters[i]);
            int place = i;
            for (; place > 0 && scratch[place - 1] < index; place--) {
                scratch[place] = scratch[place - 1];
            }
            scratch[place] = index;
        }
        return scratch[majority(voters.length) - 1];
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
