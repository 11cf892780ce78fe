package tenon.raft;

/// How a leader makes sure that it still leads before it answers a linearizable read.
public enum ReadMode {
    /// A quorum answers a heartbeat sent after the read was asked for. Depends on no clock.
    SAFE,
    /// The lease that check-quorum gives: no round trip, but it trusts that the ticks of all nodes are about as long.
    /// Needs check-quorum.
    LEASE
}
