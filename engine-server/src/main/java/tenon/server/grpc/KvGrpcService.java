package tenon.server.grpc;

import io.grpc.ServerServiceDefinition;
import java.util.function.Consumer;
import tenon.api.Clock;
import tenon.server.auth.AuthService;
import tenon.server.kv.AnswerMemory;
import tenon.server.kv.KvService;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.CompactionResponse;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.TxnRequest;
import tenon.server.rpc.TxnResponse;

/// `etcdserverpb.KV`: the first stop of a write. Requests leave here well formed.
final class KvGrpcService {
    private KvGrpcService() {}

    /// What requests are checked by, and where that is timed for writes.
    ///
    /// @param txnOpCountMax see [KvRequestCheck#checkTxn]
    record FormCheck(int txnOpCountMax, Clock clock, StageRecorder stages) {
        private <Q> Q timed(Q request, Consumer<Q> check) {
            long beginNs = clock.monotonicNs();
            check.accept(request);
            stages.record(Stage.RECEIVE, clock.monotonicNs() - beginNs);
            return request;
        }
    }

    /// @param answers for responses on their way
    static ServerServiceDefinition bind(
            FormCheck form, AnswerMemory answers, KvService service, AuthService auth) {
        return new ServiceMethods(KVGrpc.getServiceDescriptor())
                .add(
                        KVGrpc.getRangeMethod(),
                        new UnaryMethod<RangeRequest, RangeResponse>(
                                request -> {
                                    KvRequestCheck.checkRange(request);
                                    return service.range(request);
                                },
                                answers))
                .add(
                        KVGrpc.getPutMethod(),
                        new UnaryMethod<PutRequest, PutResponse>(
                                request -> service.put(form.timed(request, KvRequestCheck::checkPut)), answers))
                .add(
                        KVGrpc.getDeleteRangeMethod(),
                        new UnaryMethod<DeleteRangeRequest, DeleteRangeResponse>(
                                request -> service.deleteRange(form.timed(request, KvRequestCheck::checkDeleteRange)),
                                answers))
                .add(
                        KVGrpc.getTxnMethod(),
                        new UnaryMethod<TxnRequest, TxnResponse>(
                                request -> service.txn(form.timed(
                                        request, txn -> KvRequestCheck.checkTxn(txn, form.txnOpCountMax))),
                                answers))
                .add(
                        KVGrpc.getCompactMethod(),
                        new UnaryMethod<CompactionRequest, CompactionResponse>(
                                request -> auth.checkRoot().thenCompose(_ -> service.compact(request))))
                .build();
    }
}
