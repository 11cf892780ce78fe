package tenon.server.replication;

import java.lang.System.Logger.Level;
import java.util.function.LongSupplier;
import tenon.api.Consensus;
import tenon.api.RaftStatus;

/// Watches a leader's disks. One whose log hangs may go on to commit what the others store, but does not count itself:
/// with one failure more the cluster stands still. One whose store hangs, which may be on another disk, goes on to
/// commit, but serves nobody. So one whose disks work takes over. Used in turns of the loop.
///
/// An entry that takes long to apply looks like a store that hangs, and it does so on all members alike: who has just
/// begun to lead does not hand on for that, else the lead would go round until the entry is done.
final class StallWatch {
    private static final System.Logger LOG = System.getLogger(StallWatch.class.getName());
    private static final long NS_PER_MS = 1_000_000;
    /// For so many times as long as a disk may hang, a new leader does not ask for its store.
    private static final long NEW_LEADER_STALLS = 10;

    private final Consensus node;
    private final LongSupplier logStalledNs;
    private final LongSupplier storeStalledNs;
    private final long stallNsMax;
    private final long newLeaderTicks;
    private long ledTicks;

    /// @param logStalledNs for how long the log has been at one sync
    /// @param storeStalledNs for how long one entry has been applied, or the store been waited for
    StallWatch(
            Consensus node, LongSupplier logStalledNs, LongSupplier storeStalledNs, ReplicationLoop.Pace pace) {
        this.node = node;
        this.logStalledNs = logStalledNs;
        this.storeStalledNs = storeStalledNs;
        this.stallNsMax = pace.stallNsMax();
        this.newLeaderTicks = stallNsMax / pace.tickPeriodNs() * NEW_LEADER_STALLS;
    }

    /// At each tick of a node that does not lead.
    void onFollowing() {
        ledTicks = 0;
    }

    /// At each tick of a leader.
    void maybeHandOver() {
        ledTicks++;
        long logNs = logStalledNs.getAsLong();
        long storeNs = ledTicks > newLeaderTicks ? storeStalledNs.getAsLong() : 0;
        long stalledNs = Math.max(logNs, storeNs);
        if (stalledNs <= stallNsMax) {
            return;
        }
        RaftStatus status = node.status();
        long successor = Successor.choose(status);
        if (successor != 0 && status.transferTargetId() == 0) {
            LOG.log(
                    Level.WARNING,
                    "{0} has been hanging for {1} ms: leadership is handed to {2}",
                    logNs >= storeNs ? "the log" : "the store, or what is applied to it,",
                    stalledNs / NS_PER_MS,
                    Long.toHexString(successor));
            node.transferLeadership(successor);
        }
    }
}
