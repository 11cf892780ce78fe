package tenon.api;

import java.util.Map;

/// A copy of a node's state for people and metrics.
///
/// @param leaderId 0 if there is none
/// @param transferTargetId to whom this node is handing leadership, 0 to nobody
/// @param progress of each member and of this node itself, if it leads; else empty
public record RaftStatus(
        long nodeId,
        HardState hardState,
        RaftRole role,
        long leaderId,
        long transferTargetId,
        long lastIndex,
        long appliedIndex,
        ConfState confState,
        Map<Long, PeerProgress> progress) {
    /// How far a leader got with a peer.
    ///
    /// @param matchIndex known to be stored there
    /// @param nextIndex sent next
    /// @param recentlyActive whether it was heard of since the last check of the quorum
    /// @param inflightCount messages with entries that are under way to it
    /// @param inflightSizeBytes what the entries in these hold
    /// @param pendingSnapshotIndex the least that the snapshot under way to it holds, 0 if there is none
    public record PeerProgress(
            long matchIndex,
            long nextIndex,
            Replication replication,
            boolean recentlyActive,
            int inflightCount,
            long inflightSizeBytes,
            long pendingSnapshotIndex) {}

    /// How a leader feeds a peer.
    public enum Replication {
        /// One message at a time, to find where the logs part.
        PROBE,
        /// A stream of messages.
        REPLICATE,
        /// Waits until a snapshot is installed.
        SNAPSHOT
    }
}
