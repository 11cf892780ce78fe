package tenon.raft;

/// Why and how a node stands for election.
enum Campaign {
    /// Asks first whether it could win.
    PRE_VOTE,
    /// Raises its term and asks for votes.
    VOTE,
    /// As above, and since the leader itself wants it, nobody refuses for having heard of that leader.
    TRANSFER
}
