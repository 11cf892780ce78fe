package tenon.server.divergence;

import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import tenon.api.Clock;
import tenon.mvcc.MvccStore;
import tenon.server.divergence.stored.Round;
import tenon.server.divergence.stored.StateCheck;
import tenon.server.divergence.stored.Take;
import tenon.server.divergence.stored.Told;
import tenon.server.error.DivergedException;
import tenon.server.error.EtcdError;
import tenon.server.kv.Proposer;
import tenon.server.maintenance.Handover;
import tenon.server.replication.ReplicationLoop;

/// Sees to it that states are compared: proposes takes while this member leads, tells of this member's state after each
/// take, and asks for one when it starts. Runs on the clock's thread and only proposes; safe for use by any thread.
public final class StateChecks implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StateChecks.class.getName());
    private static final long NS_PER_MS = 1_000_000L;
    /// Who replays a log passes many takes; only the last one is told of.
    private static final long TELL_DELAY_NS = 20 * NS_PER_MS;
    private static final long RETRY_NS = 500 * NS_PER_MS;
    /// Between two lines of the log that say what this member waits for.
    private static final long REMINDER_NS = 60_000 * NS_PER_MS;

    private final StateComparison comparison;
    private final MvccStore store;
    private final ReplicationLoop loop;
    private final Proposer proposer;
    private final Handover handover;
    private final Clock clock;
    private final long selfId;
    private final AtomicBoolean tellingIsDue = new AtomicBoolean();
    private final CompletableFuture<Void> compared = new CompletableFuture<>();
    private Clock.Timer timer;
    private Clock.Timer reminder;
    // Of the log's last entry at the start: takes behind it are new.
    private volatile long startIndex;
    private volatile boolean isGated;
    private volatile boolean closed;

    /// What this works with.
    ///
    /// @param selfId of this member
    public record Parts(
            StateComparison comparison,
            MvccStore store,
            ReplicationLoop loop,
            Proposer proposer,
            Handover handover,
            long selfId) {}

    /// How states are compared.
    ///
    /// @param periodMs between two takes, 0 for none
    /// @param isGated whether no clients are served before the first comparison, however long that takes to come
    public record Plan(long periodMs, boolean isGated) {}

    public StateChecks(Parts parts, Clock clock) {
        this.comparison = parts.comparison;
        this.store = parts.store;
        this.loop = parts.loop;
        this.proposer = parts.proposer;
        this.handover = parts.handover;
        this.selfId = parts.selfId;
        this.clock = clock;
    }

    /// Begins. A member among others asks for a comparison at once, if comparisons are wanted.
    ///
    /// @param onFailure told why this member must not serve
    public void start(Plan plan, boolean isAlone, Consumer<Throwable> onFailure) {
        startIndex = loop.view().lastIndex();
        isGated = plan.isGated && !isAlone;
        comparison.onRound(this::onRound);
        tellSoon(comparison.round());
        if (plan.periodMs > 0) {
            timer = clock.every(plan.periodMs * NS_PER_MS, this::maybeTake);
        }
        if (!isAlone && (plan.periodMs > 0 || isGated)) {
            ask();
        }
        if (isGated) {
            reminder = clock.every(REMINDER_NS, this::remind);
            compared.whenComplete((_, failure) -> {
                reminder.cancel();
                isGated = failure != null;
                if (failure != null) {
                    onFailure.accept(failure);
                }
            });
        }
    }

    /// Why no clients are served; null while they are.
    public EtcdError refusal() {
        if (comparison.isSelfDiverged()) {
            return EtcdError.CORRUPT;
        }
        return isGated ? EtcdError.UNHEALTHY : null;
    }

    /// Nothing is wrong with a member that waits: the others may be started later, or be gone for a while.
    private void remind() {
        LOG.log(
                Level.WARNING,
                "{0} serves no clients until it has compared its data with a quorum of the members, of which too few have"
                        + " told theirs; without --experimental-initial-corrupt-check it would serve at once",
                Long.toHexString(selfId));
    }

    private void maybeTake() {
        boolean isNew = store.currentRevision() != comparison.round().getNoted().getRevision();
        if (isNew && loop.view().leaderId() == selfId) {
            proposeTake();
        }
    }

    private CompletableFuture<?> proposeTake() {
        return proposer.proposeForNobody(proposal ->
                proposal.setStateCheck(StateCheck.newBuilder().setTake(Take.getDefaultInstance())));
    }

    /// Asks for a take until there was one since the start.
    private void ask() {
        if (isNew(comparison.round()) || closed) {
            return;
        }
        if (!loop.view().hasLeader()) {
            clock.after(RETRY_NS, this::ask);
            return;
        }
        // Entries that were in the log at the start may have been replaced by fewer ones, so the take need not be new yet.
        proposeTake().whenComplete((_, _) -> clock.after(RETRY_NS, this::ask));
    }

    private boolean isNew(Round round) {
        return round.getNoted().getTakeIndex() > startIndex;
    }

    private void onRound(Round round) {
        tellSoon(round);
        Judgement judgement = comparison.judgement();
        if (judgement.isDiverged(selfId)) {
            maybeHandOver();
            compared.completeExceptionally(DivergedException.ofMember(Long.toHexString(selfId)));
        } else if (judgement.isDecided() && hasTold(round) && isNew(round)) {
            if (judgement.isIncomparable(selfId)) {
                LOG.log(Level.WARNING, "the state hash of this member began at another revision: it serves uncompared");
            }
            compared.complete(null);
        }
    }

    /// The log of this member is as good as any, but nobody is to get its snapshot.
    private void maybeHandOver() {
        if (loop.view().leaderId() == selfId) {
            handover.toAnother().exceptionally(failure -> {
                LOG.log(Level.WARNING, "could not hand over leadership: {0}", failure.getMessage());
                return null;
            });
        }
    }

    private void tellSoon(Round round) {
        if (round.hasNoted() && !hasTold(round) && tellingIsDue.compareAndSet(false, true)) {
            clock.after(TELL_DELAY_NS, () -> tell(round.getNoted().getTakeIndex()));
        }
    }

    /// @param dueIndex of the take that was the last one when this became due
    private void tell(long dueIndex) {
        tellingIsDue.set(false);
        Round round = comparison.round();
        if (closed || hasTold(round)) {
            return;
        }
        if (round.getNoted().getTakeIndex() != dueIndex) {
            tellSoon(round);
            return;
        }
        Told told = round.getNoted().toBuilder().setMemberId(selfId).build();
        proposer.proposeForNobody(proposal -> proposal.setStateCheck(StateCheck.newBuilder().setTold(told)))
                .whenComplete((_, _) -> clock.after(RETRY_NS, () -> tellSoon(comparison.round())));
    }

    private boolean hasTold(Round round) {
        return round.getToldList().stream().anyMatch(told -> told.getMemberId() == selfId);
    }

    @Override
    public void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
        if (reminder != null) {
            reminder.cancel();
        }
    }
}
