package tenon.server.quota;

import java.util.List;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;

/// By how many bytes a request may grow the store; 0 if it cannot.
public final class RequestCost {
    /// What a version of a key needs beside key and value.
    public static final int KEY_VALUE_OVERHEAD_BYTES = 256;

    private RequestCost() {}

    public static long ofPut(PutRequest put) {
        return (long) KEY_VALUE_OVERHEAD_BYTES + put.getKey().size() + put.getValue().size();
    }

    /// The more expensive branch counts, at every level.
    public static long ofTxn(TxnRequest txn) {
        return Math.max(ofOps(txn.getSuccessList()), ofOps(txn.getFailureList()));
    }

    private static long ofOps(List<RequestOp> ops) {
        long cost = 0;
        for (RequestOp op : ops) {
            cost += switch (op.getRequestCase()) {
                case REQUEST_PUT -> ofPut(op.getRequestPut());
                case REQUEST_TXN -> ofTxn(op.getRequestTxn());
                case REQUEST_RANGE, REQUEST_DELETE_RANGE, REQUEST_NOT_SET -> 0;
            };
        }
        return cost;
    }
}
