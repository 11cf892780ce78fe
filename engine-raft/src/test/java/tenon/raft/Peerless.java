package tenon.raft;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.ReadState;
import tenon.api.Ready;
import tenon.api.SnapshotMark;

/// One node whose peers are played by the test: a message goes in, all that the node says about it comes out.
final class Peerless {
    static final int ELECTION_TICKS = 10;

    final RaftNode node;
    final List<Entry> applied = new ArrayList<>();
    final List<ReadState> readStates = new ArrayList<>();
    final List<Message.InstallSnapshot> installed = new ArrayList<>();
    HardState hardState;

    Peerless(RaftOptions.Builder options, int voters, HardState hardState, long... entryTerms) {
        this.hardState = hardState;
        Set<Long> all = new HashSet<>();
        for (long id = 1; id <= voters; id++) {
            all.add(id);
        }
        node = new RaftNode(
                options.electionTicks(ELECTION_TICKS).build(),
                new RecoveredState(SnapshotMark.NONE, hardState, entries(0, entryTerms), ConfState.ofVoters(all), 0));
    }

    /// Node 1 of so many, without pre-vote and check-quorum: Raft as in the paper.
    static Peerless ofPaper(int voters, HardState hardState, long... entryTerms) {
        return new Peerless(RaftOptions.of(1).preVote(false).checkQuorum(false), voters, hardState, entryTerms);
    }

    static List<Entry> entries(long previousIndex, long... terms) {
        List<Entry> entries = new ArrayList<>();
        for (long term : terms) {
            entries.add(new Entry(term, previousIndex + entries.size() + 1, EntryType.NORMAL, new byte[] {(byte) term}));
        }
        return entries;
    }

    /// Stores and applies all there is.
    ///
    /// @return all messages
    List<Message> settle() {
        List<Message> messages = new ArrayList<>();
        while (node.hasReady()) {
            Ready ready = node.ready();
            if (ready.hardState() != null) {
                hardState = ready.hardState();
            }
            messages.addAll(ready.messages());
            node.onStored(ready.number());
            messages.addAll(ready.messagesAfterStored());
            readStates.addAll(ready.readStates());
            if (ready.snapshot() != null) {
                installed.add(ready.snapshot());
            }
            ready.committedEntries().forEach(this::apply);
        }
        return messages;
    }

    private void apply(Entry entry) {
        if (entry.type() == EntryType.CONF_CHANGE) {
            node.applyConfChange(ConfChangeCodec.decode(entry.data()));
        }
        applied.add(entry);
        node.onApplied(entry.raftIndex());
    }

    List<Message> step(Message message) {
        node.step(message);
        return settle();
    }

    List<Message> tick(int count) {
        for (int i = 0; i < count; i++) {
            node.tick();
        }
        return settle();
    }

    /// Makes it lead, by the votes of nodes 2 and, in clusters of five, 3.
    List<Message> elect() {
        node.campaign();
        settle();
        long term = hardState.term();
        List<Message> messages = step(new Message.VoteResponse(2, 1, term, false, false, 0, 0));
        if (node.status().leaderId() != 1) {
            messages = step(new Message.VoteResponse(3, 1, term, false, false, 0, 0));
        }
        return messages;
    }
}
