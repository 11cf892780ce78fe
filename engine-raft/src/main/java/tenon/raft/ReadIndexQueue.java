package tenon.raft;

import java.util.ArrayDeque;

/// The linearizable reads that a leader has not answered yet, in the order in which they came.
final class ReadIndexQueue {
    private final ArrayDeque<Read> reads = new ArrayDeque<>();

    // Invariant: the numbers of the reads rise and are at most lastNumber, so that whoever confirms one confirms all
    // before it; their indexes do not fall.
    private long lastNumber;

    /// A read that waits.
    ///
    /// @param number the leader's number for it, from 1
    /// @param from who asks
    /// @param context what the asker calls it
    /// @param raftIndex the commit index when it came
    record Read(long number, long from, long context, long raftIndex) {}

    void add(long from, long context, long raftIndex) {
        reads.add(new Read(nextNumber(), from, context, raftIndex));
    }

    /// A number that confirms all reads until now.
    long nextNumber() {
        return ++lastNumber;
    }

    /// The newest read that waits, 0 if none does.
    long newestWaiting() {
        return reads.isEmpty() ? 0 : lastNumber;
    }

    /// The oldest read if a quorum confirmed it, else null.
    Read pollConfirmed(long confirmedNumber) {
        Read oldest = reads.peek();
        return oldest != null && oldest.number() <= confirmedNumber ? reads.poll() : null;
    }
}
