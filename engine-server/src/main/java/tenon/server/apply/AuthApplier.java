package tenon.server.apply;

import tenon.mvcc.AppliedIndex;
import tenon.server.auth.AuthState;
import tenon.server.auth.AuthStore;
import tenon.server.auth.Caller;
import tenon.server.auth.RequestAccess;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.proposal.AuthChange;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.TxnRequest;

/// While authentication is on, a caller changes nothing that it has no permission for as users and roles are at this
/// entry, however they were when it was proposed.
final class AuthApplier extends ApplierLayer {
    private final AuthStore auth;
    private Caller caller = Caller.NOBODY;

    AuthApplier(Applier next, AuthStore auth) {
        super(next);
        this.auth = auth;
    }

    @Override
    public void enter(Caller caller) {
        this.caller = caller;
        super.enter(caller);
    }

    @Override
    public Outcome put(PutRequest request, AppliedIndex at) {
        RequestAccess.check(auth.state(), caller, request);
        return next.put(request, at);
    }

    @Override
    public Outcome deleteRange(DeleteRangeRequest request, AppliedIndex at) {
        RequestAccess.check(auth.state(), caller, request);
        return next.deleteRange(request, at);
    }

    @Override
    public Outcome txn(TxnRequest request, AppliedIndex at) {
        RequestAccess.check(auth.state(), caller, request);
        return next.txn(request, at);
    }

    /// A login needs no permission: the password was right.
    @Override
    public Outcome auth(AuthChange change, AppliedIndex at) {
        AuthState state = auth.state();
        if (!change.hasLogin()) {
            state.checkRoot(caller);
        }
        return next.auth(change, at);
    }
}
