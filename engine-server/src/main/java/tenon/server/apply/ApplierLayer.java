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

/// Passes everything on; a layer overrides what it cares for.
abstract class ApplierLayer implements Applier {
    final Applier next;

    ApplierLayer(Applier next) {
        this.next = next;
    }

    @Override
    public void enter(Caller caller) {
        next.enter(caller);
    }

    @Override
    public Outcome put(PutRequest request, AppliedIndex at) {
        return next.put(request, at);
    }

    @Override
    public Outcome deleteRange(DeleteRangeRequest request, AppliedIndex at) {
        return next.deleteRange(request, at);
    }

    @Override
    public Outcome txn(TxnRequest request, AppliedIndex at) {
        return next.txn(request, at);
    }

    @Override
    public Outcome compact(CompactionRequest request, AppliedIndex at) {
        return next.compact(request, at);
    }

    @Override
    public Outcome alarm(AlarmRequest request, AppliedIndex at) {
        return next.alarm(request, at);
    }

    @Override
    public Outcome auth(AuthChange change, AppliedIndex at) {
        return next.auth(change, at);
    }

    @Override
    public Outcome memberAttributes(MemberAttributes attributes, AppliedIndex at) {
        return next.memberAttributes(attributes, at);
    }

    @Override
    public Outcome stateCheck(StateCheck check, AppliedIndex at) {
        return next.stateCheck(check, at);
    }
}
