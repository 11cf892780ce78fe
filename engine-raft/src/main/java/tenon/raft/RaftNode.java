package tenon.raft;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.Consensus;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Message;
import tenon.api.MisuseException;
import tenon.api.ProposalDroppedException;
import tenon.api.ProposalDroppedException.Reason;
import tenon.api.RaftStatus;
import tenon.api.Ready;
import tenon.api.SoftState;

/// One node of a cluster: checks the contract of [Consensus], and turns what the core became into a [Ready].
/// The handbook is that of the package.
public final class RaftNode implements Consensus {
    private static final byte[][] NO_DATA = {};

    private final Raft raft;
    private final StoreQueue stores = new StoreQueue();
    private final ChangesUnderWay changes = new ChangesUnderWay();
    private final Turn turn;

    // As last handed out.
    private HardState hardState;
    private SoftState softState;

    RaftNode(RaftOptions options, RecoveredState state) {
        raft = new Raft(options, state, stores);
        turn = new Turn(raft);
        hardState = state.hardState();
        softState = raft.softState();
    }

    /// A node that begins as a follower; nothing happens until it is ticked, stepped or told to [#campaign].
    ///
    /// @throws MisuseException if the recovered state has a configuration that nothing in the log accounts for
    public static RaftNode start(RaftOptions options, RecoveredState state) {
        state.checkFounded();
        return new RaftNode(options, state);
    }

    @Override
    public void tick() {
        try (var _ = turn.begin()) {
            raft.tick();
        }
    }

    /// {@inheritDoc}
    ///
    /// @throws MisuseException if the message is not for this node
    /// @throws ProtocolViolationException if it contradicts what is committed here
    @Override
    public void step(Message message) {
        try (var _ = turn.begin()) {
            raft.step(message);
        }
    }

    @Override
    public void campaign() {
        try (var _ = turn.begin()) {
            raft.campaign(raft.firstCampaign());
        }
    }

    @Override
    public void propose(List<byte[]> data) {
        try (var _ = turn.begin()) {
            checkTaken(raft.role().propose(EntryType.NORMAL, data.toArray(NO_DATA)));
        }
    }

    /// {@inheritDoc}
    ///
    /// @throws MisuseException if the change is not possible from the configuration that is in force
    @Override
    public void proposeConfChange(ConfChange change) {
        try (var _ = turn.begin()) {
            if (!raft.configuration().isJoint() || change.steps().isEmpty()) {
                raft.configuration().apply(change);
            }
            checkTaken(raft.role().propose(EntryType.CONF_CHANGE, ConfChangeCodec.encode(change)));
        }
    }

    private void checkTaken(Reason reason) {
        if (reason != null) {
            boolean outside = !raft.configuration().isEmpty() && !raft.configuration().isMember(raft.id);
            throw new ProposalDroppedException(outside ? Reason.NOT_A_MEMBER : reason);
        }
    }

    /// {@inheritDoc} A context should not come twice, not even after a restart: late answers come too.
    @Override
    public void readIndex(long context) {
        try (var _ = turn.begin()) {
            checkTaken(raft.role().readIndex(context));
        }
    }

    @Override
    public void transferLeadership(long nodeId) {
        try (var _ = turn.begin()) {
            leader().transferTo(nodeId);
        }
    }

    private Leader leader() {
        if (raft.role() instanceof Leader leader) {
            return leader;
        }
        throw new ProposalDroppedException(raft.leaderId == 0 ? Reason.NO_LEADER : Reason.FORWARDING_OFF);
    }

    @Override
    public void onUnreachable(long nodeId) {
        try (var _ = turn.begin()) {
            Progress progress = findProgress(nodeId);
            if (progress != null && progress.state() == RaftStatus.Replication.REPLICATE) {
                progress.becomeProbe();
            }
        }
    }

    @Override
    public void onSnapshotSent(long nodeId, boolean delivered) {
        try (var _ = turn.begin()) {
            Progress progress = findProgress(nodeId);
            if (progress != null && progress.state() == RaftStatus.Replication.SNAPSHOT) {
                progress.onSnapshotSent(delivered);
            }
        }
    }

    private Progress findProgress(long nodeId) {
        return raft.role() instanceof Leader leader ? leader.members().find(nodeId) : null;
    }

    @Override
    public boolean hasReady() {
        try (var _ = turn.begin()) {
            return !raft.outbox.isEmpty()
                    || raft.log.hasEntriesToStore()
                    || raft.hasEntriesToApply()
                    || raft.role().isSendDue()
                    || raft.hasNewHardState(hardState)
                    || raft.hasNewSoftState(softState);
        }
    }

    /// {@inheritDoc} May be called without [#hasReady]: then there may be nothing in it.
    @Override
    public Ready ready() {
        try (var _ = turn.begin()) {
            return handOut();
        }
    }

    private Ready handOut() {
        raft.role().sendDue();
        HardState newHardState = raft.hasNewHardState(hardState) ? raft.hardState() : null;
        SoftState newSoftState = raft.hasNewSoftState(softState) ? raft.softState() : null;
        Message.InstallSnapshot snapshot = raft.outbox.takeSnapshot();
        List<Entry> entriesToStore = raft.log.takeEntriesToStore();
        List<Entry> committedEntries = raft.takeEntriesToApply();
        changes.onHandedOut(committedEntries);
        boolean mustSync = !entriesToStore.isEmpty()
                || snapshot != null
                || newHardState != null && newHardState.term() != hardState.term()
                || newHardState != null && newHardState.votedFor() != hardState.votedFor();
        Ready ready = new Ready(
                stores.add(raft.term(), raft.log.handedOut(), snapshot != null),
                newSoftState,
                newHardState,
                snapshot,
                entriesToStore,
                raft.outbox.takeMessages(),
                raft.outbox.takeMessagesAfterStored(),
                committedEntries,
                raft.outbox.takeReadStates(),
                mustSync);
        hardState = newHardState == null ? hardState : newHardState;
        softState = newSoftState == null ? softState : newSoftState;
        return ready;
    }

    /// {@inheritDoc}
    ///
    /// @throws MisuseException if this number was not handed out, or is stored already
    @Override
    public void onStored(long readyNumber) {
        try (var _ = turn.begin()) {
            raft.onStored(stores.take(readyNumber));
        }
    }

    /// {@inheritDoc}
    ///
    /// @throws MisuseException if the entry at the index was not handed out to be applied, or a change of the
    ///     configuration up to there is not in force
    @Override
    public void onApplied(long raftIndex) {
        try (var _ = turn.begin()) {
            changes.checkApplied(raftIndex);
            raft.onApplied(raftIndex);
        }
    }

    /// {@inheritDoc} A change without steps, where nothing is to be left, changes nothing: apply that in place of a
    /// change that the state machine refuses.
    ///
    /// @throws MisuseException if this is not the next change that was handed out to be applied, or if it is not
    ///     possible from the configuration that is in force
    @Override
    public ConfState applyConfChange(ConfChange change) {
        try (var _ = turn.begin()) {
            changes.checkNext(Objects.requireNonNull(change, "change"));
            ConfState state = raft.configure(raft.configuration().apply(change));
            changes.onInForce();
            return state;
        }
    }

    /// {@inheritDoc}
    ///
    /// @throws MisuseException if the index is not applied yet
    @Override
    public void compact(long raftIndex) {
        try (var _ = turn.begin()) {
            raft.log.compact(raftIndex);
        }
    }

    @Override
    public RaftStatus status() {
        try (var _ = turn.begin()) {
            Leader leader = raft.role() instanceof Leader leading ? leading : null;
            return new RaftStatus(
                    raft.id,
                    raft.hardState(),
                    raft.role().raftRole(),
                    raft.leaderId,
                    leader == null ? 0 : leader.transferTarget(),
                    raft.log.lastIndex(),
                    raft.log.applied(),
                    raft.configuration().state(),
                    leader == null ? Map.of() : leader.members().toStatus());
        }
    }
}
