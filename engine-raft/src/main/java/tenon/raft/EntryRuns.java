package tenon.raft;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Entry;

/// Entries that follow each other, kept in the lists in which they came. Mostly the same entries are stored, sent to each
/// member and applied one after the other: what leaves is one of these lists wherever it can be, and a follower in the
/// same process keeps the one that its leader sent.
final class EntryRuns {
    /// Room for so many times as many runs as there are is given back.
    private static final int KEPT_ROOM = 8;

    // Invariant: each begins where the one before ends.
    private final ArrayList<EntryList> runs = new ArrayList<>();

    /// @param run begins where the last one ends
    void add(EntryList run) {
        assert runs.isEmpty() || runs.getLast().endIndex() == run.firstIndex() : run;
        runs.add(run);
    }

    /// The entry with an index that is there.
    Entry at(long index) {
        return runs.get(placeOf(index)).at(index);
    }

    /// Which run an index is in. Mostly it is one of the last: from there on ever larger steps are made, then smaller ones.
    private int placeOf(long index) {
        int high = runs.size() - 1;
        int low = high;
        for (int step = 1; runs.get(low).firstIndex() > index; step *= 2) {
            high = low - 1;
            low = Math.max(0, low - step);
        }
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (runs.get(middle).firstIndex() <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /// The entries from an index on and before another one. Those that have to be put together for it stay so.
    List<Entry> list(long from, long end) {
        if (from >= end) {
            return List.of();
        }
        int first = placeOf(from);
        EntryList run = runs.get(first);
        return end <= run.endIndex() ? run.part(from, end) : join(runs.subList(first, placeOf(end - 1) + 1), from, end);
    }

    /// @param touched the runs in which they are, at least two
    private static EntryList join(List<EntryList> touched, long from, long end) {
        EntryList first = touched.getFirst();
        EntryList last = touched.getLast();
        Entry[] joined = new Entry[Math.toIntExact(end - from)];
        for (EntryList run : touched) {
            long begin = Math.max(from, run.firstIndex());
            run.part(begin, Math.min(end, run.endIndex())).copyTo(joined, (int) (begin - from));
        }
        EntryList run = new EntryList(joined);
        touched.clear();
        if (first.firstIndex() < from) {
            touched.add(first.part(first.firstIndex(), from));
        }
        touched.add(run);
        if (end < last.endIndex()) {
            touched.add(last.part(end, last.endIndex()));
        }
        return run;
    }

    /// The entries from an index on, which is there, that stay within a size; at least one.
    RaftLog.Slice slice(long from, long sizeMaxBytes) {
        long end = from;
        long sizeBytes = 0;
        for (int place = placeOf(from); place < runs.size(); place++) {
            for (EntryList run = runs.get(place); end < run.endIndex(); end++) {
                int nextBytes = run.at(end).data().length;
                if (end > from && nextBytes > sizeMaxBytes - sizeBytes) {
                    return new RaftLog.Slice(from, list(from, end), sizeBytes);
                }
                sizeBytes += nextBytes;
            }
        }
        return new RaftLog.Slice(from, list(from, end), sizeBytes);
    }

    void dropFrom(long index) {
        while (!runs.isEmpty() && runs.getLast().firstIndex() >= index) {
            runs.removeLast();
        }
        if (!runs.isEmpty() && runs.getLast().endIndex() > index) {
            EntryList cut = runs.removeLast();
            runs.add(cut.part(cut.firstIndex(), index).trimmed());
        }
    }

    void dropBefore(long index) {
        int count = 0;
        while (count < runs.size() && runs.get(count).endIndex() <= index) {
            count++;
        }
        runs.subList(0, count).clear();
        if (count > KEPT_ROOM * runs.size()) {
            runs.trimToSize();
        }
        if (!runs.isEmpty() && runs.getFirst().firstIndex() < index) {
            EntryList cut = runs.getFirst();
            runs.set(0, cut.part(index, cut.endIndex()).trimmed());
        }
    }

    void clear() {
        runs.clear();
    }

    /// Whether they are those from an index on and before another one.
    boolean span(long from, long end) {
        return runs.isEmpty()
                ? from == end
                : runs.getFirst().firstIndex() == from && runs.getLast().endIndex() == end;
    }
}
