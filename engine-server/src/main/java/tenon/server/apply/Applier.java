package tenon.server.apply;

import tenon.mvcc.AppliedIndex;
import tenon.server.auth.Caller;
import tenon.server.divergence.stored.StateCheck;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.membership.stored.MemberAttributes;
import tenon.server.proposal.AuthChange;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.TxnRequest;

/// Carries out the request of a log entry. A request that is refused, with
/// [tenon.server.error.RequestException], has had no effect. For the apply thread only.
public interface Applier {
    /// Says who asks for what comes next.
    void enter(Caller caller);

    Outcome put(PutRequest request, AppliedIndex at);

    Outcome deleteRange(DeleteRangeRequest request, AppliedIndex at);

    Outcome txn(TxnRequest request, AppliedIndex at);

    Outcome compact(CompactionRequest request, AppliedIndex at);

    Outcome alarm(AlarmRequest request, AppliedIndex at);

    Outcome auth(AuthChange change, AppliedIndex at);

    Outcome memberAttributes(MemberAttributes attributes, AppliedIndex at);

    Outcome stateCheck(StateCheck check, AppliedIndex at);
}
