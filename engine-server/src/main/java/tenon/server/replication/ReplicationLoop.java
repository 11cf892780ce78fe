package tenon.server.replication;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
import tenon.api.RaftStatus;
import tenon.api.ReadState;
import tenon.api.Ready;
import tenon.server.error.EtcdError;
import tenon.server.metrics.NodeCounters;
import tenon.server.metrics.Stage;
import tenon.server.metrics.StageRecorder;

/// Owns the consensus core and carries out what it wants done. Any thread may hand events to it; nothing that it does
/// waits for a disk or a peer.
public final class ReplicationLoop implements AutoCloseable {
    private final Consensus node;
    private final Platform platform;
    private final Clock clock;
    private final PeerTransport peers;
    private final StageRecorder stages;
    private final NodeCounters counters;
    private final Inbox<Event> inbox = new Inbox<>();
    private final AtomicBoolean tickUnderWay = new AtomicBoolean();
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private volatile RaftView view;

    private Wiring wiring;
    private Thread thread;
    private Clock.Timer ticks;

    // Only the loop's thread uses these.
    /// Those that are being taken. Who waits for one is told when the loop fails in the middle.
    private List<Event> taken = new ArrayList<>();
    private final List<Propose> proposals = new ArrayList<>();
    private final List<ProposeConfChange> confChanges = new ArrayList<>();
    private final List<CompletableFuture<Long>> reads = new ArrayList<>();
    private final Map<Long, List<CompletableFuture<Long>>> readsByContext = new HashMap<>();
    /// Begins anew in each life at a place of its own: late answers of an earlier life must not be taken for ours.
    private long lastReadContext;
    private long toldAppliedIndex;

    /// Where the results go.
    ///
    /// @param log stores
    /// @param onCommitted takes entries to be applied, in order, with the time at which they were handed over
    /// @param appliedIndex how far they are applied
    /// @param tickPeriodNs time between two ticks
    /// @param onFailure told, on the loop's thread, why the loop ended
    public record Wiring(
            LogWriter log,
            Consumer<List<Entry>> onCommitted,
            LongSupplier appliedIndex,
            long tickPeriodNs,
            Consumer<Throwable> onFailure) {}

    private sealed interface Event {}

    private record Propose(byte[] data, long submittedNs, CompletableFuture<Void> dropped) implements Event {}

    private record ProposeConfChange(ConfChange change, CompletableFuture<Void> dropped) implements Event {}

    private record Status(CompletableFuture<RaftStatus> answer) implements Event {}

    private record Read(CompletableFuture<Long> confirmed) implements Event {}

    private record Tick() implements Event {}

    private record Stored(long readyNumber) implements Event {}

    private record Step(Message message) implements Event {}

    private record Compact(long raftIndex) implements Event {}

    private record Applied() implements Event {}

    private record ApplyConfChange(ConfChange change, CompletableFuture<ConfState> applied) implements Event {}

    public ReplicationLoop(
            Consensus node, Platform platform, PeerTransport peers, StageRecorder stages, NodeCounters counters) {
        this.node = node;
        this.platform = platform;
        this.clock = platform.clock();
        this.peers = peers;
        this.stages = stages;
        this.counters = counters;
        this.view = RaftView.of(node.status());
        this.lastReadContext = (platform.seed() ^ view.term()) << Byte.SIZE;
        this.toldAppliedIndex = node.status().appliedIndex();
    }

    /// @param campaign whether to start an election at once: there is nobody else who could lead
    public void start(Wiring wiring, boolean campaign) {
        this.wiring = wiring;
        thread = platform.threads().start("tenon-raft", () -> run(campaign));
        ticks = clock.every(wiring.tickPeriodNs, this::onTick);
    }

    /// Proposes an entry.
    ///
    /// @return never completes normally; fails with a `RequestException` if the proposal was dropped, so that it has
    ///     had no effect
    public CompletableFuture<Void> propose(byte[] data) {
        CompletableFuture<Void> dropped = new CompletableFuture<>();
        if (!inbox.offer(new Propose(data, clock.monotonicNs(), dropped))) {
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
        if (!inbox.offer(new ProposeConfChange(change, dropped))) {
            dropped.completeExceptionally(EtcdError.STOPPED.exception());
        }
        return dropped;
    }

    /// Asks for the state of the consensus core, members and their progress with it.
    ///
    /// @return completes on the loop's thread
    public CompletableFuture<RaftStatus> status() {
        CompletableFuture<RaftStatus> answer = new CompletableFuture<>();
        if (!inbox.offer(new Status(answer))) {
            answer.completeExceptionally(EtcdError.STOPPED.exception());
        }
        return answer;
    }

    /// Confirms that this node may serve a linearizable read. Those who ask at the same time share a confirmation.
    ///
    /// @return completes, on the loop's thread, with the index that must be applied before the read
    public CompletableFuture<Long> confirmRead() {
        CompletableFuture<Long> confirmed = new CompletableFuture<>();
        if (!inbox.offer(new Read(confirmed))) {
            confirmed.completeExceptionally(EtcdError.STOPPED.exception());
        }
        return confirmed;
    }

    /// Everything up to this number is durable.
    public void onStored(long readyNumber) {
        inbox.offer(new Stored(readyNumber));
    }

    /// A message from another node has come.
    public void step(Message message) {
        inbox.offer(new Step(message));
    }

    /// Entries at or before the index are not needed in memory any more.
    public void compact(long raftIndex) {
        inbox.offerWithoutHurry(new Compact(raftIndex));
    }

    /// Something waits for the applied index: it is told to the core now, not with the next event.
    public void onApplied() {
        inbox.offer(new Applied());
    }

    /// Puts a committed change of the configuration in force. Waits for the loop: not for the loop's own thread.
    public ConfState applyConfChange(ConfChange change) {
        CompletableFuture<ConfState> applied = new CompletableFuture<>();
        if (!inbox.offer(new ApplyConfChange(change, applied))) {
            throw EtcdError.STOPPED.exception();
        }
        return applied.join();
    }

    /// Completes, on the loop's thread, when there is a leader for the first time.
    public CompletableFuture<Void> started() {
        return started.copy();
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
        inbox.close();
        Joining.join(thread);
    }

    /// A tick that still waits is not doubled: ticks are not made up for by a burst.
    private void onTick() {
        if (tickUnderWay.compareAndSet(false, true)) {
            inbox.offer(new Tick());
        }
    }

    private void run(boolean campaign) {
        try {
            if (campaign) {
                node.campaign();
                carryOutReadies();
            }
            while ((taken = inbox.take(taken)) != null) {
                taken.forEach(this::take);
                taken.clear();
                proposeAll();
                confirmReads();
                tellApplied();
                proposeConfChanges();
                carryOutReadies();
            }
        } catch (InterruptedException e) {
            wiring.onFailure.accept(new IllegalStateException("the replication loop was interrupted", e));
        } catch (RuntimeException | Error e) {
            wiring.onFailure.accept(e);
        } finally {
            failAllWaiting();
        }
    }

    private void failAllWaiting() {
        inbox.close();
        if (taken != null) {
            taken.forEach(ReplicationLoop::fail);
        }
        started.completeExceptionally(EtcdError.STOPPED.exception());
        failAll(reads, EtcdError.STOPPED);
        readsByContext.values().forEach(waiting -> failAll(waiting, EtcdError.STOPPED));
        inbox.takeNow().forEach(ReplicationLoop::fail);
    }

    private static void fail(Event event) {
        switch (event) {
            case Propose propose -> propose.dropped.completeExceptionally(EtcdError.STOPPED.exception());
            case ProposeConfChange propose -> propose.dropped.completeExceptionally(EtcdError.STOPPED.exception());
            case Status status -> status.answer.completeExceptionally(EtcdError.STOPPED.exception());
            case Read read -> read.confirmed.completeExceptionally(EtcdError.STOPPED.exception());
            case ApplyConfChange confChange -> confChange.applied.completeExceptionally(EtcdError.STOPPED.exception());
            case Tick _, Stored _, Step _, Compact _, Applied _ -> {}
        }
    }

    private void take(Event event) {
        switch (event) {
            case Propose propose -> proposals.add(propose);
            case ProposeConfChange propose -> confChanges.add(propose);
            case Status status -> status.answer.complete(node.status());
            case Read read -> reads.add(read.confirmed);
            case Stored stored -> node.onStored(stored.readyNumber);
            case Step step -> node.step(step.message);
            case Compact compact -> node.compact(compact.raftIndex);
            case Applied _ -> {}
            case ApplyConfChange confChange -> confChange.applied.complete(node.applyConfChange(confChange.change));
            case Tick _ -> {
                tickUnderWay.set(false);
                node.tick();
                wiring.log.hurry();
            }
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

    private static EtcdError errorOf(ProposalDroppedException dropped) {
        return switch (dropped.reason()) {
            case UNCOMMITTED_SIZE, CONF_CHANGE_PENDING -> EtcdError.TOO_MANY_REQUESTS;
            case NO_LEADER, LEADER_TRANSFER, NOT_A_MEMBER -> EtcdError.NO_LEADER;
            case FORWARDING_OFF -> EtcdError.NOT_LEADER;
        };
    }

    private void confirmReads() {
        if (reads.isEmpty()) {
            return;
        }
        List<CompletableFuture<Long>> waiting = List.copyOf(reads);
        reads.clear();
        long context = ++lastReadContext;
        try {
            node.readIndex(context);
            readsByContext.put(context, waiting);
            counters.readIndexRounds.increment();
            counters.linearizableReads.add(waiting.size());
        } catch (ProposalDroppedException e) {
            failAll(waiting, errorOf(e));
        }
    }

    private void tellApplied() {
        long appliedIndex = wiring.appliedIndex.getAsLong();
        if (appliedIndex > toldAppliedIndex) {
            toldAppliedIndex = appliedIndex;
            node.onApplied(appliedIndex);
        }
    }

    private void carryOutReadies() {
        while (node.hasReady()) {
            carryOut(node.ready());
        }
    }

    private void carryOut(Ready ready) {
        if (ready.snapshot() != null) {
            throw new IllegalStateException("a snapshot came from a peer, but there are no peers");
        }
        long beginNs = clock.monotonicNs();
        peers.send(ready.messages());
        if (!ready.entriesToStore().isEmpty()) {
            stages.record(Stage.SEND, clock.monotonicNs() - beginNs);
            proposals.forEach(proposal -> stages.record(Stage.RAFT, beginNs - proposal.submittedNs));
            proposals.clear();
        }
        wiring.log.submit(ready);
        publishView(ready);
        if (!ready.committedEntries().isEmpty()) {
            wiring.onCommitted.accept(ready.committedEntries());
        }
        for (ReadState state : ready.readStates()) {
            List<CompletableFuture<Long>> waiting = readsByContext.remove(state.context());
            if (waiting != null) {
                waiting.forEach(read -> read.complete(state.raftIndex()));
            }
        }
    }

    private void publishView(Ready ready) {
        RaftView before = view;
        view = before.after(ready);
        if (view.leaderId() != before.leaderId()) {
            counters.leaderChanges.increment();
            failReadsOfOldLeader();
        }
        if (view.hasLeader()) {
            started.complete(null);
        }
    }

    /// What the old leader was asked, nobody answers any more.
    private void failReadsOfOldLeader() {
        readsByContext.values().forEach(waiting -> failAll(waiting, EtcdError.LEADER_CHANGED));
        readsByContext.clear();
    }

    private static void failAll(List<CompletableFuture<Long>> waiting, EtcdError error) {
        waiting.forEach(read -> read.completeExceptionally(error.exception()));
    }
}
