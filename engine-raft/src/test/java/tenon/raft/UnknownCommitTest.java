package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfChange.Transition;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.RaftRole;
import tenon.api.Ready;
import tenon.api.SnapshotMark;

/// Nodes 1 and 3 have left, and know it. Node 2 remains alone, but a crash took from it that the change is committed, and
/// the last entry that the others have: it needs a vote of theirs, and they refuse for that entry.
class UnknownCommitTest {
    private static final byte[] NONE = {};
    private static final long TERM = 4;
    private static final List<Entry> LOG = List.of(
            change(11, new Step(StepType.REMOVE, 1), new Step(StepType.REMOVE, 3)), change(12), normal(13), normal(14));

    private final Map<Long, RaftNode> nodes = new HashMap<>();

    private static Entry change(long index, Step... steps) {
        Transition transition = steps.length > 1 ? Transition.JOINT_EXPLICIT : Transition.AUTO;
        ConfChange change = new ConfChange(transition, List.of(steps), NONE);
        return new Entry(TERM, index, EntryType.CONF_CHANGE, ConfChangeCodec.encode(change));
    }

    private static Entry normal(long index) {
        return new Entry(TERM, index, EntryType.NORMAL, NONE);
    }

    @BeforeEach
    void start() {
        restart(1, 4, 13);
        restart(3, 4, 13);
        restart(2, 3, 11);
        settle();
    }

    private void restart(long id, int entryCount, long commitIndex) {
        RaftNode node = RaftNode.start(
                RaftOptions.of(id).build(),
                new RecoveredState(
                        new SnapshotMark(TERM, 10),
                        new HardState(TERM, 2, commitIndex),
                        LOG.subList(0, entryCount),
                        ConfState.ofVoters(Set.of(1L, 2L, 3L)),
                        10));
        nodes.put(id, node);
    }

    private void settle() {
        while (nodes.values().stream().anyMatch(RaftNode::hasReady)) {
            nodes.values().stream().filter(RaftNode::hasReady).forEach(this::carryOut);
        }
    }

    private void carryOut(RaftNode node) {
        Ready ready = node.ready();
        node.onStored(ready.number());
        apply(node, ready);
        ready.messages().forEach(this::deliver);
        ready.messagesAfterStored().forEach(this::deliver);
    }

    private void deliver(Message message) {
        nodes.get(message.to()).step(message);
    }

    @Test
    void shouldLearnFromWhoRefusesThatItStandsAlone() {
        assertEquals(Set.of(2L), nodes.get(1L).status().confState().voters());
        RaftNode left = nodes.get(2L);
        assertEquals(Set.of(1L, 2L, 3L), left.status().confState().votersOutgoing());

        left.campaign();
        settle();
        assertEquals(ConfState.ofVoters(Set.of(2L)), left.status().confState());
        assertEquals(RaftRole.LEADER, left.status().role());
        assertEquals(TERM + 1, left.status().hardState().term());
    }

    /// Votes that were granted meanwhile do not make a leader of who has left.
    @Test
    void shouldNotLeadWhenItLearnsThatItHasLeft() {
        RaftNode leaver = RaftNode.start(
                RaftOptions.of(3).preVote(false).build(),
                new RecoveredState(
                        new SnapshotMark(TERM, 10),
                        new HardState(TERM, 0, 10),
                        List.of(change(11, new Step(StepType.REMOVE, 3)), normal(12)),
                        ConfState.ofVoters(Set.of(1L, 2L, 3L)),
                        10));
        leaver.campaign();
        Ready vote = leaver.ready();
        leaver.onStored(vote.number());
        leaver.step(new Message.VoteResponse(1, 3, TERM + 1, false, true, TERM, 11));
        leaver.step(new Message.VoteResponse(2, 3, TERM + 1, false, false, 0, 0));
        assertEquals(RaftRole.FOLLOWER, leaver.status().role());
        carryOutAlone(leaver);
        leaver.step(new Message.VoteResponse(2, 3, TERM + 1, false, false, 0, 0));
        assertEquals(RaftRole.FOLLOWER, leaver.status().role());
        assertEquals(TERM + 1, leaver.status().hardState().term());
    }

    private static void carryOutAlone(RaftNode node) {
        while (node.hasReady()) {
            Ready ready = node.ready();
            node.onStored(ready.number());
            apply(node, ready);
        }
    }

    private static void apply(RaftNode node, Ready ready) {
        for (Entry entry : ready.committedEntries()) {
            if (entry.type() == EntryType.CONF_CHANGE) {
                node.applyConfChange(ConfChangeCodec.decode(entry.data()));
            }
            node.onApplied(entry.raftIndex());
        }
    }

    @Test
    void shouldNotTakeWhatItDoesNotHaveForCommitted() {
        RaftNode left = nodes.get(2L);
        for (long[] told : new long[][] {{TERM, 14}, {TERM - 1, 12}, {TERM, 9}, {0, 0}}) {
            left.step(new Message.VoteResponse(3, 2, TERM, true, true, told[0], told[1]));
            settle();
            assertEquals(11, left.status().hardState().commitIndex());
        }
    }
}
