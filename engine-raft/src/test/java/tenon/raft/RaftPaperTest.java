package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tenon.api.ConfState;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.Message.Append;
import tenon.api.Message.AppendResponse;
import tenon.api.Message.Heartbeat;
import tenon.api.Message.HeartbeatResponse;
import tenon.api.Message.Vote;
import tenon.api.Message.VoteResponse;
import tenon.api.RaftRole;
import tenon.api.RaftStatus;
import tenon.api.Ready;

/// What the Raft paper says in section 5 ([RaftPaperOperationTest] has the others), and what has to be on the disk before it is said to others.
class RaftPaperTest {
    private static final HardState FRESH = HardState.INITIAL;

    private static HardState term(long term) {
        return new HardState(term, 0, 0);
    }

    private static RaftRole role(Peerless peerless) {
        return peerless.node.status().role();
    }

    private static VoteResponse vote(Peerless voter, Vote vote) {
        return assertInstanceOf(VoteResponse.class, voter.step(vote).getLast());
    }

    private static Vote voteOf(long from, long term, long lastTerm, long lastIndex) {
        return new Vote(from, 1, term, lastTerm, lastIndex, false, false);
    }

    private static Append append(long term, long previousTerm, long previousIndex, long commit, long... terms) {
        return new Append(2, 1, term, previousTerm, previousIndex, Peerless.entries(previousIndex, terms), commit);
    }

    // --- 5.1 Raft basics

    @Test
    void section51ShouldFollowWhenItSeesAHigherTermInAnyRole() {
        Peerless leader = Peerless.ofPaper(3, FRESH);
        leader.elect();
        leader.step(new AppendResponse(2, 1, 7, 0, true, 0, 0));
        assertEquals(RaftRole.FOLLOWER, role(leader));
        assertEquals(new HardState(7, 0, 0), leader.hardState);

        Peerless candidate = Peerless.ofPaper(3, FRESH);
        candidate.node.campaign();
        candidate.step(new Heartbeat(3, 1, 2, 0, 0));
        assertEquals(RaftRole.FOLLOWER, role(candidate));
        assertEquals(3, candidate.node.status().leaderId());
    }

    @Test
    void section51ShouldRejectALeaderOfAnOldTermAndTellItTheTerm() {
        Peerless follower = Peerless.ofPaper(3, term(4));
        Message answer = follower.step(append(3, 0, 0, 1, 3)).getLast();
        assertEquals(new AppendResponse(1, 2, 4, 0, true, 0, 0), answer);
        assertEquals(0, follower.node.status().lastIndex());
    }

    // --- 5.2 Leader election

    @Test
    void section52ShouldStartAnElectionWhenItHearsNothing() {
        Peerless follower = Peerless.ofPaper(3, term(4));
        follower.tick(Peerless.ELECTION_TICKS - 1);
        assertEquals(RaftRole.FOLLOWER, role(follower));
        List<Message> asked = follower.tick(Peerless.ELECTION_TICKS);
        assertEquals(RaftRole.CANDIDATE, role(follower));
        assertEquals(new HardState(5, 1, 0), follower.hardState);
        assertEquals(
                List.of(
                        new Vote(1, 2, 5, 0, 0, false, false), new Vote(1, 3, 5, 0, 0, false, false)),
                asked);
    }

    @Test
    void section52ShouldNotStartAnElectionWhileItHearsALeader() {
        Peerless follower = Peerless.ofPaper(3, term(1));
        for (int i = 0; i < 10; i++) {
            follower.tick(Peerless.ELECTION_TICKS - 1);
            follower.step(new Heartbeat(2, 1, 1, 0, 0));
        }
        assertEquals(RaftRole.FOLLOWER, role(follower));
    }

    @Test
    void section52ShouldDrawElectionTimeoutsFromOneToTwoTimesTheMinimum() {
        Set<Integer> timeouts = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            Peerless follower =
                    new Peerless(RaftOptions.of(1).seed(seed).preVote(false), 3, FRESH);
            int ticks = 0;
            while (role(follower) == RaftRole.FOLLOWER) {
                follower.tick(1);
                ticks++;
            }
            timeouts.add(ticks);
        }
        for (int ticks = Peerless.ELECTION_TICKS; ticks < 2 * Peerless.ELECTION_TICKS; ticks++) {
            assertTrue(timeouts.remove(ticks), "never " + ticks);
        }
        assertTrue(timeouts.isEmpty(), () -> "also " + timeouts);
    }

    @Test
    void section52ShouldLeadWithTheVotesOfAMajority() {
        Peerless candidate = Peerless.ofPaper(5, FRESH);
        candidate.node.campaign();
        candidate.settle();
        candidate.step(new VoteResponse(2, 1, 1, false, false, 0, 0));
        candidate.step(new VoteResponse(2, 1, 1, false, false, 0, 0));
        assertEquals(RaftRole.CANDIDATE, role(candidate));
        List<Message> first = candidate.step(new VoteResponse(3, 1, 1, false, false, 0, 0));
        assertEquals(RaftRole.LEADER, role(candidate));
        assertEquals(4, first.stream().filter(Append.class::isInstance).count());
    }

    @Test
    void section52ShouldStandAgainInANewTermWhenVotesAreSplit() {
        Peerless candidate = Peerless.ofPaper(3, FRESH);
        candidate.node.campaign();
        candidate.settle();
        candidate.tick(2 * Peerless.ELECTION_TICKS);
        assertEquals(2, candidate.hardState.term());
    }

    @Test
    void section52ShouldVoteOnceInATermAndAgainForTheSame() {
        Peerless voter = Peerless.ofPaper(3, FRESH);
        assertFalse(vote(voter, voteOf(2, 1, 0, 0)).rejected());
        assertTrue(vote(voter, voteOf(3, 1, 0, 0)).rejected());
        assertFalse(vote(voter, voteOf(2, 1, 0, 0)).rejected());
        assertEquals(new HardState(1, 2, 0), voter.hardState);
        Peerless restarted = Peerless.ofPaper(3, voter.hardState);
        assertTrue(vote(restarted, voteOf(3, 1, 0, 0)).rejected());
    }

    @Test
    void section52ShouldSendHeartbeatsAsLeader() {
        Peerless leader = Peerless.ofPaper(3, FRESH);
        leader.elect();
        assertEquals(
                List.of(new Heartbeat(1, 2, 1, 0, 0), new Heartbeat(1, 3, 1, 0, 0)),
                leader.tick(1).stream().filter(Heartbeat.class::isInstance).toList());
    }

    @Test
    void section52ShouldNotStandTwoLeadersInATerm() {
        Peerless leader = Peerless.ofPaper(3, FRESH);
        leader.elect();
        assertThrows(ProtocolViolationException.class, () -> leader.node.step(new Heartbeat(2, 1, 1, 0, 0)));
    }

    // --- 5.3 Log replication

    @Test
    void section53ShouldCommitWhatAMajorityStored() {
        Peerless leader = Peerless.ofPaper(5, FRESH);
        leader.elect();
        leader.node.propose(List.of(new byte[] {1}));
        leader.settle();
        leader.step(new AppendResponse(2, 1, 1, 2, false, 0, 0));
        assertEquals(0, leader.hardState.commitIndex());
        leader.step(new AppendResponse(2, 1, 1, 2, false, 0, 0));
        assertEquals(0, leader.hardState.commitIndex());
        List<Message> told = leader.step(new AppendResponse(3, 1, 1, 2, false, 0, 0));
        assertEquals(2, leader.hardState.commitIndex());
        assertEquals(2, leader.applied.size());
        assertTrue(told.stream().anyMatch(message -> message instanceof Append append && append.commitIndex() == 2));
    }

    @Test
    void section53ShouldApplyWhatTheLeaderCommittedUpToWhatItHas() {
        Peerless follower = Peerless.ofPaper(3, FRESH);
        follower.step(append(1, 0, 0, 9, 1, 1));
        assertEquals(List.of(1L, 2L), follower.applied.stream().map(Entry::raftIndex).toList());
        assertEquals(2, follower.hardState.commitIndex());
    }

    @Test
    void section53ShouldTakeEntriesOnlyBehindAMatch() {
        Peerless follower = Peerless.ofPaper(3, term(2), 1, 2);
        AppendResponse accepted =
                assertInstanceOf(AppendResponse.class, follower.step(append(2, 2, 2, 0, 2)).getLast());
        assertEquals(new AppendResponse(1, 2, 2, 3, false, 0, 0), accepted);
        AppendResponse gap = assertInstanceOf(AppendResponse.class, follower.step(append(2, 2, 5, 0, 2)).getLast());
        assertEquals(new AppendResponse(1, 2, 2, 5, true, 3, 2), gap);
        AppendResponse differs =
                assertInstanceOf(AppendResponse.class, follower.step(append(3, 3, 3, 0, 3)).getLast());
        assertTrue(differs.rejected());
    }

    @Test
    void section53ShouldReplaceOnlyWhatDiffersFromTheLeader() {
        long[][] cases = {{3, 3}, {1, 2, 3}, {1, 2}, {1, 2, 2, 2}};
        for (long[] sent : cases) {
            Peerless follower = Peerless.ofPaper(3, term(2), 1, 2, 2);
            follower.node.step(append(3, 0, 0, 0, sent));
            Ready ready = follower.node.ready();
            long firstDiffering = ready.entriesToStore().isEmpty() ? 0 : ready.entriesToStore().getFirst().raftIndex();
            assertEquals(
                    switch (sent.length) {
                        case 2 -> sent[0] == 3 ? 1 : 0;
                        case 3 -> 3;
                        default -> 4;
                    },
                    firstDiffering);
            assertEquals(Math.max(sent.length, sent[sent.length - 1] == 3 ? 0 : 3), follower.node.status().lastIndex());
        }
    }

    @Test
    void section53ShouldNotLetALateMessageTakeEntriesBack() {
        Peerless follower = Peerless.ofPaper(3, FRESH);
        follower.step(append(1, 0, 0, 0, 1, 1, 1));
        follower.step(append(1, 0, 0, 0, 1));
        assertEquals(3, follower.node.status().lastIndex());
    }

    @Test
    void section53ShouldRefuseALeaderThatContradictsWhatIsCommitted() {
        Peerless follower = Peerless.ofPaper(3, new HardState(2, 0, 2), 1, 1, 2);
        assertThrows(
                ProtocolViolationException.class,
                () -> follower.node.step(new Append(2, 1, 3, 0, 0, Peerless.entries(0, 3, 3), 0)));
    }

    // --- 5.4 Safety

    @Test
    void section541ShouldDenyItsVoteToWhoKnowsLess() {
        record Case(long lastTerm, long lastIndex, boolean granted) {}
        Stream.of(
                        new Case(2, 3, true),
                        new Case(2, 4, true),
                        new Case(3, 1, true),
                        new Case(2, 2, false),
                        new Case(1, 9, false))
                .forEach(each -> {
                    Peerless voter = Peerless.ofPaper(3, term(2), 1, 2, 2);
                    assertEquals(
                            !each.granted(),
                            vote(voter, voteOf(2, 5, each.lastTerm(), each.lastIndex())).rejected(),
                            each::toString);
                });
    }

    @Test
    void section542ShouldCommitEntriesOfEarlierTermsOnlyByOneOfItsOwn() {
        Peerless leader = Peerless.ofPaper(5, term(3), 1, 2);
        leader.elect();
        assertEquals(4, leader.hardState.term());
        leader.step(new AppendResponse(2, 1, 4, 2, false, 0, 0));
        leader.step(new AppendResponse(3, 1, 4, 2, false, 0, 0));
        assertEquals(0, leader.hardState.commitIndex());
        leader.step(new AppendResponse(2, 1, 4, 3, false, 0, 0));
        leader.step(new AppendResponse(3, 1, 4, 3, false, 0, 0));
        assertEquals(3, leader.hardState.commitIndex());
    }

    // --- 5.5 Follower and candidate crashes

    @Test
    void section55ShouldSendAgainWhateverAMemberThatCrashedDidNotAcknowledge() {
        Peerless leader = Peerless.ofPaper(3, FRESH);
        leader.elect();
        leader.step(new AppendResponse(2, 1, 1, 1, false, 0, 0));
        leader.node.propose(List.of(new byte[] {1}));
        leader.settle();
        for (int attempt = 0; attempt < 5; attempt++) {
            assertTrue(leader.tick(3).stream().anyMatch(message -> message.to() == 3), "it goes on asking");
            List<Message> answer = leader.step(new HeartbeatResponse(3, 1, 1, 0));
            Append again = assertInstanceOf(Append.class, answer.getFirst());
            assertEquals(0, again.previousIndex());
            assertEquals(2, again.entries().size());
        }
        leader.step(new AppendResponse(3, 1, 1, 2, false, 0, 0));
        assertEquals(2, leader.node.status().progress().get(3L).matchIndex());
    }

    @Test
    void section55ShouldTakeTheSameEntriesTwiceWithoutHarm() {
        Peerless follower = Peerless.ofPaper(3, FRESH);
        List<Message> first = follower.step(append(1, 0, 0, 0, 1, 1));
        follower.node.step(append(1, 0, 0, 0, 1, 1));
        Ready second = follower.node.ready();
        assertTrue(second.entriesToStore().isEmpty() && second.committedEntries().isEmpty());
        assertEquals(first, second.messagesAfterStored());
    }

    // --- 5.6 Timing and availability

    @Test
    void section56ShouldElectALeaderAndKeepItWhenMessagesAreFasterThanElections() {
        SlowNetwork network = new SlowNetwork(1);
        network.run(10 * Peerless.ELECTION_TICKS);
        long term = network.leaderTerm();
        network.run(100 * Peerless.ELECTION_TICKS);
        assertEquals(term, network.leaderTerm());
    }

    @Test
    void section56ShouldStaySafeWithoutTimingAndGetOnAsSoonAsItReturns() {
        SlowNetwork network = new SlowNetwork(3 * Peerless.ELECTION_TICKS);
        network.run(200 * Peerless.ELECTION_TICKS);
        assertTrue(network.highestTerm() > 20, "elections are undone by others before they are known");
        network.delayTicks = 1;
        network.run(20 * Peerless.ELECTION_TICKS);
        long term = network.leaderTerm();
        network.run(20 * Peerless.ELECTION_TICKS);
        assertEquals(term, network.leaderTerm());
    }

    /// Three nodes as in the paper, whose messages all take as long.
    private static final class SlowNetwork {
        private final List<RaftNode> nodes = new ArrayList<>();
        private final List<Under> way = new ArrayList<>();
        private final Map<Long, Long> leaderOfTerm = new HashMap<>();
        private int nowTicks;
        private int delayTicks;

        private record Under(int dueTicks, Message message) {}

        SlowNetwork(int delayTicks) {
            this.delayTicks = delayTicks;
            for (long id = 1; id <= 3; id++) {
                RaftOptions.Builder options = RaftOptions.of(id).electionTicks(Peerless.ELECTION_TICKS);
                nodes.add(new RaftNode(
                        options.preVote(false).checkQuorum(false).build(),
                        RecoveredState.empty(ConfState.ofVoters(Set.of(1L, 2L, 3L)))));
            }
        }

        void run(int ticks) {
            for (int end = nowTicks + ticks; nowTicks < end; nowTicks++) {
                List<Under> due = way.stream().filter(each -> each.dueTicks <= nowTicks).toList();
                way.removeAll(due);
                due.forEach(each -> nodes.get((int) each.message.to() - 1).step(each.message));
                nodes.forEach(RaftNode::tick);
                nodes.forEach(this::carryOut);
            }
        }

        private void carryOut(RaftNode node) {
            while (node.hasReady()) {
                Ready ready = node.ready();
                node.onStored(ready.number());
                Stream.concat(ready.messages().stream(), ready.messagesAfterStored().stream())
                        .forEach(message -> way.add(new Under(nowTicks + delayTicks, message)));
                if (!ready.committedEntries().isEmpty()) {
                    node.onApplied(ready.committedEntries().getLast().raftIndex());
                }
                RaftStatus status = node.status();
                if (status.role() == RaftRole.LEADER) {
                    Long other = leaderOfTerm.putIfAbsent(status.hardState().term(), status.nodeId());
                    assertTrue(other == null || other == status.nodeId(), "two leaders of one term");
                }
            }
        }

        long highestTerm() {
            return nodes.stream().mapToLong(node -> node.status().hardState().term()).max().orElseThrow();
        }

        /// The term of a leader that all follow.
        long leaderTerm() {
            assertEquals(1, nodes.stream().map(node -> node.status().leaderId()).distinct().count());
            assertTrue(nodes.getFirst().status().leaderId() != 0);
            return highestTerm();
        }
    }

    // --- What must be stored first

    @Test
    void w13ShouldAskForVotesOnlyWhenItsOwnIsStored() {
        Peerless candidate = Peerless.ofPaper(3, FRESH);
        candidate.node.campaign();
        Ready ready = candidate.node.ready();
        assertTrue(ready.messages().isEmpty());
        assertEquals(2, ready.messagesAfterStored().size());
        assertTrue(ready.mustSync());
        candidate.node.step(new VoteResponse(2, 1, 1, false, false, 0, 0));
        assertEquals(RaftRole.CANDIDATE, role(candidate));
        candidate.node.onStored(ready.number());
        assertEquals(RaftRole.LEADER, role(candidate));
    }

    @Test
    void w13ShouldAnswerAVoteOnlyWhenItIsStored() {
        Peerless voter = Peerless.ofPaper(3, FRESH);
        voter.node.step(voteOf(2, 1, 0, 0));
        Ready ready = voter.node.ready();
        assertTrue(ready.messages().isEmpty());
        assertEquals(List.of(new VoteResponse(1, 2, 1, false, false, 0, 0)), ready.messagesAfterStored());
        assertEquals(new HardState(1, 2, 0), ready.hardState());
        assertTrue(ready.mustSync());
    }

    @Test
    void w13ShouldAcknowledgeEntriesOnlyWhenTheyAreStored() {
        Peerless follower = Peerless.ofPaper(3, FRESH);
        follower.node.step(append(1, 0, 0, 1, 1));
        Ready ready = follower.node.ready();
        assertTrue(ready.messages().isEmpty());
        assertTrue(ready.committedEntries().isEmpty());
        assertEquals(List.of(new AppendResponse(1, 2, 1, 1, false, 0, 0)), ready.messagesAfterStored());
        follower.node.onStored(ready.number());
        assertEquals(1, follower.node.ready().committedEntries().size());
    }

    @Test
    void w13ShouldSendEntriesAsLeaderBeforeItHasStoredThemButNotCountItself() {
        Peerless leader = Peerless.ofPaper(3, FRESH);
        leader.elect();
        leader.step(new AppendResponse(2, 1, 1, 1, false, 0, 0));
        leader.node.propose(List.of(new byte[] {1}));
        Ready ready = leader.node.ready();
        assertTrue(ready.messages().stream().anyMatch(m -> m instanceof Append append && append.to() == 2
                && append.entries().size() == 1));
        leader.node.step(new AppendResponse(2, 1, 1, 2, false, 0, 0));
        assertEquals(1, leader.node.status().hardState().commitIndex());
        leader.node.onStored(ready.number());
        assertEquals(2, leader.node.status().hardState().commitIndex());
    }

    @Test
    void shouldNotTakeAReplacedEntryForStored() {
        Peerless follower = Peerless.ofPaper(3, FRESH);
        follower.node.step(append(1, 0, 0, 0, 1, 1));
        Ready first = follower.node.ready();
        follower.node.step(new Append(3, 1, 2, 1, 1, Peerless.entries(1, 2), 0));
        Ready second = follower.node.ready();
        follower.node.step(new Append(2, 1, 3, 1, 1, Peerless.entries(1, 1), 2));
        Ready third = follower.node.ready();
        follower.node.onStored(first.number());
        assertEquals(List.of(1L), follower.node.ready().committedEntries().stream().map(Entry::raftIndex).toList());
        follower.node.onStored(second.number());
        assertFalse(follower.node.hasReady());
        follower.node.onStored(third.number());
        assertEquals(List.of(2L), follower.node.ready().committedEntries().stream().map(Entry::raftIndex).toList());
    }
}
