package tenon.raft;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.MisuseException;
import tenon.api.SnapshotMark;

/// The entries behind a base, in a ring that is addressed by Raft index, and how far each stage has come with them.
///
/// Lists that leave the log are copies of references and stay as they are, whatever happens to the log. Mostly the same
/// entries are stored, sent to each member and applied one after the other: these get the same list.
final class RaftLog {
    private static final int CAPACITY_MIN = 64;

    /// Place of the entry with index `i` is `i & (ring.length - 1)`.
    // Invariant: ring.length is a power of two, at least last - base.
    private Entry[] ring;

    // Invariant: base <= applied <= applying <= min(committed, stored).
    private SnapshotMark base;
    private long applied;
    private long applying;

    // Invariant: committed <= last; behind it is at most one change of the configuration.
    private long committed;

    // Invariant: applying <= stored <= handedOut <= last.
    private long stored;
    private long handedOut;
    private long last;

    /// What left the log last, or came to it.
    // Invariant: its entries are those of the log, from `recentFrom` on.
    private List<Entry> recent = List.of();
    private long recentFrom;

    RaftLog(RecoveredState state) {
        base = state.snapshot();
        last = base.raftIndex() + state.entries().size();
        ring = new Entry[capacityFor(state.entries().size())];
        for (Entry entry : state.entries()) {
            ring[slot(entry.raftIndex())] = entry;
        }
        stored = last;
        handedOut = last;
        applied = state.appliedIndex();
        applying = applied;
        committed = state.committedIndex();
    }

    /// The first index that the log still has, or the one behind the last if it is empty.
    long firstIndex() {
        return base.raftIndex() + 1;
    }

    long lastIndex() {
        return last;
    }

    long lastTerm() {
        return termAt(last);
    }

    long committed() {
        return committed;
    }

    long stored() {
        return stored;
    }

    long applied() {
        return applied;
    }

    /// The term at an index from the base to the last.
    long termAt(long index) {
        assert index >= base.raftIndex() && index <= last : index;
        return index == base.raftIndex() ? base.term() : entryAt(index).term();
    }

    boolean matches(long index, long term) {
        return index >= base.raftIndex() && index <= last && termAt(index) == term;
    }

    /// Whether a log that ends there holds at least what this one does (Raft paper, 5.4.1).
    boolean isUpToDate(long otherLastTerm, long otherLastIndex) {
        return otherLastTerm > lastTerm() || otherLastTerm == lastTerm() && otherLastIndex >= last;
    }

    /// The largest index at or before the given one whose term is not above the given one. What is before the base is
    /// not known and may be the answer.
    long findConflict(long index, long term) {
        if (index < base.raftIndex()) {
            return index;
        }
        long low = base.raftIndex();
        long high = Math.min(index, last);
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (termAt(middle) <= term) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return termAt(low) <= term ? low : low - 1;
    }

    /// Adds an entry at the end.
    Entry append(long term, EntryType type, byte[] data) {
        Entry entry = new Entry(term, last + 1, type, data);
        push(entry);
        return entry;
    }

    /// @throws ProtocolViolationException if another entry is committed at this index
    void checkCommitted(long index, long term) {
        if (index >= base.raftIndex() && index <= committed && termAt(index) != term) {
            throw new ProtocolViolationException("the leader has term " + term + " at index " + index
                    + ", but an entry of term " + termAt(index) + " is committed there");
        }
    }

    /// Takes over a leader's entries, which follow a place where the logs agree. Replaces what differs from them.
    ///
    /// @param entries none of them differs from one that is committed
    /// @return from where on entries were replaced, 0 if none were
    long merge(List<Entry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (!matches(entry.raftIndex(), entry.term())) {
                assert entry.raftIndex() > committed : entry;
                boolean replaces = entry.raftIndex() <= last;
                truncate(entry.raftIndex());
                for (int added = i; added < entries.size(); added++) {
                    push(entries.get(added));
                }
                if (i == 0 && entries instanceof EntryList) {
                    recent = entries;
                    recentFrom = entry.raftIndex();
                }
                return replaces ? entry.raftIndex() : 0;
            }
        }
        return 0;
    }

    /// Forgets the entries from an index on.
    private void truncate(long from) {
        for (long index = from; index <= last; index++) {
            ring[slot(index)] = null;
        }
        if (from < recentFrom + recent.size()) {
            recent = List.of();
        }
        last = Math.min(last, from - 1);
        handedOut = Math.min(handedOut, last);
        stored = Math.min(stored, last);
    }

    private void push(Entry entry) {
        assert entry.raftIndex() == last + 1 : entry;
        int count = count();
        if (count == ring.length) {
            resize(capacityFor(count + 1));
        }
        last++;
        ring[slot(last)] = entry;
    }

    /// Whether the commit index rose.
    boolean maybeCommit(long index) {
        if (index <= committed) {
            return false;
        }
        assert index <= last : index;
        committed = index;
        return true;
    }

    void onStored(long index) {
        assert index <= handedOut : index;
        stored = Math.max(stored, index);
    }

    /// Entries that follow each other.
    ///
    /// @param from the index of the first, 0 if there are none
    /// @param sizeBytes of their data
    record Slice(long from, List<Entry> entries, long sizeBytes) {
        static final Slice NONE = new Slice(0, List.of(), 0);
    }

    /// Entries from an index on, at least one if there is one, then as long as they stay within the size.
    Slice slice(long from, long sizeMaxBytes) {
        long end = from;
        long sizeBytes = 0;
        for (; end <= last; end++) {
            int nextBytes = entryAt(end).data().length;
            if (end > from && nextBytes > sizeMaxBytes - sizeBytes) {
                break;
            }
            sizeBytes += nextBytes;
        }
        return end == from ? Slice.NONE : new Slice(from, copy(from, end), sizeBytes);
    }

    boolean hasEntriesToStore() {
        return handedOut < last;
    }

    List<Entry> takeEntriesToStore() {
        List<Entry> entries = copy(handedOut + 1, last + 1);
        handedOut = last;
        return entries;
    }

    boolean hasEntriesToApply() {
        return applying < Math.min(committed, stored);
    }

    List<Entry> takeEntriesToApply() {
        long end = Math.min(committed, stored);
        List<Entry> entries = copy(applying + 1, end + 1);
        applying = end;
        return entries;
    }

    /// Whether entries were handed out and are not applied yet.
    boolean isApplying() {
        return applied < applying;
    }

    long handedOut() {
        return handedOut;
    }

    void onApplied(long index) {
        if (index > applying) {
            throw new MisuseException("index " + index + " cannot be applied: handed out up to " + applying);
        }
        applied = Math.max(applied, index);
    }

    /// Whether a change of the configuration is committed, but not applied.
    boolean hasUnappliedConfChange() {
        for (long index = applied + 1; index <= committed; index++) {
            if (entryAt(index).type() == EntryType.CONF_CHANGE) {
                return true;
            }
        }
        return false;
    }

    /// The changes of the configuration that are not applied, committed or not.
    List<Entry> unappliedConfChanges() {
        List<Entry> changes = new ArrayList<>();
        for (long index = applied + 1; index <= last; index++) {
            if (entryAt(index).type() == EntryType.CONF_CHANGE) {
                changes.add(entryAt(index));
            }
        }
        return changes;
    }

    void compact(long index) {
        if (index > applied) {
            throw new MisuseException("cannot compact up to " + index + ": applied up to " + applied);
        }
        if (index <= base.raftIndex()) {
            return;
        }
        SnapshotMark mark = new SnapshotMark(termAt(index), index);
        for (long dropped = base.raftIndex() + 1; dropped <= index; dropped++) {
            ring[slot(dropped)] = null;
        }
        base = mark;
        if (recentFrom <= index) {
            recent = List.of();
        }
        if (ring.length > CAPACITY_MIN && count() < ring.length / 8) {
            resize(capacityFor(2 * count()));
        }
    }

    /// Starts anew behind a snapshot.
    void restore(SnapshotMark mark) {
        assert mark.raftIndex() > committed : mark;
        ring = new Entry[CAPACITY_MIN];
        recent = List.of();
        base = mark;
        last = mark.raftIndex();
        stored = last;
        handedOut = last;
        committed = last;
        applying = last;
        applied = last;
    }

    private int count() {
        return (int) (last - base.raftIndex());
    }

    private Entry entryAt(long index) {
        return ring[slot(index)];
    }

    private int slot(long index) {
        return (int) index & ring.length - 1;
    }

    private List<Entry> copy(long from, long end) {
        if (from >= end) {
            return List.of();
        }
        if (from != recentFrom || end - from != recent.size()) {
            Entry[] copy = new Entry[Math.toIntExact(end - from)];
            copyTo(copy, from, copy.length);
            recent = EntryList.of(copy);
            recentFrom = from;
        }
        return recent;
    }

    private void copyTo(Entry[] target, long from, int length) {
        int start = slot(from);
        int head = Math.min(length, ring.length - start);
        System.arraycopy(ring, start, target, 0, head);
        System.arraycopy(ring, 0, target, head, length - head);
    }

    private void resize(int capacity) {
        Entry[] old = ring;
        int mask = old.length - 1;
        Entry[] fresh = new Entry[capacity];
        for (long index = base.raftIndex() + 1; index <= last; index++) {
            fresh[(int) index & capacity - 1] = old[(int) index & mask];
        }
        ring = fresh;
    }

    private static int capacityFor(int count) {
        return count <= CAPACITY_MIN ? CAPACITY_MIN : Integer.highestOneBit(count - 1) << 1;
    }

    /// Checks the invariants; always true, so that `assert` can call it.
    boolean validate() {
        assert base.raftIndex() <= applied && applied <= applying : this;
        assert applying <= committed && applying <= stored : this;
        assert committed <= last && stored <= handedOut && handedOut <= last : this;
        assert Integer.bitCount(ring.length) == 1 && count() <= ring.length : this;
        assert last == base.raftIndex() || entryAt(last).raftIndex() == last : this;
        assert recent.isEmpty() || recentFrom > base.raftIndex() && recentFrom + recent.size() <= last + 1 : this;
        assert recent.isEmpty() || recent.getLast() == entryAt(recentFrom + recent.size() - 1) : this;
        return true;
    }

    @Override
    public String toString() {
        return "log (" + base.raftIndex() + ", " + last + "] handedOut=" + handedOut + " stored=" + stored
                + " committed=" + committed + " applying=" + applying + " applied=" + applied;
    }
}
