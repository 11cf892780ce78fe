package tenon.server.kv;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import tenon.api.Clock;
import tenon.server.auth.CallCredential;
import tenon.server.auth.Credential;
import tenon.server.auth.Caller;
import tenon.server.error.EtcdError;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;
import tenon.server.proposal.Proposal;
import tenon.server.replication.ReplicationLoop;

/// Makes proposals: checks first whether there is any point, and who asks, then ties the caller to the entry by a
/// request id. Safe for use by any thread; never blocks.
public final class Proposer {
    /// With more committed entries than this waiting to be applied, no more are proposed.
    public static final long UNAPPLIED_COUNT_MAX = 5000;
    /// Nor with so many bytes of them. What is committed counts no more as uncommitted, so that a store whose disk hangs
    /// would fill the memory.
    public static final long UNAPPLIED_SIZE_MAX_BYTES = Math.min(128L << 20, Runtime.getRuntime().maxMemory() / 8);

    private final ReplicationLoop loop;
    private final LongSupplier appliedIndex;
    private final LongSupplier unappliedBytes;
    private final PendingProposals pending;
    private final Function<Credential, CompletableFuture<Caller>> callers;
    private final RequestIds ids;
    private final int requestSizeMaxBytes;
    private final Clock clock;
    private final StageRecorder stages;
    private final NodeCounters counters;

    /// Where proposals go, and what is known there.
    ///
    /// @param appliedIndex of this node
    /// @param unappliedBytes of what is committed and waits here to be applied
    /// @param callers looks up whose credential it is
    public record Path(
            ReplicationLoop loop,
            LongSupplier appliedIndex,
            LongSupplier unappliedBytes,
            PendingProposals pending,
            RequestIds ids,
            Function<Credential, CompletableFuture<Caller>> callers) {}

    public Proposer(
            Path path, int requestSizeMaxBytes, Clock clock, StageRecorder stages, NodeCounters counters) {
        this.loop = path.loop;
        this.appliedIndex = path.appliedIndex;
        this.unappliedBytes = path.unappliedBytes;
        this.pending = path.pending;
        this.callers = path.callers;
        this.ids = path.ids;
        this.requestSizeMaxBytes = requestSizeMaxBytes;
        this.clock = clock;
        this.stages = stages;
        this.counters = counters;
    }

    /// Proposes a request of the call that this thread works for.
    ///
    /// @param request fills in the request; the rest is set here
    /// @return completes when it is applied, or fails with `RequestException`
    public CompletableFuture<Outcome> propose(Consumer<Proposal.Builder> request) {
        return proposeFor(CallCredential.find(), request);
    }

    /// Proposes a request of the one who has a credential.
    ///
    /// @param credential null for none
    /// @param request fills in the request; the rest is set here
    /// @return completes when it is applied, or fails with `RequestException`
    public CompletableFuture<Outcome> proposeFor(Credential credential, Consumer<Proposal.Builder> request) {
        if (credential == null) {
            return proposeForNobody(request);
        }
        return isBehind()
                ? refused(EtcdError.TOO_MANY_REQUESTS)
                : callers.apply(credential).thenCompose(caller -> propose(caller, request));
    }

    /// Proposes a request of the node's own, or of one who need not be known.
    ///
    /// @param request fills in the request; the rest is set here
    /// @return completes when it is applied, or fails with `RequestException`
    public CompletableFuture<Outcome> proposeForNobody(Consumer<Proposal.Builder> request) {
        return propose(Caller.NOBODY, request);
    }

    private CompletableFuture<Outcome> propose(Caller caller, Consumer<Proposal.Builder> request) {
        long beginNs = clock.monotonicNs();
        if (isBehind()) {
            return refused(EtcdError.TOO_MANY_REQUESTS);
        }
        long id = ids.next();
        Proposal.Builder proposal =
                Proposal.newBuilder().setId(id).setUser(caller.user()).setAuthRevision(caller.authRevision());
        request.accept(proposal);
        byte[] data = proposal.build().toByteArray();
        if (data.length > requestSizeMaxBytes) {
            return refused(EtcdError.REQUEST_TOO_LARGE);
        }
        CompletableFuture<Outcome> outcome = pending.register(id);
        loop.propose(data).exceptionally(dropped -> {
            counters.proposalsFailed.increment();
            pending.fail(id, (RuntimeException) dropped);
            return null;
        });
        stages.record(Stage.PROPOSE, clock.monotonicNs() - beginNs);
        return outcome;
    }

    private boolean isBehind() {
        return loop.view().commitIndex() - appliedIndex.getAsLong() > UNAPPLIED_COUNT_MAX
                || unappliedBytes.getAsLong() > UNAPPLIED_SIZE_MAX_BYTES;
    }

    private CompletableFuture<Outcome> refused(EtcdError error) {
        counters.proposalsFailed.increment();
        return CompletableFuture.failedFuture(error.exception());
    }
}
