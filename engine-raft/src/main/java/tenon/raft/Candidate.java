package tenon.raft;

import java.util.HashMap;
import java.util.Map;
import tenon.api.EntryType;
import tenon.api.Message;
import tenon.api.ProposalDroppedException.Reason;
import tenon.api.RaftRole;

/// Stands for election (Raft paper, 5.2), or asks whether it could win (dissertation, 9.6).
final class Candidate implements Role {
    private final Raft raft;
    private final Campaign campaign;

    /// Who answered what. Its own vote is among them once it is stored.
    private final Map<Long, Boolean> votes = new HashMap<>();

    Candidate(Raft raft, Campaign campaign) {
        this.raft = raft;
        this.campaign = campaign;
    }

    boolean isPreVote() {
        return campaign == Campaign.PRE_VOTE;
    }

    /// Asks the others. A vote is asked for once the node's own term and vote are stored: if it forgot them, it could
    /// ask again, with other entries, for a second leadership of the same term.
    void askForVotes() {
        long askedTerm = isPreVote() ? raft.term() + 1 : raft.term();
        for (long peer : raft.configuration().members()) {
            if (peer != raft.id && raft.configuration().isVoter(peer)) {
                Message.Vote vote = new Message.Vote(
                        raft.id,
                        peer,
                        askedTerm,
                        raft.log.lastTerm(),
                        raft.log.lastIndex(),
                        isPreVote(),
                        campaign == Campaign.TRANSFER);
                if (isPreVote()) {
                    raft.outbox.send(vote);
                } else {
                    raft.outbox.sendAfterStored(vote);
                }
            }
        }
        if (isPreVote()) {
            count(raft.id, true);
        }
    }

    @Override
    public RaftRole raftRole() {
        return isPreVote() ? RaftRole.PRE_CANDIDATE : RaftRole.CANDIDATE;
    }

    @Override
    public void onTick() {
        raft.tickElection();
    }

    @Override
    public void onStored(long storedTerm) {
        if (storedTerm == raft.term() && !votes.containsKey(raft.id)) {
            count(raft.id, true);
        }
    }

    @Override
    public void step(Message message) {
        switch (message) {
            case Message.Append _, Message.Heartbeat _, Message.InstallSnapshot _ -> {
                raft.becomeFollower(raft.term(), message.from());
                raft.stepRole(message);
            }
            case Message.VoteResponse response -> onVoteResponse(response);
            case Message.AppendResponse _,
                    Message.Vote _,
                    Message.HeartbeatResponse _,
                    Message.Forward _,
                    Message.ReadIndex _,
                    Message.ReadIndexResponse _,
                    Message.TimeoutNow _ -> {}
        }
    }

    private void onVoteResponse(Message.VoteResponse response) {
        boolean current = response.preVote() && !response.rejected()
                ? response.term() == raft.term() + 1
                : response.term() == raft.term();
        if (response.preVote() == isPreVote() && current) {
            count(response.from(), !response.rejected());
        }
    }

    private void count(long voter, boolean granted) {
        votes.putIfAbsent(voter, granted);
        switch (raft.configuration().voteResult(this::ballotOf)) {
            case WON -> {
                if (isPreVote()) {
                    raft.becomeCandidate(Campaign.VOTE);
                } else {
                    raft.becomeLeader();
                }
            }
            case LOST -> raft.becomeFollower(raft.term(), 0);
            case PENDING -> {}
        }
    }

    private Quorum.Ballot ballotOf(long nodeId) {
        Boolean granted = votes.get(nodeId);
        if (granted == null) {
            return Quorum.Ballot.MISSING;
        }
        return granted ? Quorum.Ballot.YES : Quorum.Ballot.NO;
    }

    @Override
    public Reason propose(EntryType type, byte[]... data) {
        return Reason.NO_LEADER;
    }

    @Override
    public Reason readIndex(long context) {
        return Reason.NO_LEADER;
    }
}
