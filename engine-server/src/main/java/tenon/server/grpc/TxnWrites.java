package tenon.server.grpc;

import com.google.protobuf.ByteString;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tenon.server.error.EtcdError;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.RequestOp;

/// What one outcome of a txn may write, nested txns included: keys that are put, ranges that are deleted. A txn puts a
/// key once at most, and does not delete it as well; deleting twice is fine. Of a nested txn only one outcome happens,
/// so both may put the same key.
///
/// One thing is stricter than in etcd, which overlooks deletes without an upper bound (`range_end` of one zero byte).
final class TxnWrites {
    private static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);
    private static final TxnWrites NONE = new TxnWrites();

    private final Set<ByteString> puts = new TreeSet<>(ORDER);
    // First key to end, disjoint. An empty end is no bound.
    private final NavigableMap<ByteString, ByteString> deletes = new TreeMap<>(ORDER);

    private TxnWrites() {}

    /// @throws tenon.server.error.RequestException with [EtcdError#DUPLICATE_KEY]
    static TxnWrites of(List<RequestOp> ops) {
        if (ops.isEmpty()) {
            return NONE;
        }
        TxnWrites writes = new TxnWrites();
        for (RequestOp op : ops) {
            if (op.hasRequestDeleteRange()) {
                writes.addDelete(op.getRequestDeleteRange());
            }
        }
        for (RequestOp op : ops) {
            if (op.hasRequestTxn()) {
                writes.addOutcomes(
                        of(op.getRequestTxn().getSuccessList()),
                        of(op.getRequestTxn().getFailureList()));
            }
        }
        for (RequestOp op : ops) {
            if (op.hasRequestPut()) {
                writes.addPut(op.getRequestPut().getKey());
            }
        }
        return writes;
    }

    private void addOutcomes(TxnWrites success, TxnWrites failure) {
        success.puts.forEach(this::addPut);
        for (ByteString key : failure.puts) {
            if (!success.puts.contains(key)) {
                addPut(key);
            }
        }
        success.deletes.forEach(this::addDelete);
        failure.deletes.forEach(this::addDelete);
    }

    private void addPut(ByteString key) {
        if (!puts.add(key) || isDeleted(key)) {
            throw EtcdError.DUPLICATE_KEY.exception();
        }
    }

    private boolean isDeleted(ByteString key) {
        Map.Entry<ByteString, ByteString> range = deletes.floorEntry(key);
        return range != null && isBefore(key, range.getValue());
    }

    private void addDelete(DeleteRangeRequest request) {
        ByteString key = request.getKey();
        ByteString rangeEnd = request.getRangeEnd();
        if (rangeEnd.isEmpty()) {
            addDelete(key, key.concat(ZERO));
        } else if (rangeEnd.equals(ZERO)) {
            addDelete(key, ByteString.EMPTY);
        } else if (ORDER.compare(key, rangeEnd) < 0) {
            addDelete(key, rangeEnd);
        }
    }

    /// Joins the range with those that it meets.
    private void addDelete(ByteString from, ByteString to) {
        ByteString first = from;
        ByteString end = to;
        Map.Entry<ByteString, ByteString> before = deletes.floorEntry(from);
        if (before != null && isBefore(from, before.getValue())) {
            first = before.getKey();
            end = later(end, before.getValue());
        }
        for (Map.Entry<ByteString, ByteString> next = deletes.higherEntry(first);
                next != null && isBefore(next.getKey(), end);
                next = deletes.higherEntry(first)) {
            end = later(end, next.getValue());
            deletes.remove(next.getKey());
        }
        deletes.put(first, end);
    }

    private static boolean isBefore(ByteString key, ByteString end) {
        return end.isEmpty() || ORDER.compare(key, end) < 0;
    }

    private static ByteString later(ByteString end, ByteString other) {
        return !end.isEmpty() && isBefore(end, other) ? other : end;
    }
}
