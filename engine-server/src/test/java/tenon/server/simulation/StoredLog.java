package tenon.server.simulation;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.LogContents;

/// What an observer knows of one member's log: what was written, and what of it a crash must leave.
final class StoredLog {
    private long baseIndex;
    private long baseTerm;

    /// What was written, behind the base.
    private final List<Entry> entries = new ArrayList<>();

    // Invariant: entries up to syncedIndex and before replacedFrom are durable.
    private long syncedIndex;
    private long replacedFrom = Long.MAX_VALUE;
    private HardState writtenState = HardState.INITIAL;
    private HardState syncedState = HardState.INITIAL;

    long lastIndex() {
        return baseIndex + entries.size();
    }

    long baseIndex() {
        return baseIndex;
    }

    Entry entry(long index) {
        return entries.get((int) (index - baseIndex - 1));
    }

    boolean has(long index) {
        return index > baseIndex && index <= lastIndex();
    }

    /// The term at the base or behind it.
    long termAt(long index) {
        return index == baseIndex ? baseTerm : entry(index).term();
    }

    /// Whether a crash now leaves this entry, or the state machine that has it.
    boolean isDurable(long index, long term) {
        return index <= baseIndex
                || index <= Math.min(syncedIndex, replacedFrom - 1) && has(index) && entry(index).term() == term;
    }

    HardState syncedState() {
        return syncedState;
    }

    /// Up to where a crash leaves all entries.
    long durableIndex() {
        return Math.max(baseIndex, Math.min(syncedIndex, replacedFrom - 1));
    }

    long confChangesBehind(long index) {
        return entries.stream()
                .filter(entry -> entry.raftIndex() > index && entry.type() == EntryType.CONF_CHANGE)
                .count();
    }

    void onAppended(HardState hardState, List<Entry> appended) {
        for (Entry entry : appended) {
            Laws.check(
                    entry.raftIndex() > baseIndex && entry.raftIndex() <= lastIndex() + 1,
                    () -> "entries have no gaps: " + entry + " into " + this);
            if (entry.raftIndex() <= lastIndex()) {
                entries.subList((int) (entry.raftIndex() - baseIndex - 1), entries.size()).clear();
                replacedFrom = Math.min(replacedFrom, entry.raftIndex());
            }
            entries.add(entry);
        }
        if (hardState != null) {
            writtenState = hardState;
        }
    }

    void onSynced() {
        syncedState = writtenState;
        syncedIndex = lastIndex();
        replacedFrom = Long.MAX_VALUE;
    }

    /// From here on something else is about to be written: what is there need not come back.
    void onReplacing(long index) {
        replacedFrom = Math.min(replacedFrom, index);
    }

    /// A snapshot is in the place of all there was.
    void onRestored(long index, long term) {
        entries.clear();
        baseIndex = index;
        baseTerm = term;
        syncedIndex = index;
        replacedFrom = Long.MAX_VALUE;
    }

    void onCompacted(long index) {
        if (has(index)) {
            long term = termAt(index);
            entries.subList(0, (int) (index - baseIndex)).clear();
            baseIndex = index;
            baseTerm = term;
        }
    }

    /// The log was read back: it must hold all that was durable.
    void onRecovered(LogContents contents) {
        HardState state = contents.hardState();
        Laws.check(
                state.term() > syncedState.term()
                        || state.term() == syncedState.term()
                                && (syncedState.votedFor() == 0 || state.votedFor() == syncedState.votedFor()),
                () -> "durable term and vote: " + syncedState + " came back as " + state);
        Laws.check(
                state.commitIndex() >= syncedState.commitIndex(),
                () -> "durable commit index: " + syncedState + " came back as " + state);
        long base = contents.snapshot().raftIndex();
        long end = Math.min(Math.min(syncedIndex, lastIndex()), replacedFrom - 1);
        for (long index = Math.max(base, baseIndex) + 1; index <= end; index++) {
            int place = (int) (index - base - 1);
            Entry durable = entry(index);
            Laws.check(
                    place < contents.entries().size()
                            && contents.entries().get(place).equals(durable),
                    () -> "durable entries: " + durable + " did not come back");
        }
        begin(base, contents.snapshot().term(), contents.entries());
        onAppended(state, List.of());
        onSynced();
    }

    /// Knows these entries, whatever it knew.
    void begin(long newBaseIndex, long newBaseTerm, List<Entry> newEntries) {
        entries.clear();
        entries.addAll(newEntries);
        baseIndex = newBaseIndex;
        baseTerm = newBaseTerm;
    }

    @Override
    public String toString() {
        return "(" + baseIndex + ", " + lastIndex() + "] synced up to " + syncedIndex;
    }
}
