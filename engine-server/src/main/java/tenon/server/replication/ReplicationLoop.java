package tenon.server.replication;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import tenon.api.Clock;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.Consensus;
import tenon.api.Entry;
import tenon.api.Message;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.ProposalDroppedException;
import tenon.api.RaftRole;
import tenon.api.RaftStatus;
import tenon.api.Ready;
import tenon.raft.ProtocolViolationException;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;

/// Owns the consensus core and carries out what it wants done. Any thread may hand events to it, and may find itself
/// carrying them out: the loop works in turns, see [EventQueue]. Nothing that a turn does waits for a disk or a peer.
public final class ReplicationLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ReplicationLoop.class.getName());

    private final Consensus node;
    private final Platform platform;
    private final Clock clock;
    private final PeerTransport peers;
    private final StageRecorder stages;
    private final NodeCounters counters;
    private final EventQueue<Event> events = new EventQueue<>(this::turn);
    private final AtomicBoolean tickUnderWay = new AtomicBoolean();
    private volatile RaftView view;

    private Wiring wiring;
    private Thread thread;
    private Clock.Timer ticks;

    // Only who has the turn uses these.
    /// Those that are being taken. Who waits for one is told when the loop fails in the middle.
    private List<Event> taken = List.of();
    private final List<Propose> proposals = new ArrayList<>();
    private final List<ProposeConfChange> confChanges = new ArrayList<>();
    private final List<AwaitLeader> leaderWaiters = new ArrayList<>();
    private final ReadRounds reads;
    private StallWatch stalls;
    private long toldAppliedIndex;
    /// Numbers of the last `Ready` that the log was told to sync, and of the last one that it has stored.
    private long syncingNumber;
    private long storedNumber;
    /// Whether entries that are being synced are on their way to others as well.
    private boolean isReplicating;
    /// The one that came with a snapshot, or null. Nothing is done any more then.
    private Ready arrived;

    /// Where the results go.
    ///
    /// @param log stores
    /// @param onCommitted takes entries to be applied, in order, with the time at which they were handed over
    /// @param appliedIndex how far they are applied
    /// @param applyStalledNs for how long it has been applying one entry
    /// @param pace of the clock
    /// @param onSnapshot told, on the loop's own thread, that the loop has ended because a snapshot is to be installed
    ///     with the rest of this `Ready`
    /// @param onFailure told, on the loop's own thread, why the loop ended
    public record Wiring(
            LogWriter log,
            Consumer<List<Entry>> onCommitted,
            LongSupplier appliedIndex,
            LongSupplier applyStalledNs,
            Pace pace,
            Consumer<Ready> onSnapshot,
            Consumer<Throwable> onFailure) {}

    /// How time passes.
    ///
    /// @param tickPeriodNs time between two ticks
    /// @param stallNsMax a leader whose log or store hangs for longer hands over
    public record Pace(long tickPeriodNs, long stallNsMax) {}

    private sealed interface Event {}

    private record Propose(byte[] data, long submittedNs, CompletableFuture<Void> dropped) implements Event {}

    private record ProposeConfChange(ConfChange change, CompletableFuture<Void> dropped) implements Event {}

    private record Read(CompletableFuture<Long> confirmed) implements Event {}

    private record Tick() implements Event {}

    /// Something has happened that the core is told of.
    private record Tell(Consumer<Consensus> what) implements Event {}

    /// Somebody waits for what the core answers.
    private record Ask<T>(Function<Consensus, T> what, CompletableFuture<T> answer) implements Event {}

    private record AwaitLeader(LongPredicate wanted, CompletableFuture<Void> led) implements Event {}

    public ReplicationLoop(
            Consensus node, Platform platform, PeerTransport peers, StageRecorder stages, NodeCounters counters) {
        this.node = node;
        this.platform = platform;
        this.clock = platform.clock();
        this.peers = peers;
        this.stages = stages;
        this.counters = counters;
        RaftStatus status = node.status();
        this.view = RaftView.of(status);
        this.reads = new ReadRounds(node, counters, (platform.seed() ^ view.term()) << Byte.SIZE);
        this.toldAppliedIndex = status.appliedIndex();
    }

    /// @param campaign whether to start an election at once: there is nobody else who could lead
    public void start(Wiring wiring, boolean campaign) {
        this.wiring = wiring;
        stalls = new StallWatch(node, wiring.log::stalledNs, wiring.applyStalledNs, wiring.pace);
        thread = platform.threads().start("tenon-raft", () -> run(campaign));
        ticks = clock.every(wiring.pace.tickPeriodNs, this::onTick);
    }

    /// Proposes an entry.
    ///
    /// @return never completes normally; fails with a `RequestException` if the proposal was dropped, so that it has
    ///     had no effect
    public CompletableFuture<Void> propose(byte[] data) {
        CompletableFuture<Void> dropped = new CompletableFuture<>();
        if (!events.offerToAwait(new Propose(data, clock.monotonicNs(), dropped))) {
            dropped.completeExceptionally(EtcdError.STOPPED.exception());
        }
        return dropped;
    }

    /// Proposes a change of the configuration.
    ///
    /// @return never completes normally; fails if the change was dropped, so that it has had no effect: with a
    ///     `RequestException`, or with a [MisuseException] if there can be no such change from the configuration in force
    public CompletableFuture<Void> proposeConfChange(ConfChange change) {
        CompletableFuture<Void> dropped = new CompletableFuture<>();
        if (!events.offer(new ProposeConfChange(change, dropped))) {
            dropped.completeExceptionally(EtcdError.STOPPED.exception());
        }
        return dropped;
    }

    /// Confirms that this node may serve a linearizable read. Those who ask at the same time share a confirmation.
    ///
    /// @return completes, in a turn of the loop, with the index that must be applied before the read
    public CompletableFuture<Long> confirmRead() {
        CompletableFuture<Long> confirmed = new CompletableFuture<>();
        if (!events.offerToGather(new Read(confirmed))) {
            confirmed.completeExceptionally(EtcdError.STOPPED.exception());
        }
        return confirmed;
    }

    /// Everything up to this number is durable.
    public void onStored(long readyNumber) {
        tell(core -> {
            storedNumber = readyNumber;
            core.onStored(readyNumber);
        });
    }

    /// A message from another node has come. One that no member can have sent changes nothing and is lost, so that it
    /// does not end this one.
    public void step(Message message) {
        tell(core -> {
            try {
                core.step(message);
            } catch (MisuseException | ProtocolViolationException e) {
                LOG.log(Level.ERROR, "what {0} says is not believed: {1}", Long.toHexString(message.from()), e.getMessage());
            }
        });
    }

    /// Messages to another node got lost.
    public void onUnreachable(long nodeId) {
        tell(core -> core.onUnreachable(nodeId));
    }

    /// A snapshot was sent to another node, or could not be.
    public void onSnapshotSent(long nodeId, boolean delivered) {
        tell(core -> core.onSnapshotSent(nodeId, delivered));
    }

    /// Entries at or before the index are not needed in memory any more.
    public void compact(long raftIndex) {
        events.offerWithoutHurry(new Tell(core -> {
            tellApplied();
            // The store may durably hold an entry a moment before it counts as applied.
            core.compact(Math.min(raftIndex, toldAppliedIndex));
        }));
    }

    /// Something waits for the applied index: it is told to the core now, not with the next event.
    public void onApplied() {
        tell(_ -> {});
    }

    /// Puts a committed change of the configuration in force. Waits for the loop: not to be called in a
    /// turn of it.
    public ConfState applyConfChange(ConfChange change) {
        return ask(core -> core.applyConfChange(change)).join();
    }

    /// Begins to hand leadership to another voter; [#awaitLeader] tells when that is done.
    ///
    /// @return fails with `RequestException` if this node does not lead, or with
    ///     [tenon.api.MisuseException] if the other is no voter
    public CompletableFuture<Void> transferLeadership(long nodeId) {
        return ask(core -> {
            try {
                core.transferLeadership(nodeId);
                return null;
            } catch (ProposalDroppedException _) {
                throw EtcdError.NOT_LEADER.exception();
            }
        });
    }

    /// Raft's state in detail.
    public CompletableFuture<RaftStatus> status() {
        return ask(Consensus::status);
    }

    /// Completes, in a turn of the loop, when a wanted node is known to lead.
    ///
    /// @param wanted is told the id of who leads, 0 for nobody
    public CompletableFuture<Void> awaitLeader(LongPredicate wanted) {
        AwaitLeader waiter = new AwaitLeader(wanted, new CompletableFuture<>());
        if (!events.offer(waiter)) {
            fail(waiter);
        }
        return waiter.led;
    }

    private void tell(Consumer<Consensus> what) {
        events.offer(new Tell(what));
    }

    private <T> CompletableFuture<T> ask(Function<Consensus, T> what) {
        Ask<T> question = new Ask<>(what, new CompletableFuture<>());
        if (!events.offer(question)) {
            fail(question);
        }
        return question.answer;
    }

    /// The state of Raft as of the last event.
    public RaftView view() {
        return view;
    }

    /// Takes no more events, and ends the thread. Who still waits for a read is told that the server stopped.
    @Override
    public void close() {
        if (ticks != null) {
            ticks.cancel();
        }
        events.close();
        Joining.join(thread);
    }

    /// A tick that still waits is not doubled: ticks are not made up for by a burst.
    private void onTick() {
        if (tickUnderWay.compareAndSet(false, true)) {
            events.offerToThread(new Tick());
        } else if (view.role() == RaftRole.LEADER) {
            counters.heartbeatsLate.increment();
        }
    }

    private void run(boolean campaign) {
        try {
            events.run(() -> {
                if (campaign) {
                    node.campaign();
                    carryOutReadies();
                }
            });
            if (arrived != null) {
                wiring.onSnapshot.accept(arrived);
            }
        } catch (InterruptedException e) {
            wiring.onFailure.accept(new IllegalStateException("the replication loop was interrupted", e));
        } catch (RuntimeException | Error e) {
            wiring.onFailure.accept(e);
        } finally {
            failAllWaiting();
        }
    }

    private EventQueue.After turn(List<Event> waiting) {
        taken = waiting;
        taken.forEach(this::take);
        taken = List.of();
        proposeAll();
        reads.ask();
        tellApplied();
        proposeConfChanges();
        carryOutReadies();
        // Those that were forwarded made no entries here. They must not be proposed once more.
        proposals.clear();
        return after();
    }

    /// Where a proposal or a read would gain little by going at once, it gathers with others. A lone leader's proposals
    /// cannot be stored before the log is done with what it is at; else they go out to others while it is.
    private EventQueue.After after() {
        if (arrived != null) {
            return EventQueue.After.END;
        }
        boolean isSyncing = syncingNumber > storedNumber;
        if (isSyncing && !isReplicating && view.role() == RaftRole.LEADER) {
            return EventQueue.After.AWAIT;
        }
        return isSyncing || reads.areWaiting() ? EventQueue.After.GATHER : EventQueue.After.IDLE;
    }

    private void failAllWaiting() {
        events.close();
        taken.forEach(ReplicationLoop::fail);
        reads.failAll(EtcdError.STOPPED);
        leaderWaiters.forEach(ReplicationLoop::fail);
        events.takeRest().forEach(ReplicationLoop::fail);
    }

    private static void fail(Event event) {
        switch (event) {
            case Propose propose -> propose.dropped.completeExceptionally(EtcdError.STOPPED.exception());
            case ProposeConfChange propose -> propose.dropped.completeExceptionally(EtcdError.STOPPED.exception());
            case Read read -> read.confirmed.completeExceptionally(EtcdError.STOPPED.exception());
            case Ask<?> ask -> ask.answer.completeExceptionally(EtcdError.STOPPED.exception());
            case AwaitLeader waiter -> waiter.led.completeExceptionally(EtcdError.STOPPED.exception());
            case Tick _, Tell _ -> {}
        }
    }

    private void take(Event event) {
        switch (event) {
            case Propose propose -> proposals.add(propose);
            case ProposeConfChange propose -> confChanges.add(propose);
            case Read read -> reads.add(read.confirmed);
            case Tell tell -> tell.what.accept(node);
            case Ask<?> ask -> answer(ask);
            case AwaitLeader waiter -> {
                leaderWaiters.add(waiter);
                tellLeader();
            }
            case Tick _ -> {
                tickUnderWay.set(false);
                node.tick();
                wiring.log.hurry();
                if (view.role() == RaftRole.LEADER) {
                    stalls.maybeHandOver();
                } else {
                    stalls.onFollowing();
                    reads.onTick();
                }
            }
        }
    }

    private <T> void answer(Ask<T> ask) {
        try {
            ask.answer.complete(ask.what.apply(node));
        } catch (RequestException | MisuseException e) {
            ask.answer.completeExceptionally(e);
        }
    }

    private void proposeAll() {
        if (proposals.isEmpty()) {
            return;
        }
        if (!propose(proposals)) {
            proposals.clear();
        }
    }

    /// @return whether they were taken; if not, each is told why
    private boolean propose(List<Propose> batch) {
        try {
            node.propose(batch.stream().map(Propose::data).toList());
            return true;
        } catch (ProposalDroppedException e) {
            if (e.reason() == ProposalDroppedException.Reason.UNCOMMITTED_SIZE && batch.size() > 1) {
                return batch.stream().filter(one -> propose(List.of(one))).count() > 0;
            }
            EtcdError error = errorOf(e);
            batch.forEach(dropped -> dropped.dropped.completeExceptionally(error.exception()));
            return false;
        }
    }

    /// Behind [#tellApplied]: who heard that its change is applied may ask for the next one.
    private void proposeConfChanges() {
        for (ProposeConfChange propose : confChanges) {
            try {
                node.proposeConfChange(propose.change);
            } catch (ProposalDroppedException e) {
                propose.dropped.completeExceptionally(errorOf(e).exception());
            } catch (MisuseException impossible) {
                propose.dropped.completeExceptionally(impossible);
            }
        }
        confChanges.clear();
    }

    static EtcdError errorOf(ProposalDroppedException dropped) {
        return switch (dropped.reason()) {
            case UNCOMMITTED_SIZE, CONF_CHANGE_PENDING -> EtcdError.TOO_MANY_REQUESTS;
            case NO_LEADER, LEADER_TRANSFER, NOT_A_MEMBER -> EtcdError.NO_LEADER;
            case FORWARDING_OFF -> EtcdError.NOT_LEADER;
        };
    }

    private void tellApplied() {
        long appliedIndex = wiring.appliedIndex.getAsLong();
        if (appliedIndex > toldAppliedIndex) {
            toldAppliedIndex = appliedIndex;
            node.onApplied(appliedIndex);
        }
    }

    private void carryOutReadies() {
        while (arrived == null && node.hasReady()) {
            carryOut(node.ready());
        }
    }

    private void carryOut(Ready ready) {
        if (ready.snapshot() != null) {
            arrived = ready;
            return;
        }
        long beginNs = clock.monotonicNs();
        peers.send(ready.messages());
        if (!ready.entriesToStore().isEmpty()) {
            stages.record(Stage.SEND, clock.monotonicNs() - beginNs);
            proposals.forEach(proposal -> stages.record(Stage.RAFT, beginNs - proposal.submittedNs));
            proposals.clear();
        }
        wiring.log.submit(ready);
        if (ready.mustSync()) {
            syncingNumber = ready.number();
            isReplicating = !ready.messages().isEmpty();
        }
        publishView(ready);
        if (!ready.committedEntries().isEmpty()) {
            wiring.onCommitted.accept(ready.committedEntries());
        }
        ready.readStates().forEach(reads::onAnswer);
    }

    private void publishView(Ready ready) {
        RaftView before = view;
        view = before.after(ready);
        if (view.leaderId() != before.leaderId()) {
            counters.leaderChanges.increment();
            // What the old leader was asked, nobody answers any more.
            reads.failAll(EtcdError.LEADER_CHANGED);
            tellLeader();
        }
    }

    private void tellLeader() {
        for (Iterator<AwaitLeader> waiters = leaderWaiters.iterator(); waiters.hasNext(); ) {
            AwaitLeader waiter = waiters.next();
            if (waiter.led.isDone() || waiter.wanted.test(view.leaderId())) {
                waiters.remove();
                waiter.led.complete(null);
            }
        }
    }
}
