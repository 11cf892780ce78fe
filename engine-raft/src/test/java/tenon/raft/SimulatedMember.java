package tenon.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Message;
import tenon.api.RaftRole;
import tenon.api.ReadState;
import tenon.api.Ready;
import tenon.api.SnapshotMark;

/// A node with its disk and its state machine. Storing and applying lag behind by as much as the caller likes, and a
/// crash loses whatever is not on the disk.
final class SimulatedMember {
    final long id;
    private final ClusterLaws laws;
    private final RaftOptions options;

    /// What a crash leaves, and the same with all writes under way done.
    private final SimulatedLog disk;
    private SimulatedLog written;
    private final ArrayDeque<Ready> toStore = new ArrayDeque<>();

    /// What a crash leaves of the state machine, and the state machine.
    private StateMachine durableState;
    private StateMachine state;
    private final ArrayDeque<Entry> toApply = new ArrayDeque<>();

    /// Snapshots that arrived, and those that the node told to install, by the number of the Ready.
    private final Map<Message.InstallSnapshot, StateMachine> arrived = new HashMap<>();
    private final Map<Long, StateMachine> installing = new HashMap<>();

    /// Linearizable reads that wait, with the index that they must not fall behind.
    private final Map<Long, Long> reads = new HashMap<>();
    private int answeredReadCount;

    /// Null while crashed.
    RaftNode node;

    SimulatedMember(RaftOptions options, RecoveredState first, ClusterLaws laws) {
        this.id = options.nodeId;
        this.options = options;
        this.laws = laws;
        disk = SimulatedLog.of(first);
        durableState = StateMachine.initial(first.confState());
        restart();
    }

    StateMachine state() {
        return state;
    }

    boolean isUp() {
        return node != null;
    }

    boolean leads() {
        return isUp() && node.status().role() == RaftRole.LEADER;
    }

    void restart() {
        written = disk.copy();
        state = durableState;
        node = RaftNode.start(options, disk.recover(durableState));
    }

    /// Loses what is not on the disk; of the writes under way, the oldest ones may have got there.
    void crash(int writtenCount) {
        for (int i = 0; i < writtenCount && !toStore.isEmpty(); i++) {
            writeToDisk(toStore.remove());
        }
        toStore.clear();
        toApply.clear();
        arrived.clear();
        installing.clear();
        reads.clear();
        node = null;
    }

    /// Log and state machine change together when a snapshot is installed.
    private void writeToDisk(Ready ready) {
        disk.write(ready);
        if (ready.snapshot() != null) {
            durableState = installing.remove(ready.number());
        }
    }

    /// Takes a Ready.
    ///
    /// @return the messages to send now
    List<Message> takeReady() {
        if (!node.hasReady()) {
            return List.of();
        }
        Ready ready = node.ready();
        if (ready.snapshot() != null) {
            state = arrived.remove(ready.snapshot());
            installing.put(ready.number(), state);
            toApply.clear();
        }
        written.write(ready);
        for (Entry entry : ready.entriesToStore()) {
            laws.onAppended(entry, written.termAt(entry.raftIndex() - 1));
        }
        if (ready.softState() != null && ready.softState().role() == RaftRole.LEADER) {
            laws.onLeader(id, written);
        }
        toStore.add(ready);
        toApply.addAll(ready.committedEntries());
        for (ReadState read : ready.readStates()) {
            onRead(read);
        }
        return ready.messages();
    }

    private void onRead(ReadState read) {
        Long least = reads.remove(read.context());
        if (least != null) {
            answeredReadCount++;
            ClusterLaws.check(
                    read.raftIndex() >= least,
                    "linearizable read: " + read + " at node " + id + ", but " + least + " was applied before");
        }
    }

    int answeredReadCount() {
        return answeredReadCount;
    }

    void expectRead(long context) {
        reads.put(context, laws.committedIndex());
    }

    /// Makes the oldest Readies durable.
    ///
    /// @return the messages to send thereafter
    List<Message> store(int readyCount) {
        List<Message> messages = new ArrayList<>();
        long number = 0;
        for (int i = 0; i < readyCount && !toStore.isEmpty(); i++) {
            Ready ready = toStore.remove();
            writeToDisk(ready);
            number = ready.number();
            messages.addAll(ready.messagesAfterStored());
        }
        if (number > 0) {
            node.onStored(number);
        }
        return messages;
    }

    void apply(int entryCount) {
        for (int i = 0; i < entryCount && !toApply.isEmpty(); i++) {
            Entry entry = toApply.remove();
            ClusterLaws.check(
                    entry.raftIndex() <= disk.lastIndex() && disk.entry(entry.raftIndex()).equals(entry),
                    "only stored entries are applied: " + entry + " at node " + id + " with " + disk);
            ConfState after = entry.type() == EntryType.CONF_CHANGE
                    ? node.applyConfChange(ConfChangeCodec.decode(entry.data()))
                    : state.confState();
            state = state.apply(entry, after);
            laws.onApplied(state, entry);
        }
        if (isUp() && state.raftIndex() > node.status().appliedIndex()) {
            node.onApplied(state.raftIndex());
        }
    }

    /// Commits the state machine to its disk.
    void commit() {
        if (installing.isEmpty()) {
            durableState = state;
        }
    }

    void compact() {
        long index = Math.min(durableState.raftIndex(), node.status().appliedIndex());
        if (index <= disk.lastIndex() && index >= disk.firstIndex()) {
            node.compact(index);
            disk.compact(index);
            written.compact(index);
        }
    }

    /// The message as it is really sent, with the state that goes along.
    Message.InstallSnapshot fill(Message.InstallSnapshot wanted) {
        ClusterLaws.check(state.raftIndex() >= wanted.mark().raftIndex(), "a snapshot of what is applied: " + wanted);
        return new Message.InstallSnapshot(
                wanted.from(),
                wanted.to(),
                wanted.term(),
                new SnapshotMark(state.term(), state.raftIndex()),
                state.confState());
    }

    void receive(Message message, StateMachine snapshot) {
        if (message instanceof Message.InstallSnapshot install) {
            arrived.put(install, snapshot);
        }
        node.step(message);
    }

    @Override
    public String toString() {
        return isUp()
                ? id + " " + node.status().role() + " " + node.status().hardState() + " last="
                        + node.status().lastIndex() + " applied=" + state.raftIndex() + " " + state.confState()
                : id + " down";
    }
}
