package tenon.wal;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.SnapshotMark;

/// What the records so far amount to, without the entries themselves. Reading the log back and appending to it go
/// through the same rules.
final class LogState {
    /// The next index can always be told.
    static final long RAFT_INDEX_MAX = Long.MAX_VALUE - 1;

    /// A mark, and the last segment that says so.
    private record HeldMark(SnapshotMark mark, long sequence) {}

    // Invariant: the marks are at or before lastRaftIndex, and ascend.
    private final List<HeldMark> marks = new ArrayList<>();
    // Invariant: the sequence numbers have no gap.
    private final List<Segment> segments = new ArrayList<>();
    private final TermRuns terms = new TermRuns();
    private final EntryIndex index = new EntryIndex();
    private HardState hardState = HardState.INITIAL;
    private long hardStateSequence;
    private long lastRaftIndex;

    /// Whether there can be an entry or a mark of this term and index.
    static boolean isPlace(long term, long raftIndex) {
        return term >= 0 && raftIndex >= 1 && raftIndex <= RAFT_INDEX_MAX;
    }

    static boolean isPossible(HardState state) {
        return state.term() >= 0 && state.commitIndex() >= 0 && state.commitIndex() <= RAFT_INDEX_MAX;
    }

    List<Segment> segments() {
        return segments;
    }

    HardState hardState() {
        return hardState;
    }

    long lastRaftIndex() {
        return lastRaftIndex;
    }

    EntryIndex index() {
        return index;
    }

    /// The first entry that can be read, with all up to the last one; the one behind that if there is none.
    long firstRaftIndex() {
        return index.firstRaftIndex(lastRaftIndex);
    }

    Segment lastSegment() {
        return segments.getLast();
    }

    /// The first segment tells by its name what was before it.
    void onSegment(Segment segment) {
        if (segments.isEmpty()) {
            lastRaftIndex = segment.name.firstRaftIndex() - 1;
        }
        segments.add(segment);
    }

    void onState(HardState state) {
        hardState = state;
        hardStateSequence = lastSegment().name.sequence();
    }

    /// Entries of one record; one at or before a mark takes that mark back: the node goes on without that snapshot.
    ///
    /// @param raftIndex of the first one
    /// @param count at least one
    /// @param position of the record in the stream of the last segment
    void onEntries(long term, long raftIndex, int count, int position) {
        while (!marks.isEmpty() && marks.getLast().mark.raftIndex() >= raftIndex) {
            marks.removeLast();
        }
        terms.add(raftIndex, term);
        lastRaftIndex = raftIndex + count - 1;
        Segment segment = lastSegment();
        index.add(segment, raftIndex, lastRaftIndex, position);
        segment.maxRaftIndex = Math.max(segment.maxRaftIndex, lastRaftIndex);
    }

    /// A mark. One behind the last entry, or one that contradicts the entry at its place, is the new end of the log.
    ///
    /// @return whether the entries at its place and behind are void
    boolean onMark(SnapshotMark mark) {
        long raftIndex = mark.raftIndex();
        marks.removeIf(held -> held.mark.raftIndex() >= raftIndex);
        marks.add(new HeldMark(mark, lastSegment().name.sequence()));
        long term = raftIndex > lastRaftIndex ? -1 : terms.termAt(raftIndex);
        boolean contradicts = term >= 0 && term != mark.term();
        if (contradicts) {
            index.dropFrom(raftIndex);
        }
        if (contradicts || raftIndex > lastRaftIndex) {
            // The entries before it stay known: the mark may be taken back.
            terms.add(raftIndex, mark.term());
            lastRaftIndex = raftIndex;
        }
        return contradicts;
    }

    /// Whether an entry may follow here, behind the last one or in place of one.
    boolean leavesGap(long raftIndex) {
        return raftIndex > lastRaftIndex + 1;
    }

    /// The newest mark at or before an index.
    SnapshotMark markAt(long raftIndexMax) {
        for (HeldMark held : marks.reversed()) {
            if (held.mark.raftIndex() <= raftIndexMax) {
                return held.mark;
            }
        }
        return SnapshotMark.NONE;
    }

    /// The marks that a new segment repeats: the newest committed one, and those to come.
    List<SnapshotMark> marksToRepeat() {
        long from = markAt(hardState.commitIndex()).raftIndex();
        return marks.stream()
                .map(HeldMark::mark)
                .filter(mark -> mark.raftIndex() >= from)
                .toList();
    }

    /// How many segments at the beginning are not needed once everything up to the index is stored elsewhere.
    int releasableCount(long raftIndex) {
        SnapshotMark mark = markAt(Math.min(raftIndex, hardState.commitIndex()));
        long markSequence = marks.stream()
                .filter(held -> held.mark.equals(mark))
                .mapToLong(HeldMark::sequence)
                .findAny()
                .orElse(0);
        int count = 0;
        while (count < segments.size() - 1
                && segments.get(count).maxRaftIndex <= mark.raftIndex()
                && segments.get(count).name.sequence() < Math.min(markSequence, hardStateSequence)) {
            count++;
        }
        return count;
    }

    /// The first segment is gone.
    void onReleased(long raftIndex) {
        index.onReleased(segments.removeFirst());
        SnapshotMark mark = markAt(Math.min(raftIndex, hardState.commitIndex()));
        marks.removeIf(held -> held.mark.raftIndex() < mark.raftIndex());
        terms.forgetBefore(mark.raftIndex());
    }

    /// Puts the outcome of reading the log back in place.
    void settle(SnapshotMark mark, HardState settled, List<Entry> entries) {
        marks.removeIf(held -> held.mark.raftIndex() > mark.raftIndex());
        hardState = settled;
        terms.clear();
        terms.add(mark.raftIndex(), mark.term());
        lastRaftIndex = mark.raftIndex();
        for (Entry entry : entries) {
            terms.add(entry.raftIndex(), entry.term());
            lastRaftIndex = entry.raftIndex();
        }
    }

    void validate() {
        check(index.isValid(), "entries that can be read have no gap");
        check(firstRaftIndex() >= 1 && firstRaftIndex() <= markAt(Long.MAX_VALUE).raftIndex() + 1,
                "what is behind the newest mark can be read");
        for (int i = 1; i < segments.size(); i++) {
            check(segments.get(i).name.sequence() == segments.get(i - 1).name.sequence() + 1, "segments have no gap");
        }
        for (int i = 1; i < marks.size(); i++) {
            check(marks.get(i - 1).mark.raftIndex() < marks.get(i).mark.raftIndex(), "marks ascend");
        }
        check(markAt(Long.MAX_VALUE).raftIndex() <= lastRaftIndex, "no mark is behind the last entry");
        check(hardState.commitIndex() <= lastRaftIndex, "no commit index is behind the last entry");
    }

    private static void check(boolean holds, String invariant) {
        if (!holds) {
            throw new IllegalStateException("broken invariant of the log: " + invariant);
        }
    }
}
