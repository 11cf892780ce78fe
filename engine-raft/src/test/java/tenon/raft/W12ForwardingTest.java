package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.ProposalDroppedException;
import tenon.api.ProposalDroppedException.Reason;

/// W12: a follower forwards proposals to the leader; without one, who proposes is told at once.
class W12ForwardingTest {
    private static final byte[] DATA = {7};

    private static Reason refusal(Peerless member) {
        return assertThrows(ProposalDroppedException.class, () -> member.node.propose(List.of(DATA))).reason();
    }

    @Test
    void shouldForwardToTheLeaderWhichAppends() {
        Peerless follower = Peerless.ofPaper(3, HardState.INITIAL);
        follower.step(new Message.Heartbeat(2, 1, 1, 0, 0));
        follower.node.propose(List.of(DATA));
        Message.Forward forward = assertInstanceOf(Message.Forward.class, follower.settle().getFirst());
        assertEquals(2, forward.to());

        Peerless leader = Peerless.ofPaper(3, HardState.INITIAL);
        leader.elect();
        List<Message> messages =
                leader.step(new Message.Forward(2, 1, leader.hardState.term(), forward.entries()));
        leader.step(new Message.AppendResponse(2, 1, leader.hardState.term(), 2, false, 0, 0));
        assertEquals(2, leader.node.status().hardState().commitIndex());
        Entry applied = leader.applied.getLast();
        assertEquals(2, applied.raftIndex());
        assertArrayEquals(DATA, applied.data());
        assertEquals(leader.hardState.term(), applied.term(), "messages: " + messages);
    }

    @Test
    void shouldSayAtOnceThatThereIsNoLeader() {
        Peerless member = Peerless.ofPaper(3, HardState.INITIAL);
        assertEquals(Reason.NO_LEADER, refusal(member));
        member.node.campaign();
        member.settle();
        assertEquals(Reason.NO_LEADER, refusal(member), "a candidate");
        member.step(new Message.Heartbeat(2, 1, 1, 0, 0));
        member.node.propose(List.of(DATA));
        member.settle();
        member.tick(2 * Peerless.ELECTION_TICKS);
        assertEquals(Reason.NO_LEADER, refusal(member), "the leader is gone");
    }
}
