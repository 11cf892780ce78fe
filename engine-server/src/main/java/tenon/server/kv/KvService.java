package tenon.server.kv;

import java.util.concurrent.CompletableFuture;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.CompactionResponse;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.TxnRequest;
import tenon.server.rpc.TxnResponse;

/// Serves the key space. Requests are well formed when they get here. Never blocks the calling thread; a future fails
/// with [tenon.server.error.RequestException]. Layers of it are stacked: quota over Raft.
public interface KvService {
    CompletableFuture<RangeResponse> range(RangeRequest request);

    CompletableFuture<PutResponse> put(PutRequest request);

    CompletableFuture<DeleteRangeResponse> deleteRange(DeleteRangeRequest request);

    CompletableFuture<TxnResponse> txn(TxnRequest request);

    CompletableFuture<CompactionResponse> compact(CompactionRequest request);
}
