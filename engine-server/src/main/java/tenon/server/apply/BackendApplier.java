package tenon.server.apply;

import com.google.protobuf.Message;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import tenon.api.Clock;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccException;
import tenon.mvcc.MvccStore;
import tenon.mvcc.WriteTxn;
import tenon.server.alarm.AlarmStore;
import tenon.server.auth.AuthStore;
import tenon.server.auth.Caller;
import tenon.server.divergence.StateComparison;
import tenon.server.divergence.stored.StateCheck;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.kv.AnswerMemory;
import tenon.server.kv.MvccErrors;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.membership.MembershipStore;
import tenon.server.membership.stored.MemberAttributes;
import tenon.server.metrics.BatchAge;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;
import tenon.server.proposal.AuthChange;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmResponse;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.CompactionResponse;
import tenon.server.rpc.DeleteRangeRequest;
import tenon.server.rpc.DeleteRangeResponse;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.ResponseHeader;
import tenon.server.rpc.TxnRequest;
import tenon.server.rpc.TxnResponse;

/// The innermost layer: changes the key space, the alarms, users and roles, and what members tell of themselves and of
/// their states.
public final class BackendApplier implements Applier {
    private final MvccStore store;
    private final AlarmStore alarms;
    private final AuthStore auth;
    private final MembershipStore membership;
    private final StateComparison comparison;
    private final ResponseHeaders headers;
    private final AnswerMemory answers;
    private final BatchAge batchAge;
    private final Clock clock;
    private final StageRecorder stages;
    private final NodeCounters counters;

    public BackendApplier(
            MvccStore store,
            AlarmStore alarms,
            AuthStore auth,
            MembershipStore membership,
            StateComparison comparison,
            ResponseHeaders headers,
            AnswerMemory answers,
            BatchAge batchAge,
            Clock clock,
            StageRecorder stages,
            NodeCounters counters) {
        this.store = store;
        this.alarms = alarms;
        this.auth = auth;
        this.membership = membership;
        this.comparison = comparison;
        this.headers = headers;
        this.answers = answers;
        this.batchAge = batchAge;
        this.clock = clock;
        this.stages = stages;
        this.counters = counters;
    }

    /// All have the same right here.
    @Override
    public void enter(Caller caller) {}

    @Override
    public Outcome put(PutRequest request, AppliedIndex at) {
        counters.puts.increment();
        return write(at, (txn, share) -> {
            KeyWriter.check(txn, request);
            PutResponse.Builder response = new KeyWriter(txn, share).put(request);
            return response.setHeader(completed(response.getHeader(), at)).build();
        });
    }

    @Override
    public Outcome deleteRange(DeleteRangeRequest request, AppliedIndex at) {
        counters.deletes.increment();
        return write(at, (txn, share) -> {
            DeleteRangeResponse.Builder response = new KeyWriter(txn, share).deleteRange(request);
            return response.setHeader(completed(response.getHeader(), at)).build();
        });
    }

    @Override
    public Outcome txn(TxnRequest request, AppliedIndex at) {
        counters.txns.increment();
        return write(at, (txn, share) -> {
            TxnResponse.Builder response = TxnRun.write(txn, request, share);
            return response.setHeader(completed(response.getHeader(), at)).build();
        });
    }

    @Override
    public Outcome compact(CompactionRequest request, AppliedIndex at) {
        CompletableFuture<Void> done = MvccErrors.translated(() -> store.compact(request.getRevision(), at));
        CompactionResponse response = CompactionResponse.newBuilder()
                .setHeader(headers.of(store.currentRevision(), at.term()))
                .build();
        return new Outcome(response, done);
    }

    @Override
    public Outcome alarm(AlarmRequest request, AppliedIndex at) {
        return Outcome.of(AlarmResponse.newBuilder()
                .addAllAlarms(alarms.apply(request))
                .setHeader(headers.of(store.currentRevision(), at.term()))
                .build());
    }

    @Override
    public Outcome auth(AuthChange change, AppliedIndex at) {
        ResponseHeader header = headers.of(store.currentRevision(), at.term());
        return Outcome.of(auth.apply(change, at.raftIndex(), header));
    }

    /// Who waits for it wants to know no more than that it is done.
    @Override
    public Outcome memberAttributes(MemberAttributes attributes, AppliedIndex at) {
        membership.apply(attributes);
        return Outcome.of(attributes);
    }

    /// As for those who wait for it.
    @Override
    public Outcome stateCheck(StateCheck check, AppliedIndex at) {
        comparison.apply(check, at);
        return Outcome.of(check);
    }

    /// Only the answer depends on the memory that there is, not what is written.
    private Outcome write(AppliedIndex at, BiFunction<WriteTxn, AnswerMemory.Share, Message> work) {
        try (AnswerMemory.Share share = answers.begin()) {
            Message response = MvccErrors.translated(() -> write(at, txn -> work.apply(txn, share)));
            if (share.isRefused()) {
                throw EtcdError.NO_MEMORY_FOR_ANSWER.exception();
            }
            return Outcome.of(response);
        }
    }

    private Message write(AppliedIndex at, Function<WriteTxn, Message> work) {
        long beginNs = clock.monotonicNs();
        WriteTxn txn = store.write(at);
        batchAge.onChange(beginNs);
        Message response;
        try {
            response = work.apply(txn);
        } catch (RequestException | MvccException e) {
            txn.close();
            throw e;
        } catch (RuntimeException | Error e) {
            txn.abandon(e);
            throw e;
        }
        long endNs = clock.monotonicNs();
        txn.close();
        stages.record(Stage.WRITE_TXN, endNs - beginNs);
        stages.record(Stage.INDEX, clock.monotonicNs() - endNs);
        return response;
    }

    private ResponseHeader completed(ResponseHeader revisionOnly, AppliedIndex at) {
        return headers.of(revisionOnly.getRevision(), at.term());
    }
}
