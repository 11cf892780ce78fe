package tenon.raft;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.RandomAccess;
import tenon.api.Entry;

/// Entries that follow each other: a list that never changes, over a part of an array that nobody writes to any more. The
/// JDK's would copy the array again, or wrap it twice.
final class EntryList extends AbstractList<Entry> implements RandomAccess {
    // Invariant: 0 <= from < to <= entries.length; the indexes of the entries in between have no gap.
    private final Entry[] entries;
    private final int from;
    private final int to;
    private final long firstIndex;

    /// @param entries at least one; not to be changed any more
    EntryList(Entry... entries) {
        this(entries, 0, entries.length);
    }

    private EntryList(Entry[] entries, int from, int to) {
        this.entries = entries;
        this.from = from;
        this.to = to;
        firstIndex = entries[from].raftIndex();
    }

    long firstIndex() {
        return firstIndex;
    }

    /// Of the entry that would follow.
    long endIndex() {
        return firstIndex + to - from;
    }

    /// The entry with an index that is in it.
    Entry at(long index) {
        return entries[place(index)];
    }

    private int place(long index) {
        return from + (int) (index - firstIndex);
    }

    /// Some of its entries, not copied.
    ///
    /// @param end behind the last of them; both indexes are in it
    EntryList part(long first, long end) {
        return first == firstIndex && end == endIndex() ? this : new EntryList(entries, place(first), place(end));
    }

    /// The same entries, alone where they were fewer than half of what their array holds.
    EntryList trimmed() {
        return 2 * (to - from) < entries.length ? new EntryList(Arrays.copyOfRange(entries, from, to)) : this;
    }

    void copyTo(Entry[] target, int place) {
        System.arraycopy(entries, from, target, place, to - from);
    }

    @Override
    public Entry get(int place) {
        return entries[from + Objects.checkIndex(place, to - from)];
    }

    @Override
    public int size() {
        return to - from;
    }

    /// Lists are gone over for each entry several times, so this one does no more than it must.
    @Override
    public Iterator<Entry> iterator() {
        return new Iterator<>() {
            private int next = from;

            @Override
            public boolean hasNext() {
                return next < to;
            }

            @Override
            public Entry next() {
                if (next >= to) {
                    throw new NoSuchElementException();
                }
                return entries[next++];
            }
        };
    }
}
