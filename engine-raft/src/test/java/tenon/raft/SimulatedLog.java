package tenon.raft;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.Ready;
import tenon.api.SnapshotMark;

/// The plainest log: what a disk holds of a node, or what it will when all writes under way are done.
final class SimulatedLog {
    private SnapshotMark base = SnapshotMark.NONE;
    private HardState hardState = HardState.INITIAL;
    private final List<Entry> entries = new ArrayList<>();

    /// A disk with what a founder starts from.
    static SimulatedLog of(RecoveredState state) {
        SimulatedLog log = new SimulatedLog();
        log.base = state.snapshot();
        log.hardState = state.hardState();
        log.entries.addAll(state.entries());
        return log;
    }

    long firstIndex() {
        return base.raftIndex() + 1;
    }

    long lastIndex() {
        return base.raftIndex() + entries.size();
    }

    Entry entry(long index) {
        return entries.get((int) (index - firstIndex()));
    }

    long termAt(long index) {
        return index == base.raftIndex() ? base.term() : entry(index).term();
    }

    void write(Ready ready) {
        if (ready.hardState() != null) {
            hardState = ready.hardState();
        }
        Message.InstallSnapshot snapshot = ready.snapshot();
        if (snapshot != null) {
            base = snapshot.mark();
            entries.clear();
        }
        for (Entry entry : ready.entriesToStore()) {
            ClusterLaws.check(
                    entry.raftIndex() >= firstIndex() && entry.raftIndex() <= lastIndex() + 1,
                    "entries have no gaps: " + entry + " into " + this);
            entries.subList((int) (entry.raftIndex() - firstIndex()), entries.size()).clear();
            entries.add(entry);
        }
    }

    void compact(long index) {
        if (index > base.raftIndex()) {
            SnapshotMark mark = new SnapshotMark(termAt(index), index);
            entries.subList(0, (int) (index - base.raftIndex())).clear();
            base = mark;
        }
    }

    RecoveredState recover(StateMachine state) {
        return new RecoveredState(
                base,
                hardState,
                List.copyOf(entries),
                state.confState(),
                state.raftIndex());
    }

    SimulatedLog copy() {
        SimulatedLog copy = new SimulatedLog();
        copy.base = base;
        copy.hardState = hardState;
        copy.entries.addAll(entries);
        return copy;
    }

    @Override
    public String toString() {
        return "(" + base.raftIndex() + ", " + lastIndex() + "] " + hardState;
    }
}
