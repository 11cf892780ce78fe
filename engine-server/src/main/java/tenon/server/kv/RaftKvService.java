package tenon.server.kv;

import com.google.protobuf.Message;
import io.grpc.Context;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import tenon.mvcc.MvccStore;
import tenon.mvcc.ReadTxn;
import tenon.server.apply.ResponseHeaders;
import tenon.server.apply.TxnRun;
import tenon.server.auth.AccessControl;
import tenon.server.auth.AuthState;
import tenon.server.auth.CallCredential;
import tenon.server.auth.Credential;
import tenon.server.auth.Caller;
import tenon.server.auth.RequestAccess;
import tenon.server.error.EtcdError;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.metrics.NodeCounters;
import tenon.server.proposal.Proposal;
import tenon.server.replication.ReplicationLoop;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.CompactionResponse;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.RequestOp;
import tenon.server.rpc.ResponseHeader;
import tenon.server.rpc.TxnRequest;
import tenon.server.rpc.TxnResponse;

/// Turns writes into proposals and serves reads from snapshots of the key space.
public final class RaftKvService implements KvService {
    private final Proposer proposer;
    private final AccessControl access;
    private final LinearizableReads linearizable;
    private final ReaderThreads readers;
    private final MvccStore store;
    private final AnswerMemory answers;
    private final ReplicationLoop loop;
    private final ResponseHeaders headers;
    private final NodeCounters counters;

    /// What reads need.
    public record Reading(
            LinearizableReads linearizable,
            ReaderThreads readers,
            MvccStore store,
            AnswerMemory answers,
            AccessControl access) {}

    public RaftKvService(
            Proposer proposer, Reading reading, ReplicationLoop loop, ResponseHeaders headers, NodeCounters counters) {
        this.proposer = proposer;
        this.linearizable = reading.linearizable;
        this.readers = reading.readers;
        this.store = reading.store;
        this.answers = reading.answers;
        this.access = reading.access;
        this.loop = loop;
        this.headers = headers;
        this.counters = counters;
    }

    @Override
    public CompletableFuture<RangeResponse> range(RangeRequest request) {
        counters.ranges.increment();
        Access check = (state, caller) -> RequestAccess.check(state, caller, request);
        return read(request.getSerializable(), RangeQuery.isLarge(request), check, (view, share) -> {
            RangeQuery.checkRevision(view, request);
            RangeResponse.Builder response = RangeQuery.read(view, request, share);
            return response.setHeader(completed(response.getHeader())).build();
        });
    }

    @Override
    public CompletableFuture<PutResponse> put(PutRequest request) {
        return propose(proposal -> proposal.setPut(request), PutResponse.class);
    }

    @Override
    public CompletableFuture<DeleteRangeResponse> deleteRange(DeleteRangeRequest request) {
        return propose(proposal -> proposal.setDeleteRange(request), DeleteRangeResponse.class);
    }

    @Override
    public CompletableFuture<TxnResponse> txn(TxnRequest request) {
        if (!TxnRun.isReadOnly(request)) {
            return propose(proposal -> proposal.setTxn(request), TxnResponse.class);
        }
        Access check = (state, caller) -> RequestAccess.check(state, caller, request);
        return read(isSerializable(request), isLarge(request), check, (view, share) -> {
            TxnResponse.Builder response = TxnRun.read(view, request, share);
            return response.setHeader(completed(response.getHeader())).build();
        });
    }

    @Override
    public CompletableFuture<CompactionResponse> compact(CompactionRequest request) {
        CompletableFuture<Outcome> outcome = proposer.propose(proposal -> proposal.setCompaction(request));
        return outcome.thenCompose(done -> {
            CompactionResponse response = (CompactionResponse) done.response();
            return request.getPhysical() && done.background() != null
                    ? done.background().thenApply(_ -> response)
                    : CompletableFuture.completedFuture(response);
        });
    }

    private <T extends Message> CompletableFuture<T> propose(Consumer<Proposal.Builder> request, Class<T> type) {
        return proposer.propose(request).thenApply(outcome -> type.cast(outcome.response()));
    }

    /// Whether a caller may have what a read gives.
    private interface Access {
        void check(AuthState state, Caller caller);
    }

    private <T> CompletableFuture<T> read(
            boolean serializable, boolean isLarge, Access check, BiFunction<ReadTxn, AnswerMemory.Share, T> work) {
        Credential credential = CallCredential.find();
        Context call = Context.current();
        CompletableFuture<Void> ready =
                serializable ? CompletableFuture.completedFuture(null) : linearizable.ready();
        return ready.thenCompose(_ -> access.identify(credential))
                .thenCompose(caller -> readers.submit(isLarge, () -> MvccErrors.translated(() -> {
                    if (call.isCancelled()) {
                        // Nobody hears it.
                        throw EtcdError.TIMEOUT.exception();
                    }
                    check.check(access.state(), caller);
                    try (ReadTxn view = store.read();
                            AnswerMemory.Share share = answers.begin()) {
                        T result = work.apply(view, share);
                        share.check();
                        return checkedAgain(caller, result);
                    }
                })));
    }

    /// What was read may be newer than what was checked: if a permission was taken back meanwhile, a key may have been
    /// put that the caller must not see.
    private <T> T checkedAgain(Caller caller, T result) {
        if (caller.authRevision() != 0 && caller.authRevision() != access.state().revision()) {
            throw EtcdError.AUTH_OLD_REVISION.exception();
        }
        return result;
    }

    /// A transaction that reads nothing but its comparisons is linearizable.
    private static boolean isSerializable(TxnRequest request) {
        return request.getSuccessCount() + request.getFailureCount() > 0
                && request.getSuccessList().stream().allMatch(RaftKvService::isSerializable)
                && request.getFailureList().stream().allMatch(RaftKvService::isSerializable);
    }

    private static boolean isSerializable(RequestOp op) {
        return op.hasRequestRange()
                ? op.getRequestRange().getSerializable()
                : op.hasRequestTxn() && isSerializable(op.getRequestTxn());
    }

    private static boolean isLarge(TxnRequest request) {
        return request.getCompareList().stream().anyMatch(compare -> !compare.getRangeEnd().isEmpty())
                || request.getSuccessList().stream().anyMatch(RaftKvService::isLarge)
                || request.getFailureList().stream().anyMatch(RaftKvService::isLarge);
    }

    private static boolean isLarge(RequestOp op) {
        return op.hasRequestRange() ? RangeQuery.isLarge(op.getRequestRange()) : isLarge(op.getRequestTxn());
    }

    private ResponseHeader completed(ResponseHeader revisionOnly) {
        return headers.of(revisionOnly.getRevision(), loop.view().term());
    }
}
