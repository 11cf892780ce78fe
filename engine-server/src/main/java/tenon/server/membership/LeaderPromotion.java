package tenon.server.membership;

import java.util.concurrent.CompletableFuture;
import tenon.server.error.EtcdError;
import tenon.server.rpc.MemberListResponse;

/// The way to the leader for a promotion: only the leader knows whether a learner is in sync with it.
@FunctionalInterface
public interface LeaderPromotion {
    /// For a node without a network.
    LeaderPromotion NONE = (_, _) -> CompletableFuture.failedFuture(EtcdError.NO_LEADER.exception());

    /// Has the leader carry out [RaftMembershipService#promoteHere]. Never blocks.
    ///
    /// @return completes with all members; fails with [tenon.server.error.RequestException], with the leader's own
    ///     refusal if there was one. Whoever waits no longer may complete it.
    CompletableFuture<MemberListResponse> promote(long leaderId, long memberId);
}
