package tenon.server.grpc;

import io.grpc.ServerServiceDefinition;
import tenon.server.kv.KvService;
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

    /// @param txnOpCountMax see [KvRequestCheck#checkTxn]
    static ServerServiceDefinition bind(KvService service, int txnOpCountMax) {
        return new ServiceMethods(KVGrpc.getServiceDescriptor())
                .add(KVGrpc.getRangeMethod(), new UnaryMethod<RangeRequest, RangeResponse>(request -> {
                    KvRequestCheck.checkRange(request);
                    return service.range(request);
                }))
                .add(KVGrpc.getPutMethod(), new UnaryMethod<PutRequest, PutResponse>(request -> {
                    KvRequestCheck.checkPut(request);
                    return service.put(request);
                }))
                .add(
                        KVGrpc.getDeleteRangeMethod(),
                        new UnaryMethod<DeleteRangeRequest, DeleteRangeResponse>(request -> {
                            KvRequestCheck.checkDeleteRange(request);
                            return service.deleteRange(request);
                        }))
                .add(KVGrpc.getTxnMethod(), new UnaryMethod<TxnRequest, TxnResponse>(request -> {
                    KvRequestCheck.checkTxn(request, txnOpCountMax);
                    return service.txn(request);
                }))
                .add(
                        KVGrpc.getCompactMethod(),
                        new UnaryMethod<CompactionRequest, CompactionResponse>(service::compact))
                .build();
    }
}
