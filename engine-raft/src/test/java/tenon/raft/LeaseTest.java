package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.RaftRole;

/// What followers promise to a leader that reads by lease, and what ends the lease.
class LeaseTest {
    private static Peerless withLease(HardState hardState) {
        return new Peerless(RaftOptions.of(1).seed(1).preVote(false).readMode(ReadMode.LEASE), 3, hardState);
    }

    private static Message.Vote vote(long term, boolean leaderTransfer) {
        return new Message.Vote(3, 1, term, 0, 0, false, leaderTransfer);
    }

    private static boolean readsAtOnce(Peerless leader) {
        leader.node.readIndex(5);
        return !leader.node.ready().readStates().isEmpty();
    }

    /// Of term 1, which it could stand for when it had waited.
    private static Peerless leaderWithoutLease() {
        Peerless leader = withLease(HardState.INITIAL);
        for (int i = 0; i < Peerless.ELECTION_TICKS; i++) {
            leader.node.tick();
        }
        assertFalse(leader.node.hasReady());
        leader.elect();
        leader.step(new Message.AppendResponse(2, 1, 1, 1, false, 0, 0));
        return leader;
    }

    private static Peerless leaderWithLease() {
        Peerless leader = leaderWithoutLease();
        Message.Heartbeat heartbeat = assertInstanceOf(Message.Heartbeat.class, leader.tick(1).getFirst());
        leader.step(new Message.HeartbeatResponse(2, 1, 1, heartbeat.readContext()));
        return leader;
    }

    @Test
    void shouldNotVoteForAnElectionTimeoutAfterARestart() {
        Peerless restarted = withLease(new HardState(4, 2, 0));
        assertTrue(restarted.step(vote(5, false)).isEmpty());
        restarted.tick(Peerless.ELECTION_TICKS - 1);
        assertTrue(restarted.step(vote(5, false)).isEmpty());
        restarted.node.tick();
        restarted.node.step(vote(9, false));
        assertEquals(9, restarted.node.status().hardState().term());
    }

    /// A heartbeat is answered before its term is stored.
    @Test
    void shouldNotVoteForAnElectionTimeoutThoughItKnowsOfNoTerm() {
        RaftNode joiner = RaftNode.start(
                RaftOptions.of(1).electionTicks(Peerless.ELECTION_TICKS).readMode(ReadMode.LEASE).build(),
                RecoveredState.joining());
        joiner.step(vote(5, false));
        assertFalse(joiner.hasReady());
        for (int i = 0; i < Peerless.ELECTION_TICKS; i++) {
            joiner.tick();
        }
        joiner.step(vote(5, false));
        assertEquals(new HardState(5, 3, 0), joiner.ready().hardState());
    }

    /// Its only voter need not wait for anybody.
    @Test
    void shouldHaveNoLeaseOnItsWayOut() {
        Peerless leader = leaderWithLease();
        assertTrue(readsAtOnce(leader));
        leader.node.proposeConfChange(new ConfChange(
                ConfChange.Transition.AUTO,
                List.of(new ConfChange.Step(ConfChange.StepType.REMOVE, 1)),
                new byte[0]));
        assertFalse(readsAtOnce(leader));
        Message.Heartbeat heartbeat = leader.tick(1).stream()
                .filter(Message.Heartbeat.class::isInstance)
                .map(Message.Heartbeat.class::cast)
                .findFirst()
                .orElseThrow();
        leader.step(new Message.HeartbeatResponse(2, 1, 1, heartbeat.readContext()));
        assertEquals(5, leader.readStates.getLast().context(), "a quorum confirmed it");
    }

    @Test
    void shouldKeepItsPromiseThoughItLearnsOfAHigherTerm() {
        Peerless follower = withLease(HardState.INITIAL);
        follower.step(new Message.Heartbeat(2, 1, 1, 0, 0));
        follower.step(new Message.VoteResponse(3, 1, 2, false, true, 0, 0));
        assertEquals(2, follower.hardState.term());
        assertTrue(follower.step(vote(3, false)).isEmpty());
        follower.node.campaign();
        assertEquals(RaftRole.FOLLOWER, follower.node.status().role());
        assertFalse(follower.step(vote(3, true)).isEmpty());
    }

    @Test
    void shouldReadAtOnceForTwoTicksLessThanAnElectionTimeout() {
        Peerless leader = leaderWithLease();
        leader.tick(Peerless.ELECTION_TICKS - 3);
        assertTrue(readsAtOnce(leader));
        leader.tick(1);
        assertFalse(readsAtOnce(leader));
    }

    @Test
    void shouldHaveNoLeaseBeforeAQuorumAnswered() {
        Peerless leader = leaderWithoutLease();
        leader.tick(1);
        assertFalse(readsAtOnce(leader));
    }

    @Test
    void shouldLoseItsLeaseWhenItTellsAnotherToTakeOver() {
        Peerless leader = leaderWithLease();
        leader.node.transferLeadership(2);
        assertEquals(
                List.of(new Message.TimeoutNow(1, 2, 1)),
                leader.settle().stream().filter(Message.TimeoutNow.class::isInstance).toList());
        assertFalse(readsAtOnce(leader));
        leader.tick(Peerless.ELECTION_TICKS - 1);
        Message.Heartbeat heartbeat = leader.tick(1).stream()
                .filter(Message.Heartbeat.class::isInstance)
                .map(Message.Heartbeat.class::cast)
                .findFirst()
                .orElseThrow();
        leader.step(new Message.HeartbeatResponse(2, 1, 1, heartbeat.readContext()));
        assertFalse(readsAtOnce(leader), "that message may still arrive");
    }
}
