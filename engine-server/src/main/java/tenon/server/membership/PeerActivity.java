package tenon.server.membership;

/// Which other members this one is in touch with. Safe for use by any thread.
@FunctionalInterface
public interface PeerActivity {
    /// What is said of a member that there is no connection with.
    long INACTIVE = Long.MIN_VALUE;

    /// For a node without a network.
    PeerActivity NONE = _ -> INACTIVE;

    /// Since when the connection with a member works without a break.
    ///
    /// @return as [tenon.api.Clock#monotonicNs], or [#INACTIVE]
    long activeSince(long nodeId);
}
