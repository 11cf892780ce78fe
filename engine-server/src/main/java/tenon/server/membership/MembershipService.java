package tenon.server.membership;

import java.util.concurrent.CompletableFuture;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberAddResponse;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberListResponse;
import tenon.server.rpc.MemberPromoteRequest;
import tenon.server.rpc.MemberPromoteResponse;
import tenon.server.rpc.MemberRemoveRequest;
import tenon.server.rpc.MemberRemoveResponse;
import tenon.server.rpc.MemberUpdateRequest;
import tenon.server.rpc.MemberUpdateResponse;

/// Serves those who look after the members of a cluster. A change is answered when it is applied on this member, with
/// all members as of then. Never blocks; a future fails with [tenon.server.error.RequestException].
public interface MembershipService {
    CompletableFuture<MemberAddResponse> add(MemberAddRequest request);

    CompletableFuture<MemberRemoveResponse> remove(MemberRemoveRequest request);

    CompletableFuture<MemberUpdateResponse> update(MemberUpdateRequest request);

    CompletableFuture<MemberPromoteResponse> promote(MemberPromoteRequest request);

    CompletableFuture<MemberListResponse> list(MemberListRequest request);

    /// Whether this member is a learner.
    boolean isSelfLearner();
}
