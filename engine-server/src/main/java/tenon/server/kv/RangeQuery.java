package tenon.server.kv;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tenon.mvcc.RangeCount;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.server.error.EtcdError;
import tenon.server.rpc.KeyValue;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeRequest.SortOrder;
import tenon.server.rpc.RangeRequest.SortTarget;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.ResponseHeader;

/// Reads a range as etcd does: limit, filters by revision, order, keys only, count only.
///
/// The count is that of the whole range, whatever is filtered or cut off. An order by anything but the key without a
/// direction sorts what the limit has left, as in etcd.
public final class RangeQuery {
    /// From so many keys on, a range may take long.
    private static final long LARGE_LIMIT = 256;

    private RangeQuery() {}

    /// Whether this read may look at many keys.
    public static boolean isLarge(RangeRequest request) {
        if (request.getRangeEnd().isEmpty()) {
            return false;
        }
        // In the past, what is behind the limit is counted one by one.
        boolean isPast = request.getRevision() > 0;
        return isPast || !request.getCountOnly() && (storeLimit(request) == 0 || request.getLimit() > LARGE_LIMIT);
    }

    /// Refuses a revision that cannot be read, before anything is done.
    public static void checkRevision(ReadTxn view, RangeRequest request) {
        if (request.getRevision() > view.revision()) {
            throw EtcdError.FUTURE_REVISION.exception();
        }
        if (request.getRevision() > 0 && request.getRevision() < view.compactedRevision()) {
            throw EtcdError.COMPACTED.exception();
        }
    }

    /// @param share is asked for room for all that is found; once it refuses, the answer is not whole
    /// @return with a header that holds the revision only
    public static RangeResponse.Builder read(ReadTxn view, RangeRequest request, AnswerMemory.Share share) {
        RangeOptions options = new RangeOptions(request.getRevision(), storeLimit(request), request.getCountOnly());
        List<KeyValue> found = new ArrayList<>();
        RangeCount all = view.visit(Records.range(request.getKey(), request.getRangeEnd()), options, stored -> {
            KeyValue keyValue = Records.toWire(stored);
            if (!passes(keyValue, request)) {
                return true;
            }
            KeyValue wanted = needsValue(request) ? keyValue : withoutValue(keyValue);
            found.add(wanted);
            return share.take(wanted);
        });
        RangeResponse.Builder response = RangeResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setRevision(all.revision()))
                .setCount(all.count());
        sort(found, request);
        return cut(found, request, response);
    }

    private static boolean needsValue(RangeRequest request) {
        return !request.getKeysOnly() || request.getSortTarget() == SortTarget.VALUE;
    }

    /// Shares no bytes with the stored record, which would stay in memory as a whole.
    private static KeyValue withoutValue(KeyValue keyValue) {
        return keyValue.toBuilder()
                .setKey(ByteString.copyFrom(keyValue.getKey().asReadOnlyByteBuffer()))
                .clearValue()
                .build();
    }

    /// The limit for the store: one more than asked for, to learn whether there is more; 0 if all must be looked at.
    private static long storeLimit(RangeRequest request) {
        boolean needsAll = request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0
                || (request.getSortOrder() != SortOrder.NONE && !isOrderOfStore(request));
        long limit = request.getLimit();
        return needsAll || limit <= 0 || limit == Long.MAX_VALUE ? 0 : limit + 1;
    }

    private static boolean isOrderOfStore(RangeRequest request) {
        return request.getSortTarget() == SortTarget.KEY && request.getSortOrder() != SortOrder.DESCEND;
    }

    private static boolean passes(KeyValue keyValue, RangeRequest request) {
        return passes(keyValue.getModRevision(), request.getMinModRevision(), request.getMaxModRevision())
                && passes(keyValue.getCreateRevision(), request.getMinCreateRevision(), request.getMaxCreateRevision());
    }

    /// A bound of 0 bounds nothing.
    private static boolean passes(long revision, long minimum, long maximum) {
        return (minimum == 0 || revision >= minimum) && (maximum == 0 || revision <= maximum);
    }

    private static void sort(List<KeyValue> found, RangeRequest request) {
        if (isOrderOfStore(request)) {
            return;
        }
        Comparator<KeyValue> order =
                switch (request.getSortTarget()) {
                    case KEY -> Comparator.comparing(KeyValue::getKey, ByteString.unsignedLexicographicalComparator());
                    case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
                    case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
                    case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
                    case VALUE -> Comparator.comparing(
                            KeyValue::getValue, ByteString.unsignedLexicographicalComparator());
                    case UNRECOGNIZED -> throw EtcdError.INVALID_SORT_OPTION.exception();
                };
        found.sort(request.getSortOrder() == SortOrder.DESCEND ? order.reversed() : order);
    }

    private static RangeResponse.Builder cut(
            List<KeyValue> found, RangeRequest request, RangeResponse.Builder response) {
        long limit = request.getLimit();
        List<KeyValue> kept = found;
        if (limit > 0 && found.size() > limit) {
            kept = found.subList(0, (int) limit);
            response.setMore(true);
        }
        for (KeyValue keyValue : kept) {
            response.addKvs(request.getKeysOnly() && needsValue(request) ? withoutValue(keyValue) : keyValue);
        }
        return response;
    }
}
