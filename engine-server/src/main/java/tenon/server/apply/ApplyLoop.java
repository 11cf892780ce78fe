package tenon.server.apply;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import tenon.api.Clock;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Platform;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccStore;
import tenon.raft.ConfChangeCodec;
import tenon.server.auth.Caller;
import tenon.server.error.RequestException;
import tenon.server.kv.PendingProposals;
import tenon.server.kv.PendingProposals.Outcome;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;
import tenon.server.proposal.Proposal;
import tenon.server.replication.EventQueue;
import tenon.server.replication.Joining;
import tenon.server.rpc.PutRequest;

/// Applies committed entries in order, and answers those who wait for them. The only one that changes the key space.
/// That is done on its own thread, or, where it takes less time than to wake that one, by whom [#assist] is called.
///
/// Invariant: the store's index, the waiters' index and the last entry taken are equal between two entries.
public final class ApplyLoop implements AutoCloseable {
    private final MvccStore store;
    private final Applier applier;
    private final ConfChangeApplier confChanges;
    private final PendingProposals pending;
    private final AppliedWaiters waiters;
    private final Clock clock;
    private final Platform platform;
    private final StageRecorder stages;
    private final EventQueue<Batch> batches = new EventQueue<>(this::applyAll);
    /// Of the entries that were submitted and are not applied yet.
    private final AtomicLong waitingBytes = new AtomicLong();
    /// When it began with the entry that it is at, 0 while it waits for one.
    private volatile long busySinceNs;
    private Consumer<Throwable> onFailure;
    private Thread thread;
    /// Who looks after what it submits, or null.
    private volatile Assistant assistant;

    private record Assistant(Thread thread, BooleanSupplier isCalled) {
        boolean isFree() {
            return thread == Thread.currentThread() && !isCalled.getAsBoolean();
        }
    }

    /// @param brief what its only entry holds, if to apply that is over at once; else null
    private record Batch(List<Entry> entries, long submittedNs, Proposal brief) {
        /// Not too long for one that came along for something else.
        private static final int BRIEF_SIZE_MAX_BYTES = 16 << 10;

        /// Finds one put that looks nothing up; null if that is not what there is.
        static Proposal findBrief(List<Entry> entries) {
            Entry first = entries.getFirst();
            if (entries.size() > 1
                    || first.type() != EntryType.NORMAL
                    || first.data().length > BRIEF_SIZE_MAX_BYTES) {
                return null;
            }
            Proposal proposal = ProposalDecoder.find(first);
            if (proposal == null || !proposal.hasPut()) {
                return null;
            }
            PutRequest put = proposal.getPut();
            return put.getPrevKv() || put.getIgnoreValue() || put.getIgnoreLease() ? null : proposal;
        }
    }

    /// What the loop works with.
    ///
    /// @param applier of requests
    public record Parts(
            MvccStore store,
            Applier applier,
            ConfChangeApplier confChanges,
            PendingProposals pending,
            AppliedWaiters waiters) {}

    public ApplyLoop(Parts parts, Platform platform, StageRecorder stages) {
        this.store = parts.store;
        this.applier = parts.applier;
        this.confChanges = parts.confChanges;
        this.pending = parts.pending;
        this.waiters = parts.waiters;
        this.platform = platform;
        this.clock = platform.clock();
        this.stages = stages;
    }

    /// @param onFailure told, on the loop's thread, why nothing is applied any more
    public void start(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        thread = platform.threads().start("tenon-apply", this::run);
    }

    /// Takes committed entries, in order, without gaps.
    ///
    /// @param sizeBytes of their data
    public void submit(List<Entry> entries, long sizeBytes) {
        waitingBytes.addAndGet(sizeBytes);
        Assistant present = assistant;
        boolean mayAssist = present != null && present.isFree() && store.backend().hasRoom();
        Proposal brief = mayAssist ? Batch.findBrief(entries) : null;
        Batch batch = new Batch(entries, clock.monotonicNs(), brief);
        if (brief != null) {
            batches.offerWithoutHurry(batch);
        } else {
            batches.offerToThread(batch);
        }
    }

    /// Does what may end in a submission by this thread, and then, if the loop is idle, applies what is brief of that.
    /// To be called by one thread only, which does not mind a moment's work, and if things go very wrong a long one.
    ///
    /// @param isCalled whether that thread has something else to do
    public void assist(Runnable cause, BooleanSupplier isCalled) {
        assistant = new Assistant(Thread.currentThread(), isCalled);
        try {
            cause.run();
        } finally {
            assistant = null;
            batches.hurry();
        }
    }

    /// Everything up to here is applied and visible.
    public long appliedIndex() {
        return waiters.appliedIndex();
    }

    /// What was submitted and is not applied: as long as the store's disk hangs, this grows.
    public long waitingBytes() {
        return waitingBytes.get();
    }

    /// For how long it has been at one entry. It waits there for the store once two batches are full: as long as a disk
    /// hangs, this grows.
    public long stalledNs() {
        long sinceNs = busySinceNs;
        return sinceNs == 0 ? 0 : clock.monotonicNs() - sinceNs;
    }

    /// Applies what was submitted and ends the thread.
    @Override
    public void close() {
        batches.close();
        Joining.join(thread);
    }

    private void run() {
        try {
            batches.run(() -> {});
        } catch (InterruptedException e) {
            onFailure.accept(new IllegalStateException("the apply loop was interrupted", e));
        } catch (RuntimeException | Error e) {
            onFailure.accept(e);
        } finally {
            batches.close();
        }
    }

    private EventQueue.After applyAll(List<Batch> waiting) {
        for (Batch batch : waiting) {
            for (Entry entry : batch.entries) {
                long beginNs = clock.monotonicNs();
                busySinceNs = beginNs | 1;
                apply(entry, batch, beginNs);
                waitingBytes.addAndGet(-entry.data().length);
            }
        }
        busySinceNs = 0;
        return EventQueue.After.IDLE;
    }

    private void apply(Entry entry, Batch batch, long beginNs) {
        long appliedIndex = store.appliedIndex().raftIndex();
        if (entry.raftIndex() <= appliedIndex) {
            return;
        }
        if (entry.raftIndex() != appliedIndex + 1) {
            throw new IllegalStateException(
                    "entry " + entry + " was committed, but only " + appliedIndex + " entries are applied");
        }
        AppliedIndex at = new AppliedIndex(entry.term(), entry.raftIndex());
        switch (entry.type()) {
            case NORMAL -> {
                if (entry.data().length == 0) {
                    finish(at);
                } else {
                    Proposal proposal = batch.brief != null ? batch.brief : ProposalDecoder.decode(entry);
                    apply(proposal, at, batch.submittedNs, beginNs);
                }
            }
            case CONF_CHANGE -> {
                Runnable applied = confChanges.apply(ConfChangeCodec.decode(entry.data()), at);
                finish(at);
                applied.run();
            }
        }
    }

    private void apply(Proposal proposal, AppliedIndex at, long submittedNs, long beginNs) {
        stages.record(Stage.QUEUE, beginNs - submittedNs);
        Outcome outcome = null;
        RequestException refusal = null;
        try {
            outcome = applyRequest(proposal, at);
        } catch (RequestException e) {
            refusal = e;
        }
        finish(at);
        long appliedNs = clock.monotonicNs();
        stages.record(Stage.APPLIER, appliedNs - beginNs);
        boolean answered =
                refusal == null ? pending.complete(proposal.getId(), outcome) : pending.fail(proposal.getId(), refusal);
        if (answered) {
            stages.record(Stage.RESPOND, clock.monotonicNs() - appliedNs);
        }
    }

    private Outcome applyRequest(Proposal proposal, AppliedIndex at) {
        applier.enter(new Caller(proposal.getUser(), proposal.getAuthRevision()));
        return switch (proposal.getRequestCase()) {
            case PUT -> applier.put(proposal.getPut(), at);
            case DELETE_RANGE -> applier.deleteRange(proposal.getDeleteRange(), at);
            case TXN -> applier.txn(proposal.getTxn(), at);
            case COMPACTION -> applier.compact(proposal.getCompaction(), at);
            case ALARM -> applier.alarm(proposal.getAlarm(), at);
            case AUTH -> applier.auth(proposal.getAuth(), at);
            case MEMBER_ATTRIBUTES -> applier.memberAttributes(proposal.getMemberAttributes(), at);
            case STATE_CHECK -> applier.stateCheck(proposal.getStateCheck(), at);
            case REQUEST_NOT_SET -> throw new IllegalStateException("entry " + at.raftIndex()
                    + " holds a request that this version does not know: it was written by a newer one");
        };
    }

    /// Moves the store's index if the request has not, and tells who waits for it.
    private void finish(AppliedIndex at) {
        if (store.appliedIndex().raftIndex() < at.raftIndex()) {
            store.skip(at);
        }
        waiters.advance(at.raftIndex());
    }
}
