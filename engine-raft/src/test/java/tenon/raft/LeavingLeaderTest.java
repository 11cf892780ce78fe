package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfChange.Transition;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.ProposalDroppedException;

/// A leader on its way out (dissertation, 4.2.2). If it steps down with entries that the others lack, and they did not
/// hear that the change is committed, nobody can be elected: they need its vote, and it finds their logs too short.
class LeavingLeaderTest {
    private static final byte[] DATA = {1};

    private static Peerless leaderWith(StepType type, long nodeId) {
        Peerless leader = Peerless.ofPaper(2, HardState.INITIAL);
        leader.elect();
        leader.step(new Message.AppendResponse(2, 1, 1, 1, false, 0, 0));
        leader.node.proposeConfChange(
                new ConfChange(Transition.AUTO, List.of(new Step(type, nodeId)), new byte[0]));
        return leader;
    }

    private static ProposalDroppedException.Reason reasonToDrop(Peerless leader) {
        return assertThrows(ProposalDroppedException.class, () -> leader.node.propose(List.of(DATA)))
                .reason();
    }

    @Test
    void shouldTakeNothingMoreOnceItIsToBeRemoved() {
        Peerless leader = leaderWith(StepType.REMOVE, 1);
        assertEquals(ProposalDroppedException.Reason.LEADER_TRANSFER, reasonToDrop(leader));
        assertEquals(2, leader.node.status().lastIndex());
    }

    @Test
    void shouldTakeNothingMoreOnceItIsToBeALearner() {
        assertEquals(
                ProposalDroppedException.Reason.LEADER_TRANSFER, reasonToDrop(leaderWith(StepType.ADD_LEARNER, 1)));
    }

    @Test
    void shouldGoOnWhileAnotherIsRemoved() {
        Peerless leader = leaderWith(StepType.REMOVE, 2);
        assertDoesNotThrow(() -> leader.node.propose(List.of(DATA)));
    }

    @Test
    void shouldSeeTheChangeOfAnEarlierLeader() {
        Peerless follower = Peerless.ofPaper(2, HardState.INITIAL);
        byte[] removal = ConfChangeCodec.encode(
                new ConfChange(Transition.AUTO, List.of(new Step(StepType.REMOVE, 1)), new byte[0]));
        Entry change = new Entry(1, 1, EntryType.CONF_CHANGE, removal);
        follower.step(new Message.Append(2, 1, 1, 0, 0, List.of(change), 0));
        follower.elect();
        assertEquals(ProposalDroppedException.Reason.LEADER_TRANSFER, reasonToDrop(follower));
    }
}
