package tenon.server.apply;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import tenon.mvcc.RangeCount;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.server.kv.RangeQuery;
import tenon.server.kv.Records;
import tenon.server.rpc.Compare;
import tenon.server.rpc.KeyValue;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.TxnRequest;

/// Which way a transaction goes. As in etcd, all comparisons, those of nested transactions too, look at the state
/// before the transaction.
///
/// @param succeeded whether all comparisons hold
/// @param ops of the branch that is taken
/// @param nested the paths of the transactions among `ops`, in their order
public record TxnPath(boolean succeeded, List<RequestOp> ops, List<TxnPath> nested) {
    private static final KeyValue MISSING = KeyValue.getDefaultInstance();

    /// Decides which way it goes.
    public static TxnPath of(ReadTxn view, TxnRequest request) {
        boolean succeeded = true;
        for (Compare compare : request.getCompareList()) {
            if (!holds(view, compare)) {
                succeeded = false;
                break;
            }
        }
        List<RequestOp> ops = succeeded ? request.getSuccessList() : request.getFailureList();
        List<TxnPath> nested = new ArrayList<>();
        for (RequestOp op : ops) {
            if (op.hasRequestTxn()) {
                nested.add(of(view, op.getRequestTxn()));
            }
        }
        return new TxnPath(succeeded, ops, nested);
    }

    /// Refuses what cannot be carried out, before anything is changed. As in etcd, the first put that cannot be is
    /// told before the first range.
    public void check(ReadTxn view) {
        checkPuts(view);
        checkRanges(view);
    }

    private void checkPuts(ReadTxn view) {
        ops.stream().filter(RequestOp::hasRequestPut).forEach(op -> KeyWriter.check(view, op.getRequestPut()));
        nested.forEach(path -> path.checkPuts(view));
    }

    private void checkRanges(ReadTxn view) {
        ops.stream()
                .filter(RequestOp::hasRequestRange)
                .forEach(op -> RangeQuery.checkRevision(view, op.getRequestRange()));
        nested.forEach(path -> path.checkRanges(view));
    }

    /// A comparison of a range must hold for every key in it.
    private static boolean holds(ReadTxn view, Compare compare) {
        boolean[] holds = {true};
        RangeCount found = view.visit(
                Records.range(compare.getKey(), compare.getRangeEnd()),
                RangeOptions.DEFAULT,
                keyValue -> holds[0] = holds(Records.toWire(keyValue), compare));
        if (found.count() == 0) {
            // A missing key has revisions and version 0, but no value, not even an empty one.
            return compare.getTarget() != Compare.CompareTarget.VALUE && holds(MISSING, compare);
        }
        return holds[0];
    }

    /// A comparand of another kind than the target counts as 0, or as empty.
    private static boolean holds(KeyValue found, Compare compare) {
        int order =
                switch (compare.getTarget()) {
                    case VERSION -> Long.compare(found.getVersion(), compare.getVersion());
                    case CREATE -> Long.compare(found.getCreateRevision(), compare.getCreateRevision());
                    case MOD -> Long.compare(found.getModRevision(), compare.getModRevision());
                    case LEASE -> Long.compare(found.getLease(), compare.getLease());
                    case VALUE -> ByteString.unsignedLexicographicalComparator()
                            .compare(found.getValue(), compare.getValue());
                    case UNRECOGNIZED -> 0;
                };
        return switch (compare.getResult()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            case UNRECOGNIZED -> true;
        };
    }
}
