package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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

/// A crash kept entries and lost the hard state that came with them: the node has changes of the configuration in its
/// log of which it does not know that they are committed. With who voted before all of them it could win an election
/// beside one that others win with who votes now.
class TornChangeTest {
    private static final byte[] NONE = {};
    private static final ConfState OLD = ConfState.ofVoters(Set.of(1L, 2L, 3L));

    private static Entry change(long index, Step... steps) {
        ConfChange change = new ConfChange(Transition.AUTO, List.of(steps), NONE);
        return new Entry(2, index, EntryType.CONF_CHANGE, ConfChangeCodec.encode(change));
    }

    private static Entry normal(long index) {
        return new Entry(2, index, EntryType.NORMAL, NONE);
    }

    /// From 1, 2, 3 to 3, 4, 5.
    private static Entry replacing(long index) {
        return change(
                index,
                new Step(StepType.REMOVE, 1),
                new Step(StepType.REMOVE, 2),
                new Step(StepType.ADD_VOTER, 4),
                new Step(StepType.ADD_VOTER, 5));
    }

    /// Of term 2, behind a snapshot at 10.
    private static RecoveredState recovered(long commitIndex, Entry... entries) {
        return new RecoveredState(new SnapshotMark(2, 10), new HardState(2, 0, commitIndex), List.of(entries), OLD, 10);
    }

    private static RaftNode node(RecoveredState state) {
        return RaftNode.start(RaftOptions.of(3).preVote(false).build(), state);
    }

    private static Set<Long> asked(RaftNode candidate) {
        assertEquals(RaftRole.CANDIDATE, candidate.status().role());
        Set<Long> asked = new TreeSet<>();
        for (Message message : candidate.ready().messagesAfterStored()) {
            asked.add(message.to());
        }
        return asked;
    }

    @Test
    void shouldTakeAllChangesButTheLastForCommitted() {
        assertEquals(10, recovered(10).committedIndex());
        assertEquals(10, recovered(10, normal(11), normal(12)).committedIndex());
        assertEquals(10, recovered(10, replacing(11), normal(12)).committedIndex());
        assertEquals(11, recovered(10, replacing(11), normal(12), change(13)).committedIndex());
        assertEquals(13, recovered(10, replacing(11), normal(12), change(13), change(14)).committedIndex());
        assertEquals(12, recovered(12, replacing(11), normal(12), change(13)).committedIndex());
        assertEquals(14, recovered(14, replacing(11), normal(12), change(13), change(14)).committedIndex());
    }

    @Test
    void shouldNotStandForElectionTwoChangesBehind() {
        RaftNode node = node(recovered(10, replacing(11), change(12)));
        node.campaign();
        assertEquals(RaftRole.FOLLOWER, node.status().role());
        Ready ready = node.ready();
        assertEquals(new HardState(2, 0, 11), ready.hardState());
        assertEquals(List.of(replacing(11)), ready.committedEntries());
        node.applyConfChange(ConfChangeCodec.decode(replacing(11).data()));
        node.onApplied(11);
        assertEquals(Set.of(1L, 2L, 4L, 5L), asked(node));
    }

    /// Who votes before and behind one change share a voter, so nobody has to wait.
    @Test
    void shouldStandForElectionAtOnceWithOneChange() {
        RaftNode node = node(recovered(10, change(11, new Step(StepType.ADD_VOTER, 4)), normal(12)));
        node.campaign();
        assertEquals(Set.of(1L, 2L), asked(node));
    }

    @Test
    void shouldGoOnBehindAChangeThatTheStateMachineRefuses() {
        RaftNode node = node(recovered(10, replacing(11), change(12)));
        node.campaign();
        node.ready();
        node.applyConfChange(new ConfChange(Transition.AUTO, List.of(), NONE));
        node.onApplied(11);
        assertEquals(Set.of(1L, 2L), asked(node));
    }
}
