package tenon.server.apply;

import tenon.mvcc.AppliedIndex;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.quota.Quota;
import tenon.server.quota.RequestCost;
import tenon.server.quota.SpaceAlarm;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.TxnRequest;

/// Watches the quota from where all members' writes come by, and raises the alarm. It refuses nothing: the size of the
/// file differs between members, and what a log entry does must not. So an error always means that nothing was written.
final class QuotaApplier extends ApplierLayer {
    private final Quota quota;
    private final SpaceAlarm spaceAlarm;

    QuotaApplier(Applier next, Quota quota, SpaceAlarm spaceAlarm) {
        super(next);
        this.quota = quota;
        this.spaceAlarm = spaceAlarm;
    }

    @Override
    public Outcome put(PutRequest request, AppliedIndex at) {
        maybeRaiseAlarm(RequestCost.ofPut(request));
        return next.put(request, at);
    }

    @Override
    public Outcome txn(TxnRequest request, AppliedIndex at) {
        maybeRaiseAlarm(RequestCost.ofTxn(request));
        return next.txn(request, at);
    }

    private void maybeRaiseAlarm(long costBytes) {
        if (!quota.admits(costBytes)) {
            spaceAlarm.raise();
        }
    }
}
