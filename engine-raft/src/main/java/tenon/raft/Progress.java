package tenon.raft;

import tenon.api.RaftStatus.PeerProgress;
import tenon.api.RaftStatus.Replication;

/// What a leader knows of one member's log, and how it feeds that member.
final class Progress {
    final long nodeId;
    final Inflights inflights;

    // Invariant: match < next.
    private long match;
    private long next;

    // Invariant: inflights are empty unless REPLICATE; pendingSnapshot > 0 only if SNAPSHOT.
    private Replication state = Replication.PROBE;
    private long pendingSnapshot;

    /// Whether a probe is under way.
    private boolean probeSent;

    /// Whether an append is to be sent though it may carry nothing, since earlier ones may be lost.
    private boolean nudged;

    /// The commit index last told; messages may be lost, so heartbeats repeat it.
    private long commitSent;

    /// Whether it was heard of since the last check of the quorum.
    boolean recentlyActive;

    /// The newest read, by the leader's number, that it confirmed.
    long readConfirmed;

    Progress(long nodeId, long next, RaftOptions options) {
        this.nodeId = nodeId;
        this.next = next;
        inflights = new Inflights(options.inflightCountMax, options.inflightSizeMaxBytes);
    }

    long match() {
        return match;
    }

    long next() {
        return next;
    }

    Replication state() {
        return state;
    }

    /// Whether there is something to send now.
    boolean isDue(long lastIndex, long commitIndex) {
        return switch (state) {
            case PROBE -> !probeSent;
            case REPLICATE -> nudged || !inflights.isFull() && (next <= lastIndex || commitSent < commitIndex);
            case SNAPSHOT -> false;
        };
    }

    /// Whether the next append is sent for the sake of its answer.
    boolean isAsked() {
        return state == Replication.PROBE || nudged;
    }

    /// An append with entries up to `next + count - 1` was sent.
    void onAppendSent(int count, long sizeBytes, long commitIndex) {
        nudged = false;
        commitSent = Math.max(commitSent, Math.min(commitIndex, next + count - 1));
        if (state == Replication.PROBE) {
            probeSent = true;
        } else if (count > 0) {
            next += count;
            inflights.add(next - 1, sizeBytes);
        }
    }

    /// The member stored everything up to the index. Whether that is more than was known.
    ///
    /// @param firstIndex the first index that the leader's log still has
    boolean onAcknowledged(long index, long firstIndex) {
        boolean more = maybeUpdate(index);
        switch (state) {
            case PROBE -> {
                if (index == match) {
                    becomeReplicate();
                }
            }
            case REPLICATE -> inflights.freeTo(index);
            case SNAPSHOT -> {
                if (match + 1 >= firstIndex) {
                    becomeReplicate();
                }
            }
        }
        return more;
    }

    private boolean maybeUpdate(long index) {
        if (index <= match) {
            return false;
        }
        match = index;
        next = Math.max(next, index + 1);
        probeSent = false;
        return true;
    }

    /// The member refused what follows `rejected`. Whether that is news; a late or doubled refusal is not.
    boolean maybeDecrement(long rejected, long nextProbe) {
        if (state == Replication.REPLICATE) {
            if (rejected <= match) {
                return false;
            }
            becomeProbe();
            return true;
        }
        if (state == Replication.SNAPSHOT || next - 1 != rejected) {
            return false;
        }
        next = Math.max(Math.min(rejected, nextProbe + 1), match + 1);
        probeSent = false;
        return true;
    }

    void becomeProbe() {
        long behindSnapshot = pendingSnapshot + 1;
        reset(Replication.PROBE);
        next = Math.max(match + 1, behindSnapshot);
    }

    void becomeReplicate() {
        reset(Replication.REPLICATE);
        next = match + 1;
    }

    void becomeSnapshot(long raftIndex) {
        reset(Replication.SNAPSHOT);
        pendingSnapshot = raftIndex;
    }

    private void reset(Replication to) {
        state = to;
        pendingSnapshot = 0;
        probeSent = false;
        nudged = false;
        commitSent = 0;
        inflights.clear();
    }

    /// The snapshot went out, or did not; the member's next answer shows what became of it.
    void onSnapshotSent(boolean delivered) {
        if (!delivered) {
            pendingSnapshot = 0;
        }
        becomeProbe();
        probeSent = true;
    }

    /// The member lives. If it lags, messages may have been lost: they are asked after.
    void onHeartbeatResponse(long lastIndex) {
        probeSent = false;
        if (state == Replication.REPLICATE && match < lastIndex) {
            nudged = true;
        }
    }

    /// For the leader's own entry: it sends itself nothing.
    void onSelfStored(long index) {
        match = Math.max(match, index);
        next = match + 1;
    }

    PeerProgress toStatus() {
        return new PeerProgress(
                match, next, state, recentlyActive, inflights.count(), inflights.sizeBytes(), pendingSnapshot);
    }

    boolean validate() {
        assert match < next : this;
        assert state == Replication.REPLICATE || inflights.count() == 0 : this;
        assert state == Replication.SNAPSHOT || pendingSnapshot == 0 : this;
        return true;
    }

    @Override
    public String toString() {
        return nodeId + " " + state + " match=" + match + " next=" + next + " inflights=" + inflights.count();
    }
}
