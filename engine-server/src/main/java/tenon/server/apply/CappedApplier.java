package tenon.server.apply;

import tenon.mvcc.AppliedIndex;
import tenon.server.alarm.Alarms;
import tenon.server.error.EtcdError;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.quota.RequestCost;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.TxnRequest;

/// While the NOSPACE alarm stands, nothing that grows the store is applied. Deletions and compactions are.
final class CappedApplier extends ApplierLayer {
    private final Alarms alarms;

    CappedApplier(Applier next, Alarms alarms) {
        super(next);
        this.alarms = alarms;
    }

    @Override
    public Outcome put(PutRequest request, AppliedIndex at) {
        checkRoom();
        return next.put(request, at);
    }

    @Override
    public Outcome txn(TxnRequest request, AppliedIndex at) {
        if (RequestCost.ofTxn(request) > 0) {
            checkRoom();
        }
        return next.txn(request, at);
    }

    private void checkRoom() {
        if (alarms.stands(AlarmType.NOSPACE)) {
            throw EtcdError.NO_SPACE.exception();
        }
    }
}
