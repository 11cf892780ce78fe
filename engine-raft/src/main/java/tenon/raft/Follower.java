package tenon.raft;

import java.util.Arrays;
import java.util.List;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Message;
import tenon.api.ProposalDroppedException.Reason;
import tenon.api.RaftRole;

/// Follows a leader, or waits for one (Raft paper, 5.2).
final class Follower implements Role {
    private final Raft raft;

    Follower(Raft raft) {
        this.raft = raft;
    }

    @Override
    public RaftRole raftRole() {
        return RaftRole.FOLLOWER;
    }

    @Override
    public void onTick() {
        raft.tickElection();
    }

    @Override
    public void step(Message message) {
        switch (message) {
            case Message.Append append -> {
                raft.hearLeader(append.from());
                raft.acceptAppend(append);
            }
            case Message.Heartbeat heartbeat -> {
                raft.hearLeader(heartbeat.from());
                raft.acceptHeartbeat(heartbeat);
            }
            case Message.InstallSnapshot snapshot -> {
                raft.hearLeader(snapshot.from());
                raft.acceptSnapshot(snapshot);
            }
            case Message.TimeoutNow _ -> raft.campaign(Campaign.TRANSFER);
            case Message.Forward forward -> passOn(forward);
            case Message.ReadIndexResponse response ->
                raft.outbox.answerRead(response.context(), response.raftIndex());
            case Message.AppendResponse _,
                    Message.Vote _,
                    Message.VoteResponse _,
                    Message.HeartbeatResponse _,
                    Message.ReadIndex _ -> {}
        }
    }

    /// Whoever sent this takes this node for the leader; it may know better.
    private void passOn(Message.Forward forward) {
        if (raft.leaderId != forward.from()) {
            forward(forward.entries());
        }
    }

    @Override
    public Reason propose(EntryType type, byte[]... data) {
        return forward(Arrays.stream(data).map(each -> new Entry(0, 0, type, each)).toList());
    }

    private Reason forward(List<Entry> proposals) {
        if (raft.leaderId == 0) {
            return Reason.NO_LEADER;
        }
        if (!raft.options.forwarding) {
            return Reason.FORWARDING_OFF;
        }
        raft.outbox.send(new Message.Forward(raft.id, raft.leaderId, raft.term(), proposals));
        return null;
    }

    @Override
    public Reason readIndex(long context) {
        if (raft.leaderId == 0) {
            return Reason.NO_LEADER;
        }
        raft.outbox.send(new Message.ReadIndex(raft.id, raft.leaderId, raft.term(), context));
        return null;
    }
}
