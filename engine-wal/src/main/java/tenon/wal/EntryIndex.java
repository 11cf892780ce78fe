package tenon.wal;

import java.util.ArrayList;
import java.util.List;

/// Where the entries are that can be read: those that were not replaced, in segments that were not released.
final class EntryIndex {
    // Invariant: the runs ascend without gaps, in index and in segment; of one segment there may be several.
    private final List<EntryRun> runs = new ArrayList<>();
    /// Whether entries at the end were dropped, so that what follows does not lie right behind the others.
    private boolean isReplaced;

    /// The entries of a record, at or behind the last one.
    ///
    /// @param from index of the first one
    /// @param to index of the last one
    /// @param position of the record in the stream of the segment
    void add(Segment segment, long from, long to, int position) {
        dropFrom(from);
        EntryRun last = runs.isEmpty() ? null : runs.getLast();
        if (last != null && last.lastRaftIndex() != from - 1) {
            // It follows on a snapshot that is ahead of the entries.
            runs.clear();
            last = null;
        }
        if (last != null && last.segment == segment && !isReplaced) {
            last.add(from, to, position);
        } else {
            runs.add(new EntryRun(segment, from, to, position));
        }
        isReplaced = false;
    }

    /// The entries from this index on are void.
    void dropFrom(long raftIndex) {
        while (!runs.isEmpty() && runs.getLast().firstRaftIndex >= raftIndex) {
            runs.removeLast();
            isReplaced = true;
        }
        if (!runs.isEmpty() && runs.getLast().lastRaftIndex() >= raftIndex) {
            runs.getLast().cutBehind(raftIndex - 1);
            isReplaced = true;
        }
    }

    void onReleased(Segment segment) {
        while (!runs.isEmpty() && runs.getFirst().segment == segment) {
            runs.removeFirst();
        }
    }

    /// The first entry that can be read, with all behind it up to the last one.
    long firstRaftIndex(long lastRaftIndex) {
        boolean reachesTheEnd = !runs.isEmpty() && runs.getLast().lastRaftIndex() == lastRaftIndex;
        return reachesTheEnd ? runs.getFirst().firstRaftIndex : lastRaftIndex + 1;
    }

    /// The run that holds an entry that can be read.
    EntryRun runOf(long raftIndex) {
        int low = 0;
        int high = runs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (runs.get(middle).firstRaftIndex <= raftIndex) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return runs.get(low);
    }

    boolean isValid() {
        for (int i = 1; i < runs.size(); i++) {
            if (runs.get(i - 1).lastRaftIndex() + 1 != runs.get(i).firstRaftIndex
                    || runs.get(i - 1).segment.name.sequence() > runs.get(i).segment.name.sequence()) {
                return false;
            }
        }
        return true;
    }
}
