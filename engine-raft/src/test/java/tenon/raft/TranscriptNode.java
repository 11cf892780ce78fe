package tenon.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.ReadState;
import tenon.api.Ready;
import tenon.api.SnapshotMark;

/// A node of a [Transcript] with its disk and a state machine that knows only how far it is.
final class TranscriptNode {
    private final RaftOptions options;
    private final long id;
    private final boolean appliesLate;
    private final Consumer<String> out;

    /// The log on the disk.
    private SnapshotMark base;
    private HardState hardState;
    private final List<Entry> entries;

    /// The state machine, and what the disk has of it.
    private Applied applied;
    private Applied durable;

    private final ArrayDeque<Ready> toStore = new ArrayDeque<>();
    private final ArrayDeque<Entry> toApply = new ArrayDeque<>();

    /// Null while crashed.
    private RaftNode node;

    private record Applied(long raftIndex, ConfState confState) {}

    TranscriptNode(RaftOptions options, RecoveredState state, boolean appliesLate, Consumer<String> out) {
        this.options = options;
        this.id = options.nodeId;
        this.appliesLate = appliesLate;
        this.out = out;
        base = state.snapshot();
        hardState = state.hardState();
        entries = new ArrayList<>(state.entries());
        durable = new Applied(state.appliedIndex(), state.confState());
        begin();
    }

    private void begin() {
        applied = durable;
        node = new RaftNode(
                options,
                new RecoveredState(base, hardState, List.copyOf(entries), durable.confState, durable.raftIndex));
    }

    private void say(String what) {
        out.accept(id + " " + what);
    }

    RaftNode node() {
        return node;
    }

    boolean isUp() {
        return node != null;
    }

    boolean isBusy() {
        return isUp() && (node.hasReady() || !toApply.isEmpty());
    }

    void crash() {
        toStore.clear();
        toApply.clear();
        node = null;
    }

    /// The entries of the oldest Ready get to the disk, the hard state that was to follow them does not.
    void tear() {
        writeEntries(toStore.remove());
        long seenTerm = entries.getLast().term();
        if (seenTerm > hardState.term()) {
            hardState = new HardState(seenTerm, 0, hardState.commitIndex());
        }
        crash();
    }

    void restart() {
        begin();
        say("restarts with " + TranscriptText.of(hardState) + " log " + TranscriptText.of(entries) + " behind "
                + TranscriptText.of(base) + ", applied " + durable.raftIndex + ", "
                + TranscriptText.of(durable.confState));
    }

    void checkpoint() {
        durable = applied;
    }

    /// Forgets entries in memory and on the disk.
    void compact(long raftIndex) {
        node.compact(raftIndex);
        if (raftIndex > base.raftIndex()) {
            Entry last = entries.get((int) (raftIndex - base.raftIndex() - 1));
            entries.removeIf(entry -> entry.raftIndex() <= raftIndex);
            base = new SnapshotMark(last.term(), raftIndex);
        }
    }

    void ready(List<Message> network) {
        if (!isUp() || !node.hasReady()) {
            return;
        }
        Ready ready = node.ready();
        if (ready.softState() != null) {
            say("is " + ready.softState().role() + ", leader " + ready.softState().leaderId());
        }
        if (ready.hardState() != null) {
            say(TranscriptText.of(ready.hardState()));
        }
        if (ready.snapshot() != null) {
            say("installs a snapshot at " + TranscriptText.of(ready.snapshot().mark()));
            applied = new Applied(ready.snapshot().mark().raftIndex(), ready.snapshot().confState());
        }
        if (!ready.entriesToStore().isEmpty()) {
            say("stores " + TranscriptText.of(ready.entriesToStore()));
        }
        network.addAll(ready.messages());
        toStore.add(ready);
        for (ReadState read : ready.readStates()) {
            say("may read " + read.context() + " at " + read.raftIndex());
        }
        toApply.addAll(ready.committedEntries());
        if (!appliesLate) {
            apply(Integer.MAX_VALUE);
        }
    }

    void apply(int count) {
        List<Entry> batch = new ArrayList<>();
        while (!toApply.isEmpty() && batch.size() < count) {
            batch.add(toApply.remove());
        }
        if (batch.isEmpty()) {
            return;
        }
        say("applies " + TranscriptText.of(batch));
        for (Entry entry : batch) {
            ConfState after = applied.confState;
            if (entry.type() == EntryType.CONF_CHANGE) {
                after = node.applyConfChange(ConfChangeCodec.decode(entry.data()));
                say("has " + TranscriptText.of(after));
            }
            applied = new Applied(entry.raftIndex(), after);
        }
        node.onApplied(applied.raftIndex);
    }

    void store(int count, List<Message> network) {
        for (int i = 0; i < count && !toStore.isEmpty(); i++) {
            Ready ready = toStore.remove();
            write(ready);
            node.onStored(ready.number());
            network.addAll(ready.messagesAfterStored());
        }
    }

    private void write(Ready ready) {
        if (ready.hardState() != null) {
            hardState = ready.hardState();
        }
        if (ready.snapshot() != null) {
            base = ready.snapshot().mark();
            entries.clear();
            durable = new Applied(base.raftIndex(), ready.snapshot().confState());
        }
        writeEntries(ready);
    }

    private void writeEntries(Ready ready) {
        for (Entry entry : ready.entriesToStore()) {
            entries.removeIf(old -> old.raftIndex() >= entry.raftIndex());
            entries.add(entry);
        }
    }

    String logLine() {
        return id + " commit " + (isUp() ? node.status().hardState() : hardState).commitIndex() + " log "
                + TranscriptText.of(entries);
    }
}
