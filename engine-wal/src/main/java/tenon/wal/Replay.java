package tenon.wal;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.api.NodeIdentity;
import tenon.api.SnapshotMark;
import tenon.wal.format.SegmentImage;

/// Turns valid records back into the contents of the log.
final class Replay {
    private final LogState state = new LogState();
    // Invariant: indexes ascend without gaps.
    private final List<Entry> entries = new ArrayList<>();
    private NodeIdentity identity;
    private long acceptedRaftIndex;

    LogState state() {
        return state;
    }

    /// Takes a record.
    ///
    /// @return what contradicts the records before it, or null
    String onRecord(SegmentImage image, int position) {
        if (!image.isWellFormed(position)) {
            return "its data has not the form of its type";
        }
        if (image.syncedPosition(position) > position) {
            return "it claims that bytes behind it had been synced";
        }
        switch (image.type(position)) {
            case CRC -> {
                return null;
            }
            case METADATA -> {
                NodeIdentity found = image.metadata(position);
                if (identity != null && !identity.equals(found)) {
                    return "it is of " + found + ", the log before it of " + identity;
                }
                identity = found;
            }
            case STATE -> {
                return onState(image.state(position));
            }
            case SNAPSHOT -> {
                return onMark(image.snapshot(position));
            }
            case ENTRY, ENTRIES -> {
                return onEntries(image.entries(position), position);
            }
        }
        return null;
    }

    private String onState(HardState found) {
        if (!LogState.isPossible(found)) {
            return "there is no state of term " + found.term() + " with commit index " + found.commitIndex();
        }
        state.onState(found);
        return null;
    }

    private String onMark(SnapshotMark mark) {
        if (!LogState.isPlace(mark.term(), mark.raftIndex())) {
            return "there is no snapshot mark of term " + mark.term() + " at index " + mark.raftIndex();
        }
        if (state.onMark(mark)) {
            dropFrom(mark.raftIndex());
        }
        return null;
    }

    /// @param found at least one, of one term and with indexes that ascend
    private String onEntries(List<Entry> found, int position) {
        long term = found.getFirst().term();
        long raftIndex = found.getFirst().raftIndex();
        for (Entry end : List.of(found.getFirst(), found.getLast())) {
            if (!LogState.isPlace(term, end.raftIndex())) {
                return "there is no entry of term " + term + " at index " + end.raftIndex();
            }
        }
        if (raftIndex <= state.hardState().commitIndex()) {
            return "entry " + raftIndex + " replaces one that is committed";
        }
        if (state.leavesGap(raftIndex)) {
            return "entry " + raftIndex + " follows on entry " + state.lastRaftIndex();
        }
        dropFrom(raftIndex);
        if (!entries.isEmpty() && entries.getLast().raftIndex() != raftIndex - 1) {
            // It follows on a snapshot that is ahead of the entries, and thereby says that the snapshot is in place.
            entries.clear();
            acceptedRaftIndex = raftIndex - 1;
        }
        entries.addAll(found);
        state.onEntries(term, raftIndex, found.size(), position);
        return null;
    }

    private void dropFrom(long raftIndex) {
        if (!entries.isEmpty() && entries.getLast().raftIndex() >= raftIndex) {
            int keptCount = (int) Math.max(0, raftIndex - entries.getFirst().raftIndex());
            entries.subList(keptCount, entries.size()).clear();
        }
    }

    /// The contents, or what is missing in them.
    Outcome finish(long knownStoredIndex, long tailCutBytes) {
        long placedRaftIndex = Math.max(knownStoredIndex, acceptedRaftIndex);
        SnapshotMark mark = state.markAt(Math.max(state.hardState().commitIndex(), placedRaftIndex));
        int stored = 0;
        while (stored < entries.size() && entries.get(stored).raftIndex() <= mark.raftIndex()) {
            stored++;
        }
        List<Entry> behind = List.copyOf(entries.subList(stored, entries.size()));
        if (!behind.isEmpty() && behind.getFirst().raftIndex() != mark.raftIndex() + 1) {
            return Outcome.missing("the entries before " + behind.getFirst().raftIndex() + " and behind the snapshot at "
                    + mark.raftIndex() + " are missing");
        }
        HardState hardState = raised(state.hardState(), mark, behind);
        state.settle(mark, hardState, behind);
        if (state.lastRaftIndex() < knownStoredIndex) {
            return Outcome.missing("the log ends with entry " + state.lastRaftIndex() + ", but the store holds entries up"
                    + " to " + knownStoredIndex);
        }
        if (state.lastRaftIndex() < hardState.commitIndex()) {
            return Outcome.missing("the log ends with entry " + state.lastRaftIndex() + ", but entries up to "
                    + hardState.commitIndex() + " are committed");
        }
        state.validate();
        return new Outcome(new LogContents(identity, mark, hardState, behind, tailCutBytes), null);
    }

    /// What a snapshot contains is committed, and the term of a mark or an entry has been seen, even if the state that
    /// said so was torn off.
    private static HardState raised(HardState found, SnapshotMark mark, List<Entry> behind) {
        long commitIndex = Math.max(found.commitIndex(), mark.raftIndex());
        long seenTerm = Math.max(mark.term(), behind.isEmpty() ? 0 : behind.getLast().term());
        return seenTerm > found.term()
                ? new HardState(seenTerm, 0, commitIndex)
                : new HardState(found.term(), found.votedFor(), commitIndex);
    }

    /// @param missing null if the contents are whole
    record Outcome(LogContents contents, String missing) {
        static Outcome missing(String finding) {
            return new Outcome(null, finding);
        }
    }
}
