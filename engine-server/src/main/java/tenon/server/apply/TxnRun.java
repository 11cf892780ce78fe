package tenon.server.apply;

import java.util.Iterator;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.server.kv.AnswerMemory;
import tenon.server.kv.RangeQuery;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.ResponseHeader;
import tenon.server.rpc.ResponseOp;
import tenon.server.rpc.TxnRequest;
import tenon.server.rpc.TxnResponse;

/// Carries out the operations of a transaction in order. Those that read see what those before them wrote.
public final class TxnRun {
    private final ReadTxn view;
    /// Null if there is nothing to write.
    private final KeyWriter writer;
    private final AnswerMemory.Share share;

    private TxnRun(ReadTxn view, KeyWriter writer, AnswerMemory.Share share) {
        this.view = view;
        this.writer = writer;
        this.share = share;
    }

    /// Carries out a transaction that only reads.
    ///
    /// @param share is asked for room for what is read; once it refuses, the answer is not whole
    /// @return with a header that holds the revision only
    public static TxnResponse.Builder read(ReadTxn view, TxnRequest request, AnswerMemory.Share share) {
        TxnPath path = TxnPath.of(view, request);
        path.check(view);
        return new TxnRun(view, null, share).run(path).setHeader(revisionOnly(view.revision()));
    }

    /// Carries out a transaction, all of it or, if it is refused, nothing. What it writes does not depend on the room that
    /// there is for the answer.
    ///
    /// @param share is asked for room for what is read; once it refuses, the answer is not whole
    static TxnResponse.Builder write(WriteTxn txn, TxnRequest request, AnswerMemory.Share share) {
        TxnPath path = TxnPath.of(txn, request);
        path.check(txn);
        KeyWriter writer = new KeyWriter(txn, share);
        TxnResponse.Builder response = new TxnRun(txn, writer, share).run(path);
        return response.setHeader(revisionOnly(writer.revision()));
    }

    /// Whether a transaction cannot change anything, whichever way it goes.
    public static boolean isReadOnly(TxnRequest request) {
        return request.getSuccessList().stream().allMatch(TxnRun::isReadOnly)
                && request.getFailureList().stream().allMatch(TxnRun::isReadOnly);
    }

    private static boolean isReadOnly(RequestOp op) {
        return op.hasRequestRange() || (op.hasRequestTxn() && isReadOnly(op.getRequestTxn()));
    }

    private TxnResponse.Builder run(TxnPath path) {
        TxnResponse.Builder response = TxnResponse.newBuilder().setSucceeded(path.succeeded());
        Iterator<TxnPath> nested = path.nested().iterator();
        for (RequestOp op : path.ops()) {
            ResponseOp.Builder result = response.addResponsesBuilder();
            switch (op.getRequestCase()) {
                case REQUEST_RANGE -> result.setResponseRange(
                        RangeQuery.read(view, op.getRequestRange(), share));
                case REQUEST_PUT -> result.setResponsePut(writer.put(op.getRequestPut()));
                case REQUEST_DELETE_RANGE -> result.setResponseDeleteRange(
                        writer.deleteRange(op.getRequestDeleteRange()));
                case REQUEST_TXN -> result.setResponseTxn(
                        run(nested.next()).setHeader(ResponseHeader.getDefaultInstance()));
                case REQUEST_NOT_SET -> {}
            }
        }
        return response;
    }

    private static ResponseHeader revisionOnly(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }
}
