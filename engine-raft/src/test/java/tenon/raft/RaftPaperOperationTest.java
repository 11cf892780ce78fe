package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tenon.api.ConfChange;
import tenon.api.ConfChange.Step;
import tenon.api.ConfChange.StepType;
import tenon.api.ConfChange.Transition;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.Message.Append;
import tenon.api.Message.AppendResponse;
import tenon.api.Message.Heartbeat;
import tenon.api.Message.HeartbeatResponse;
import tenon.api.Message.InstallSnapshot;
import tenon.api.Message.Vote;
import tenon.api.ProposalDroppedException;
import tenon.api.RaftRole;
import tenon.api.ReadState;
import tenon.api.SnapshotMark;

/// What the Raft paper says in sections 6 to 8: members that come and go, logs that get too long, clients.
class RaftPaperOperationTest {
    private static final HardState FRESH = HardState.INITIAL;
    private static final ConfState THREE = ConfState.ofVoters(Set.of(1L, 2L, 3L));

    private static RaftRole role(Peerless peerless) {
        return peerless.node.status().role();
    }

    private static long commitIndex(Peerless peerless) {
        return peerless.node.status().hardState().commitIndex();
    }

    /// Node 1 leads 2 and 3 in term 1; its first entry is committed.
    private static Peerless leader() {
        Peerless leader = Peerless.ofPaper(3, FRESH);
        leader.elect();
        acknowledge(leader, 2, 1);
        assertEquals(1, commitIndex(leader));
        return leader;
    }

    private static List<Message> acknowledge(Peerless leader, long from, long index) {
        return leader.step(new AppendResponse(from, 1, leader.hardState.term(), index, false, 0, 0));
    }

    private static ConfChange change(Transition transition, Step... steps) {
        return new ConfChange(transition, List.of(steps), new byte[0]);
    }

    private static Step step(StepType type, long nodeId) {
        return new Step(type, nodeId);
    }

    private static List<Message> propose(Peerless leader, int value) {
        leader.node.propose(List.of(new byte[] {(byte) value}));
        return leader.settle();
    }

    private static <T> List<T> only(Class<T> type, List<Message> messages) {
        return messages.stream().filter(type::isInstance).map(type::cast).toList();
    }

    // --- 6 Cluster membership changes; in the paper one is in force when it is appended, here when it is applied

    @Test
    void section6ShouldNeedBothMajoritiesWhileJoint() {
        Peerless leader = leader();
        leader.node.proposeConfChange(change(
                Transition.JOINT_EXPLICIT,
                step(StepType.REMOVE, 2),
                step(StepType.ADD_VOTER, 4),
                step(StepType.ADD_VOTER, 5)));
        leader.settle();
        acknowledge(leader, 2, 2);
        assertEquals(Set.of(1L, 2L, 3L), leader.node.status().confState().votersOutgoing());
        propose(leader, 7);
        acknowledge(leader, 4, 3);
        acknowledge(leader, 5, 3);
        assertEquals(2, commitIndex(leader), "a majority of the new ones, and not of the old ones");
        acknowledge(leader, 2, 3);
        assertEquals(3, commitIndex(leader), "of both");
    }

    @Test
    void section6ShouldNeedBothMajoritiesToBeElectedWhileJoint() {
        ConfState joint = new ConfState(Set.of(1L, 4L, 5L), Set.of(1L, 2L, 3L), Set.of(), Set.of(), false);
        RaftNode candidate = new RaftNode(
                RaftOptions.of(1).preVote(false).checkQuorum(false).build(), RecoveredState.empty(joint));
        candidate.campaign();
        candidate.onStored(candidate.ready().number());
        candidate.step(new Message.VoteResponse(4, 1, 1, false, false, 0, 0));
        candidate.step(new Message.VoteResponse(5, 1, 1, false, false, 0, 0));
        assertEquals(RaftRole.CANDIDATE, candidate.status().role());
        candidate.step(new Message.VoteResponse(3, 1, 1, false, false, 0, 0));
        assertEquals(RaftRole.LEADER, candidate.status().role());
    }

    @Test
    void section6ShouldBringANewServerUpToDateBeforeItCounts() {
        Peerless leader = leader();
        leader.node.proposeConfChange(change(Transition.AUTO, step(StepType.ADD_LEARNER, 4)));
        leader.settle();
        List<Message> sent = acknowledge(leader, 2, 2);
        assertTrue(sent.stream().anyMatch(message -> message.to() == 4), "it gets the log");
        propose(leader, 7);
        acknowledge(leader, 4, 3);
        assertEquals(2, commitIndex(leader), "it does not count");
        acknowledge(leader, 3, 3);
        leader.node.step(new AppendResponse(2, 1, 5, 0, true, 0, 0));
        leader.node.campaign();
        assertTrue(only(Vote.class, leader.settle()).stream().noneMatch(vote -> vote.to() == 4), "nor is it asked");
    }

    @Test
    void section6ShouldLeadUntilTheConfigurationWithoutItIsCommittedAndThenStepDown() {
        Peerless leader = leader();
        leader.node.proposeConfChange(change(Transition.AUTO, step(StepType.REMOVE, 1)));
        leader.settle();
        assertEquals(RaftRole.LEADER, role(leader));
        List<Message> sent = acknowledge(leader, 2, 2);
        assertEquals(RaftRole.FOLLOWER, role(leader));
        assertTrue(
                only(Append.class, sent).stream().anyMatch(append -> append.to() == 2 && append.commitIndex() == 2),
                "it tells the others first");
        leader.tick(5 * Peerless.ELECTION_TICKS);
        assertEquals(RaftRole.FOLLOWER, role(leader), "it is no voter any more");
    }

    @Test
    void section6ShouldNotBeDisturbedByServersThatWereRemoved() {
        Peerless follower = new Peerless(RaftOptions.of(1).preVote(false), 3, FRESH);
        follower.step(new Heartbeat(2, 1, 1, 0, 0));
        follower.tick(Peerless.ELECTION_TICKS - 1);
        Vote removed = new Vote(9, 1, 8, 5, 50, false, false);
        assertTrue(follower.step(removed).isEmpty());
        assertEquals(1, follower.hardState.term());
        Peerless abandoned = new Peerless(RaftOptions.of(1).preVote(false), 3, new HardState(1, 0, 0));
        assertFalse(abandoned.step(removed).isEmpty(), "without a leader it listens");
        assertEquals(8, abandoned.hardState.term());
    }

    @Test
    void section6ShouldTakeOneChangeAtATime() {
        Peerless leader = leader();
        leader.node.proposeConfChange(change(Transition.AUTO, step(StepType.ADD_LEARNER, 4)));
        ConfChange other = change(Transition.AUTO, step(StepType.ADD_LEARNER, 5));
        assertThrows(ProposalDroppedException.class, () -> leader.node.proposeConfChange(other));
        leader.settle();
        acknowledge(leader, 2, 2);
        leader.node.proposeConfChange(other);
    }

    @Test
    void section6ShouldWaitAsNewLeaderUntilItHasAppliedWhatItTookOver() {
        Peerless leader = Peerless.ofPaper(3, new HardState(1, 0, 0), 1, 1);
        leader.elect();
        ConfChange change = change(Transition.AUTO, step(StepType.ADD_LEARNER, 4));
        assertThrows(ProposalDroppedException.class, () -> leader.node.proposeConfChange(change), "one may be there");
        acknowledge(leader, 2, 3);
        leader.node.proposeConfChange(change);
    }

    // --- 7 Log compaction

    @Test
    void section7ShouldKeepIndexAndTermOfTheLastEntryThatWasDropped() {
        Peerless follower = Peerless.ofPaper(3, FRESH);
        follower.step(new Append(2, 1, 3, 0, 0, Peerless.entries(0, 1, 3), 2));
        follower.node.compact(2);
        AppendResponse next = assertInstanceOf(
                AppendResponse.class, follower.step(new Append(2, 1, 3, 3, 2, Peerless.entries(2, 3), 2)).getFirst());
        assertEquals(new AppendResponse(1, 2, 3, 3, false, 0, 0), next);
        AppendResponse late = assertInstanceOf(
                AppendResponse.class, follower.step(new Append(2, 1, 3, 1, 1, Peerless.entries(1, 3), 2)).getFirst());
        assertEquals(new AppendResponse(1, 2, 3, 2, false, 0, 0), late, "what is dropped was committed");
    }

    @Test
    void section7ShouldSendASnapshotToWhomNeedsEntriesThatAreDropped() {
        Peerless leader = leader();
        propose(leader, 7);
        acknowledge(leader, 2, 2);
        leader.node.compact(2);
        List<Message> sent = leader.step(new AppendResponse(3, 1, 1, 0, true, 0, 0));
        assertEquals(List.of(new InstallSnapshot(1, 3, 1, new SnapshotMark(1, 2), THREE)), sent);
    }

    @Test
    void section7ShouldReplaceALogThatTheSnapshotContradicts() {
        Peerless follower = Peerless.ofPaper(3, new HardState(1, 0, 1), 1, 1, 1, 1);
        follower.settle();
        InstallSnapshot snapshot = new InstallSnapshot(2, 1, 2, new SnapshotMark(2, 3), THREE);
        assertEquals(new AppendResponse(1, 2, 2, 3, false, 0, 0), follower.step(snapshot).getLast());
        assertEquals(List.of(snapshot), follower.installed);
        assertEquals(3, follower.node.status().lastIndex(), "nothing is left of the old log");
        follower.step(new Append(2, 1, 2, 2, 3, Peerless.entries(3, 2), 4));
        assertEquals(4, follower.applied.getLast().raftIndex());
    }

    @Test
    void section7ShouldKeepWhatFollowsASnapshotOfItsOwnPrefix() {
        Peerless follower = Peerless.ofPaper(3, new HardState(1, 0, 0), 1, 1, 1, 1);
        follower.step(new InstallSnapshot(2, 1, 1, new SnapshotMark(1, 2), THREE));
        assertTrue(follower.installed.isEmpty());
        assertEquals(4, follower.node.status().lastIndex());
        assertEquals(List.of(1L, 2L), follower.applied.stream().map(Entry::raftIndex).toList());
    }

    @Test
    void section7ShouldIgnoreASnapshotOfWhatItHasCommitted() {
        Peerless follower = Peerless.ofPaper(3, new HardState(1, 0, 3), 1, 1, 1);
        follower.settle();
        Message answer = follower.step(new InstallSnapshot(2, 1, 1, new SnapshotMark(1, 2), THREE)).getLast();
        assertEquals(new AppendResponse(1, 2, 1, 3, false, 0, 0), answer);
        assertTrue(follower.installed.isEmpty());
    }

    @Test
    void section7ShouldTakeTheConfigurationOutOfTheSnapshot() {
        Peerless follower = Peerless.ofPaper(3, FRESH);
        ConfState other = new ConfState(Set.of(1L, 7L), Set.of(), Set.of(8L), Set.of(), false);
        follower.step(new InstallSnapshot(7, 1, 4, new SnapshotMark(3, 9), other));
        assertEquals(other, follower.node.status().confState());
    }

    // --- 8 Client interaction

    @Test
    void section8ShouldBeginItsTermWithAnEmptyEntry() {
        Peerless leader = Peerless.ofPaper(3, new HardState(1, 0, 0), 1);
        Append first = only(Append.class, leader.elect()).getFirst();
        assertEquals(2, first.entries().getFirst().term());
        assertEquals(0, first.entries().getFirst().data().length);
        acknowledge(leader, 2, 2);
        assertEquals(2, commitIndex(leader), "and with it what was there");
    }

    @Test
    void section8ShouldNotAnswerAReadBeforeItHasCommittedInItsTerm() {
        Peerless leader = Peerless.ofPaper(3, new HardState(1, 0, 1), 1);
        leader.settle();
        leader.elect();
        leader.node.readIndex(5);
        Heartbeat heartbeat = only(Heartbeat.class, leader.settle()).getFirst();
        leader.step(new HeartbeatResponse(2, 1, 2, heartbeat.readContext()));
        assertTrue(leader.readStates.isEmpty(), "it does not know what the last leader committed");
        acknowledge(leader, 2, 2);
        assertEquals(List.of(new ReadState(5, 2)), leader.readStates);
    }

    @Test
    void section8ShouldAskAMajorityWhetherItStillLeadsBeforeItAnswersARead() {
        Peerless leader = leader();
        propose(leader, 7);
        acknowledge(leader, 3, 2);
        leader.node.readIndex(5);
        List<Heartbeat> asked = only(Heartbeat.class, leader.settle());
        assertEquals(2, asked.size());
        leader.step(new HeartbeatResponse(2, 1, 1, 0));
        assertTrue(leader.readStates.isEmpty(), "the answer to an earlier heartbeat says nothing");
        propose(leader, 8);
        acknowledge(leader, 3, 3);
        leader.step(new HeartbeatResponse(2, 1, 1, asked.getFirst().readContext()));
        assertEquals(List.of(new ReadState(5, 2)), leader.readStates, "as of when it was asked");
    }

    @Test
    void section8ShouldAnswerNoReadOfATimeWhenItLedButWasNotConfirmed() {
        Peerless leader = leader();
        leader.node.readIndex(5);
        leader.settle();
        leader.step(new Heartbeat(3, 1, 2, 0, 0));
        leader.step(new HeartbeatResponse(2, 1, 1, 1));
        assertTrue(leader.readStates.isEmpty());
    }

    @Test
    void section8ShouldHelpClientsToTheLeader() {
        Peerless follower = Peerless.ofPaper(3, FRESH);
        follower.step(new Heartbeat(2, 1, 1, 0, 0));
        assertEquals(2, follower.node.status().leaderId());
        follower.node.propose(List.of(new byte[] {1}));
        follower.node.readIndex(5);
        assertEquals(
                List.of(2L, 2L),
                Stream.of(follower.settle()).flatMap(List::stream).map(Message::to).toList());
    }
}
