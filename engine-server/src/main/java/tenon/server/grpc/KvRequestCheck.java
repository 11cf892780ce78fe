package tenon.server.grpc;

import java.util.List;
import tenon.server.error.EtcdError;
import tenon.server.rpc.Compare;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;

/// Whether a request is well formed. What passes here, no later stop has to doubt. All methods fail with
/// [tenon.server.error.RequestException].
final class KvRequestCheck {
    private KvRequestCheck() {}

    static void checkRange(RangeRequest request) {
        if (request.getKey().isEmpty()) {
            throw EtcdError.EMPTY_KEY.exception();
        }
        if (request.getSortOrder() == RangeRequest.SortOrder.UNRECOGNIZED
                || request.getSortTarget() == RangeRequest.SortTarget.UNRECOGNIZED) {
            throw EtcdError.INVALID_SORT_OPTION.exception();
        }
    }

    static void checkPut(PutRequest request) {
        if (request.getKey().isEmpty()) {
            throw EtcdError.EMPTY_KEY.exception();
        }
        if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
            throw EtcdError.VALUE_PROVIDED.exception();
        }
        if (request.getIgnoreLease() && request.getLease() != 0) {
            throw EtcdError.LEASE_PROVIDED.exception();
        }
    }

    static void checkDeleteRange(DeleteRangeRequest request) {
        if (request.getKey().isEmpty()) {
            throw EtcdError.EMPTY_KEY.exception();
        }
    }

    /// @param opCountMax comparisons, or operations of one outcome; a nested txn may have as many as the one around it
    ///     has left over
    static void checkTxn(TxnRequest request, int opCountMax) {
        checkTxnOps(request, opCountMax);
        TxnWrites.of(request.getSuccessList());
        TxnWrites.of(request.getFailureList());
    }

    private static void checkTxnOps(TxnRequest request, int opCountMax) {
        int opCount = Math.max(
                request.getCompareCount(), Math.max(request.getSuccessCount(), request.getFailureCount()));
        if (opCount > opCountMax) {
            throw EtcdError.TOO_MANY_OPS.exception();
        }
        for (Compare compare : request.getCompareList()) {
            checkCompare(compare);
        }
        checkOps(request.getSuccessList(), opCountMax - opCount);
        checkOps(request.getFailureList(), opCountMax - opCount);
    }

    private static void checkCompare(Compare compare) {
        if (compare.getKey().isEmpty()) {
            throw EtcdError.EMPTY_KEY.exception();
        }
        if (compare.getResult() == Compare.CompareResult.UNRECOGNIZED
                || compare.getTarget() == Compare.CompareTarget.UNRECOGNIZED) {
            throw EtcdError.UNKNOWN_ENUM_VALUE.exception();
        }
    }

    private static void checkOps(List<RequestOp> ops, int nestedOpCountMax) {
        for (RequestOp op : ops) {
            switch (op.getRequestCase()) {
                case REQUEST_RANGE -> checkRange(op.getRequestRange());
                case REQUEST_PUT -> checkPut(op.getRequestPut());
                case REQUEST_DELETE_RANGE -> checkDeleteRange(op.getRequestDeleteRange());
                case REQUEST_TXN -> checkTxnOps(op.getRequestTxn(), nestedOpCountMax);
                // The word that etcd has for an operation that is none.
                case REQUEST_NOT_SET -> throw EtcdError.KEY_NOT_FOUND.exception();
            }
        }
    }
}
