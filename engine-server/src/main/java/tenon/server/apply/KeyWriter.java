package tenon.server.apply;

import com.google.protobuf.ByteString;
import java.util.List;
import tenon.mvcc.KeyRange;
import tenon.mvcc.KeyValue;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.server.error.EtcdError;
import tenon.server.kv.AnswerMemory;
import tenon.server.kv.Records;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.ResponseHeader;

/// Puts and deletes in one write transaction. Responses get a header that holds the revision only.
final class KeyWriter {
    private final WriteTxn txn;
    private final AnswerMemory.Share share;
    private boolean changed;

    /// @param share is asked for room for previous key-values; once it refuses, responses are not whole
    KeyWriter(WriteTxn txn, AnswerMemory.Share share) {
        this.txn = txn;
        this.share = share;
    }

    /// Refuses a put that cannot be carried out, before anything is changed.
    static void check(ReadTxn view, PutRequest request) {
        if ((request.getIgnoreValue() || request.getIgnoreLease()) && find(view, request.getKey()) == null) {
            throw EtcdError.KEY_NOT_FOUND.exception();
        }
        if (request.getLease() != 0) {
            throw EtcdError.LEASE_NOT_FOUND.exception();
        }
    }

    PutResponse.Builder put(PutRequest request) {
        PutResponse.Builder response = PutResponse.newBuilder();
        boolean keepsSomething = request.getIgnoreValue() || request.getIgnoreLease();
        KeyValue previous = keepsSomething || request.getPrevKv() ? find(txn, request.getKey()) : null;
        if (keepsSomething && previous == null) {
            throw EtcdError.KEY_NOT_FOUND.exception();
        }
        byte[] value = request.getIgnoreValue() ? previous.value() : request.getValue().toByteArray();
        long leaseId = request.getIgnoreLease() ? previous.leaseId() : request.getLease();
        long revision = txn.put(request.getKey().toByteArray(), value, leaseId);
        changed = true;
        if (request.getPrevKv() && previous != null) {
            response.setPrevKv(answered(previous));
        }
        return response.setHeader(ResponseHeader.newBuilder().setRevision(revision));
    }

    DeleteRangeResponse.Builder deleteRange(DeleteRangeRequest request) {
        DeleteRangeResponse.Builder response = DeleteRangeResponse.newBuilder();
        KeyRange range = Records.range(request.getKey(), request.getRangeEnd());
        if (request.getPrevKv()) {
            txn.visit(range, RangeOptions.DEFAULT, previous -> {
                response.addPrevKvs(answered(previous));
                return !share.isRefused();
            });
        }
        long deleted = txn.deleteRange(range);
        changed |= deleted > 0;
        return response.setDeleted(deleted).setHeader(ResponseHeader.newBuilder().setRevision(revision()));
    }

    /// The store's revision once this transaction ends.
    long revision() {
        return changed ? txn.revision() + 1 : txn.revision();
    }

    private tenon.server.rpc.KeyValue answered(KeyValue previous) {
        tenon.server.rpc.KeyValue keyValue = Records.toWire(previous);
        share.take(keyValue);
        return keyValue;
    }

    private static KeyValue find(ReadTxn view, ByteString key) {
        List<KeyValue> found =
                view.range(KeyRange.single(key.toByteArray()), RangeOptions.DEFAULT).keyValues();
        return found.isEmpty() ? null : found.getFirst();
    }
}
