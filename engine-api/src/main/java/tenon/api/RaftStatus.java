package tenon.api;

import java.util.Map;

/// A copy of a node's state for people and metrics.
///
/// @param leaderId 0 if there is none
/// @param progress of each peer, if this node leads; else empty
public record RaftStatus(
        long nodeId,
        HardState hardState,
        RaftRole role,
        long leaderId,
        long lastIndex,
        long appliedIndex,
        ConfState confState,
        Map<Long, PeerProgress> progress) {
    /// How far a leader got with a peer.
    ///
    /// @param matchIndex known to be stored there
    /// @param nextIndex sent next
    public record PeerProgress(long matchIndex, long nextIndex, Replication replication, boolean recentlyActive) {}

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
