package tenon.server.apply;

import tenon.mvcc.AppliedIndex;
import tenon.server.alarm.Alarms;
import tenon.server.error.EtcdError;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.TxnRequest;

/// While the CORRUPT alarm stands, nothing is changed but alarms.
final class CorruptApplier extends ApplierLayer {
    private final Alarms alarms;

    CorruptApplier(Applier next, Alarms alarms) {
        super(next);
        this.alarms = alarms;
    }

    @Override
    public Outcome put(PutRequest request, AppliedIndex at) {
        checkIntact();
        return next.put(request, at);
    }

    @Override
    public Outcome deleteRange(DeleteRangeRequest request, AppliedIndex at) {
        checkIntact();
        return next.deleteRange(request, at);
    }

    @Override
    public Outcome txn(TxnRequest request, AppliedIndex at) {
        checkIntact();
        return next.txn(request, at);
    }

    @Override
    public Outcome compact(CompactionRequest request, AppliedIndex at) {
        checkIntact();
        return next.compact(request, at);
    }

    private void checkIntact() {
        if (alarms.stands(AlarmType.CORRUPT)) {
            throw EtcdError.CORRUPT.exception();
        }
    }
}
