package tenon.raft;

import java.util.List;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.MisuseException;
import tenon.api.SnapshotMark;

/// The entries behind a base, and how far each stage has come with them. Lists that leave the log stay as they are,
/// whatever happens to the log.
final class RaftLog {
    // Invariant: they are those from base + 1 to last.
    private final EntryRuns runs = new EntryRuns();

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

    RaftLog(RecoveredState state) {
        base = state.snapshot();
        last = base.raftIndex() + state.entries().size();
        if (!state.entries().isEmpty()) {
            runs.add(new EntryList(state.entries().toArray(Entry[]::new)));
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
        return index == base.raftIndex() ? base.term() : runs.at(index).term();
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

    /// Adds entries at the end.
    ///
    /// @param data of each; none adds nothing
    void append(long term, EntryType type, byte[]... data) {
        if (data.length == 0) {
            return;
        }
        Entry[] entries = new Entry[data.length];
        for (int i = 0; i < data.length; i++) {
            entries[i] = new Entry(term, last + 1 + i, type, data[i]);
        }
        add(new EntryList(entries));
    }

    private void add(EntryList entries) {
        assert entries.firstIndex() == last + 1 : entries;
        runs.add(entries);
        last += entries.size();
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
                add(entries instanceof EntryList all
                        ? all.part(entry.raftIndex(), all.endIndex())
                        : new EntryList(entries.subList(i, entries.size()).toArray(Entry[]::new)));
                return replaces ? entry.raftIndex() : 0;
            }
        }
        return 0;
    }

    /// Forgets the entries from an index on.
    private void truncate(long from) {
        runs.dropFrom(from);
        last = Math.min(last, from - 1);
        handedOut = Math.min(handedOut, last);
        stored = Math.min(stored, last);
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
        return from > last ? Slice.NONE : runs.slice(from, sizeMaxBytes);
    }

    boolean hasEntriesToStore() {
        return handedOut < last;
    }

    List<Entry> takeEntriesToStore() {
        List<Entry> entries = runs.list(handedOut + 1, last + 1);
        handedOut = last;
        return entries;
    }

    boolean hasEntriesToApply() {
        return applying < Math.min(committed, stored);
    }

    List<Entry> takeEntriesToApply() {
        long end = Math.min(committed, stored);
        List<Entry> entries = runs.list(applying + 1, end + 1);
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
        return runs.list(applied + 1, committed + 1).stream().anyMatch(RaftLog::isConfChange);
    }

    private static boolean isConfChange(Entry entry) {
        return entry.type() == EntryType.CONF_CHANGE;
    }

    /// The changes of the configuration that are not applied, committed or not.
    List<Entry> unappliedConfChanges() {
        return runs.list(applied + 1, last + 1).stream().filter(RaftLog::isConfChange).toList();
    }

    void compact(long index) {
        if (index > applied) {
            throw new MisuseException("cannot compact up to " + index + ": applied up to " + applied);
        }
        if (index <= base.raftIndex()) {
            return;
        }
        SnapshotMark mark = new SnapshotMark(termAt(index), index);
        runs.dropBefore(index + 1);
        base = mark;
    }

    /// Starts anew behind a snapshot.
    void restore(SnapshotMark mark) {
        assert mark.raftIndex() > committed : mark;
        runs.clear();
        base = mark;
        last = mark.raftIndex();
        stored = last;
        handedOut = last;
        committed = last;
        applying = last;
        applied = last;
    }

    /// Checks the invariants; always true, so that `assert` can call it.
    boolean validate() {
        assert base.raftIndex() <= applied && applied <= applying : this;
        assert applying <= committed && applying <= stored : this;
        assert committed <= last && stored <= handedOut && handedOut <= last : this;
        assert runs.span(base.raftIndex() + 1, last + 1) : this;
        return true;
    }

    @Override
    public String toString() {
        return "log (" + base.raftIndex() + ", " + last + "] handedOut=" + handedOut + " stored=" + stored
                + " committed=" + committed + " applying=" + applying + " applied=" + applied;
    }
}
