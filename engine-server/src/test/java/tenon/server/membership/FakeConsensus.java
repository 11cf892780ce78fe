package tenon.server.membership;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.Consensus;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.RaftRole;
import tenon.api.RaftStatus;
import tenon.api.RaftStatus.PeerProgress;
import tenon.api.RaftStatus.Replication;
import tenon.api.Ready;

/// A consensus core that does nothing, and says of itself what a test wants.
final class FakeConsensus implements Consensus {
    final BlockingQueue<ConfChange> proposed = new LinkedBlockingQueue<>();
    /// What the next change is refused with, null if it is not.
    volatile RuntimeException refusal;

    private final long leaderId;
    private final Map<Long, Long> matchIndexes;

    /// The core of node 1.
    ///
    /// @param matchIndexes of the leader's progress, empty if it does not lead
    FakeConsensus(long leaderId, Map<Long, Long> matchIndexes) {
        this.leaderId = leaderId;
        this.matchIndexes = matchIndexes;
    }

    @Override
    public void proposeConfChange(ConfChange change) {
        if (refusal != null) {
            throw refusal;
        }
        proposed.add(change);
    }

    @Override
    public RaftStatus status() {
        Map<Long, PeerProgress> progress = new HashMap<>();
        matchIndexes.forEach((id, match) ->
                progress.put(id, new PeerProgress(match, match + 1, Replication.REPLICATE, true, 0, 0, 0)));
        return new RaftStatus(
                1,
                new HardState(2, 0, 0),
                leaderId == 1 ? RaftRole.LEADER : RaftRole.FOLLOWER,
                leaderId,
                0,
                0,
                0,
                ConfState.ofVoters(matchIndexes.keySet()),
                progress);
    }

    @Override
    public void tick() {}

    @Override
    public void step(Message message) {}

    @Override
    public void campaign() {}

    @Override
    public void propose(List<byte[]> data) {}

    @Override
    public void readIndex(long context) {}

    @Override
    public void transferLeadership(long nodeId) {}

    @Override
    public void onUnreachable(long nodeId) {}

    @Override
    public void onSnapshotSent(long nodeId, boolean delivered) {}

    @Override
    public boolean hasReady() {
        return false;
    }

    @Override
    public Ready ready() {
        throw new AssertionError("nothing is ready");
    }

    @Override
    public void onStored(long readyNumber) {}

    @Override
    public void onApplied(long raftIndex) {}

    @Override
    public ConfState applyConfChange(ConfChange change) {
        throw new AssertionError("nothing is committed");
    }

    @Override
    public void compact(long raftIndex) {}
}
