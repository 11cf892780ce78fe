package tenon.raft;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import tenon.api.RaftStatus.PeerProgress;

/// The progress of all members, as their leader sees it; its own too, which tells what it has stored.
final class Members {
    private final Raft raft;

    // Invariant: one for each member of the configuration, in its order.
    private Progress[] all = {};

    /// Its own; null only between the change that removes it and its stepping down.
    private Progress self;

    private final LongUnaryOperator matches = nodeId -> find(nodeId).match();
    private final LongUnaryOperator readsConfirmed = nodeId -> find(nodeId).readConfirmed;

    Members(Raft raft) {
        this.raft = raft;
        onConfiguration();
        self.becomeReplicate();
        self.onSelfStored(raft.log.stored());
        self.readConfirmed = Long.MAX_VALUE;
    }

    /// Keeps what is known of those who stay. Who is new counts as active until the next check.
    void onConfiguration() {
        Progress[] known = all;
        all = Arrays.stream(raft.configuration().members())
                .mapToObj(nodeId -> {
                    Progress old = find(known, nodeId);
                    return old != null ? old : join(nodeId);
                })
                .toArray(Progress[]::new);
        self = find(raft.id);
    }

    private Progress join(long nodeId) {
        Progress progress = new Progress(nodeId, raft.log.lastIndex() + 1, raft.options);
        progress.recentlyActive = true;
        return progress;
    }

    Progress[] all() {
        return all;
    }

    Progress self() {
        return self;
    }

    boolean hasPeers() {
        return all.length > 1;
    }

    /// Null if it is no member.
    Progress find(long nodeId) {
        return find(all, nodeId);
    }

    private static Progress find(Progress[] among, long nodeId) {
        for (Progress progress : among) {
            if (progress.nodeId == nodeId) {
                return progress;
            }
        }
        return null;
    }

    /// What a quorum has stored.
    long committedIndex() {
        return raft.configuration().committedIndex(matches);
    }

    /// The newest read for which a quorum said that this node still leads.
    long confirmedRead() {
        return raft.configuration().committedIndex(readsConfirmed);
    }

    /// Whether a quorum was heard of since the last time this was asked.
    boolean checkActive() {
        self.recentlyActive = true;
        Quorum.VoteResult result = raft.configuration()
                .voteResult(nodeId -> find(nodeId).recentlyActive ? Quorum.Ballot.YES : Quorum.Ballot.NO);
        for (Progress progress : all) {
            progress.recentlyActive = false;
        }
        return result == Quorum.VoteResult.WON;
    }

    boolean isSendDue() {
        for (Progress progress : all) {
            if (progress != self && isSendDue(progress)) {
                return true;
            }
        }
        return false;
    }

    private boolean isSendDue(Progress progress) {
        boolean needsSnapshot = progress.next() < raft.log.firstIndex();
        return progress.isDue(raft.log.lastIndex(), raft.log.committed())
                && (progress.recentlyActive || !needsSnapshot);
    }

    Map<Long, PeerProgress> toStatus() {
        Map<Long, PeerProgress> status = new LinkedHashMap<>();
        for (Progress progress : all) {
            status.put(progress.nodeId, progress.toStatus());
        }
        return status;
    }

    boolean validate() {
        for (Progress progress : all) {
            progress.validate();
        }
        assert self != null && all.length == raft.configuration().members().length;
        return true;
    }
}
