package tenon.wal;

import java.util.Arrays;

/// Entries of one segment with ascending indexes, and where they are: every so many bytes a place is noted, from which
/// the others are found by reading on.
final class EntryRun {
    static final int STEP_BYTES = 16 << 10;

    final Segment segment;
    final long firstRaftIndex;
    // Invariant: firstRaftIndex <= lastRaftIndex.
    private long lastRaftIndex;
    // Invariant: both ascend; raftIndexes[0] = firstRaftIndex, raftIndexes[count - 1] <= lastRaftIndex.
    private long[] raftIndexes = new long[4];
    private int[] positions = new int[4];
    private int count;

    EntryRun(Segment segment, long from, long to, int position) {
        this.segment = segment;
        firstRaftIndex = from;
        add(from, to, position);
    }

    long lastRaftIndex() {
        return lastRaftIndex;
    }

    /// Adds the entries of the next record.
    ///
    /// @param from index of the first one, behind the last one that is here
    /// @param to index of the last one
    /// @param position of the record in the stream of the segment
    void add(long from, long to, int position) {
        lastRaftIndex = to;
        if (count > 0 && position - positions[count - 1] < STEP_BYTES) {
            return;
        }
        if (count == positions.length) {
            raftIndexes = Arrays.copyOf(raftIndexes, 2 * count);
            positions = Arrays.copyOf(positions, 2 * count);
        }
        raftIndexes[count] = from;
        positions[count] = position;
        count++;
    }

    /// Drops the entries behind an index that is in the run.
    void cutBehind(long raftIndex) {
        lastRaftIndex = raftIndex;
        while (raftIndexes[count - 1] > raftIndex) {
            count--;
        }
    }

    /// A position in the stream from which on the entry is found, at most about [#STEP_BYTES] before its record.
    int positionBefore(long raftIndex) {
        int at = Arrays.binarySearch(raftIndexes, 0, count, raftIndex);
        return positions[at >= 0 ? at : -at - 2];
    }
}
