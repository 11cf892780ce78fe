package tenon.server.auth;

import com.google.protobuf.ByteString;
import java.util.List;
import tenon.server.rpc.Compare;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;

/// What a request for keys needs permission for. All methods fail with [tenon.server.error.RequestException].
public final class RequestAccess {
    private RequestAccess() {}

    public static void check(AuthState state, Caller caller, RangeRequest request) {
        state.checkRead(caller, request.getKey(), request.getRangeEnd());
    }

    public static void check(AuthState state, Caller caller, PutRequest request) {
        state.checkWrite(caller, request.getKey(), ByteString.EMPTY);
        if (request.getPrevKv()) {
            state.checkRead(caller, request.getKey(), ByteString.EMPTY);
        }
    }

    public static void check(AuthState state, Caller caller, DeleteRangeRequest request) {
        state.checkWrite(caller, request.getKey(), request.getRangeEnd());
        if (request.getPrevKv()) {
            state.checkRead(caller, request.getKey(), request.getRangeEnd());
        }
    }

    /// All of a transaction counts, whichever way it would go, and so does all of those that it nests.
    public static void check(AuthState state, Caller caller, TxnRequest request) {
        if (!state.enabled()) {
            return;
        }
        for (Compare compare : request.getCompareList()) {
            state.checkRead(caller, compare.getKey(), compare.getRangeEnd());
        }
        check(state, caller, request.getSuccessList());
        check(state, caller, request.getFailureList());
    }

    private static void check(AuthState state, Caller caller, List<RequestOp> ops) {
        for (RequestOp op : ops) {
            switch (op.getRequestCase()) {
                case REQUEST_RANGE -> check(state, caller, op.getRequestRange());
                case REQUEST_PUT -> check(state, caller, op.getRequestPut());
                case REQUEST_DELETE_RANGE -> check(state, caller, op.getRequestDeleteRange());
                case REQUEST_TXN -> check(state, caller, op.getRequestTxn());
                case REQUEST_NOT_SET -> {}
            }
        }
    }
}
