package tenon.server.grpc;

import com.google.protobuf.Message;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import tenon.server.auth.CallCredential;
import tenon.server.auth.Credential;
import tenon.server.kv.KvService;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.CompactionResponse;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.KeyValue;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.ResponseHeader;
import tenon.server.rpc.TxnRequest;
import tenon.server.rpc.TxnResponse;

/// Remembers what got through to it, and answers as it is told.
final class FakeKv implements KvService {
    static final ResponseHeader HEADER = ResponseHeader.newBuilder()
            .setClusterId(7)
            .setMemberId(8)
            .setRevision(9)
            .setRaftTerm(2)
            .build();

    final Queue<Message> requests = new ConcurrentLinkedQueue<>();
    /// Of the last call, null for none.
    volatile Credential credential;
    /// The token of the last call, empty for none.
    volatile String token;
    /// Thrown by the next calls, if any.
    volatile RuntimeException thrown;
    /// What futures of the next calls fail with, if anything.
    volatile Throwable failure;
    /// Handed out for the next put, if any.
    volatile CompletableFuture<PutResponse> pendingPut;

    @Override
    public CompletableFuture<RangeResponse> range(RangeRequest request) {
        KeyValue echo = KeyValue.newBuilder().setKey(request.getKey()).build();
        return answer(
                request,
                RangeResponse.newBuilder().setHeader(HEADER).addKvs(echo).setCount(1).build());
    }

    @Override
    public CompletableFuture<PutResponse> put(PutRequest request) {
        CompletableFuture<PutResponse> answer =
                answer(request, PutResponse.newBuilder().setHeader(HEADER).build());
        return pendingPut != null ? pendingPut : answer;
    }

    @Override
    public CompletableFuture<DeleteRangeResponse> deleteRange(DeleteRangeRequest request) {
        return answer(
                request,
                DeleteRangeResponse.newBuilder().setHeader(HEADER).setDeleted(3).build());
    }

    @Override
    public CompletableFuture<TxnResponse> txn(TxnRequest request) {
        return answer(
                request,
                TxnResponse.newBuilder().setHeader(HEADER).setSucceeded(true).build());
    }

    @Override
    public CompletableFuture<CompactionResponse> compact(CompactionRequest request) {
        return answer(request, CompactionResponse.newBuilder().setHeader(HEADER).build());
    }

    private <R> CompletableFuture<R> answer(Message request, R response) {
        requests.add(request);
        credential = CallCredential.find();
        token = credential instanceof Credential.Token(String text) ? text : "";
        if (thrown != null) {
            throw thrown;
        }
        return failure != null ? CompletableFuture.failedFuture(failure) : CompletableFuture.completedFuture(response);
    }
}
