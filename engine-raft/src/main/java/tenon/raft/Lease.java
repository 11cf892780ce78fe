package tenon.raft;

import java.util.ArrayDeque;

/// The time for which nobody else can have been elected: members that heard a heartbeat refuse to vote for an election
/// timeout, and a quorum answered one.
///
/// Time counts from when the heartbeat was sent. Two ticks less than the timeout are used: the ticks of two nodes do not
/// fall together, and those of one may be shorter by a tick in a timeout.
final class Lease {
    private final int validTicks;

    /// Heartbeats that no quorum answered yet: their numbers, and the ticks at which they were sent.
    // Invariant: both ascending.
    private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();

    private long nowTicks;
    private long endTicks;
    private boolean givenUp;

    private record Sent(long number, long atTicks) {}

    Lease(RaftOptions options) {
        validTicks = options.readMode == ReadMode.LEASE ? options.electionTicks - 2 : 0;
    }

    boolean isWanted() {
        return validTicks > 0;
    }

    void onTick() {
        nowTicks++;
    }

    void onHeartbeatSent(long number) {
        unanswered.add(new Sent(number, nowTicks));
    }

    /// A quorum answered the heartbeats up to this number.
    void onAnswered(long number) {
        while (!unanswered.isEmpty() && unanswered.peek().number() <= number) {
            endTicks = unanswered.remove().atTicks() + validTicks;
        }
    }

    /// Another node was told to stand for election, and nobody will refuse it: whenever that message arrives.
    void giveUp() {
        givenUp = true;
    }

    boolean isValid() {
        return nowTicks < endTicks && !givenUp;
    }
}
