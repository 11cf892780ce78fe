package tenon.raft;

import java.util.ArrayList;
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
    private final Raft raft;
    private final StoreQueue stores = new StoreQueue();

    // As last handed out.
    private HardState hardState;
    private SoftState softState;

    private RaftNode(RaftOptions options, RecoveredState state) {
        raft = new Raft(options, state, stores);
        hardState = state.hardState();
        softState = raft.softState();
    }

    /// A node that begins as a follower; nothing happens until it is ticked, stepped or told to [#campaign].
    ///
    /// @throws MisuseException if the parts of the recovered state contradict each other
    public static RaftNode start(RaftOptions options, RecoveredState state) {
        return new RaftNode(options, state);
    }

    @Override
    public void tick() {
        raft.tick();
        assert raft.validate();
    }

    /// {@inheritDoc}
    ///
    /// @throws MisuseException if the message is not for this node
    /// @throws ProtocolViolationException if it contradicts what is committed here
    @Override
    public void step(Message message) {
        raft.step(message);
        assert raft.validate();
    }

    @Override
    public void campaign() {
        raft.campaign(raft.firstCampaign());
        assert raft.validate();
    }

    @Override
    public void propose(List<byte[]> data) {
        List<Entry> proposals = new ArrayList<>(data.size());
        for (byte[] each : data) {
            proposals.add(new Entry(0, 0, EntryType.NORMAL, each));
        }
        take(proposals);
    }

    /// {@inheritDoc}
    ///
    /// @throws MisuseException if the change is not possible from the configuration that is in force
    @Override
    public void proposeConfChange(ConfChange change) {
        if (!raft.configuration().isJoint() || change.steps().isEmpty()) {
            raft.configuration().apply(change);
        }
        byte[] data = ConfChangeCodec.encode(change);
        take(List.of(new Entry(0, 0, EntryType.CONF_CHANGE, data)));
    }

    private void take(List<Entry> proposals) {
        checkTaken(raft.role().propose(proposals));
        assert raft.validate();
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
        checkTaken(raft.role().readIndex(context));
        assert raft.validate();
    }

    @Override
    public void transferLeadership(long nodeId) {
        leader().transferTo(nodeId);
        assert raft.validate();
    }

    private Leader leader() {
        if (raft.role() instanceof Leader leader) {
            return leader;
        }
        throw new ProposalDroppedException(raft.leaderId == 0 ? Reason.NO_LEADER : Reason.FORWARDING_OFF);
    }

    @Override
    public void onUnreachable(long nodeId) {
        Progress progress = findProgress(nodeId);
        if (progress != null && progress.state() == RaftStatus.Replication.REPLICATE) {
            progress.becomeProbe();
        }
        assert raft.validate();
    }

    @Override
    public void onSnapshotSent(long nodeId, boolean delivered) {
        Progress progress = findProgress(nodeId);
        if (progress != null && progress.state() == RaftStatus.Replication.SNAPSHOT) {
            progress.onSnapshotSent(delivered);
        }
        assert raft.validate();
    }

    private Progress findProgress(long nodeId) {
        return raft.role() instanceof Leader leader ? leader.members().find(nodeId) : null;
    }

    @Override
    public boolean hasReady() {
        return !raft.outbox.isEmpty()
                || raft.log.hasEntriesToStore()
                || raft.hasEntriesToApply()
                || raft.role().isSendDue()
                || !raft.hardState().equals(hardState)
                || !raft.softState().equals(softState);
    }

    /// {@inheritDoc} May be called without [#hasReady]: then there may be nothing in it.
    @Override
    public Ready ready() {
        raft.role().sendDue();
        HardState newHardState = raft.hardState();
        SoftState newSoftState = raft.softState();
        Message.InstallSnapshot snapshot = raft.outbox.takeSnapshot();
        List<Entry> entriesToStore = raft.log.takeEntriesToStore();
        List<Entry> committedEntries = raft.takeEntriesToApply();
        boolean mustSync = !entriesToStore.isEmpty()
                || snapshot != null
                || newHardState.term() != hardState.term()
                || newHardState.votedFor() != hardState.votedFor();
        Ready ready = new Ready(
                stores.add(newHardState.term(), raft.log.handedOut(), snapshot != null),
                newSoftState.equals(softState) ? null : newSoftState,
                newHardState.equals(hardState) ? null : newHardState,
                snapshot,
                entriesToStore,
                raft.outbox.takeMessages(),
                raft.outbox.takeMessagesAfterStored(),
                committedEntries,
                raft.outbox.takeReadStates(),
                mustSync);
        hardState = newHardState;
        softState = newSoftState;
        assert raft.validate();
        return ready;
    }

    /// {@inheritDoc}
    ///
    /// @throws MisuseException if this number was not handed out, or is stored already
    @Override
    public void onStored(long readyNumber) {
        raft.onStored(stores.take(readyNumber));
        assert raft.validate();
    }

    /// {@inheritDoc}
    ///
    /// @throws MisuseException if the entry at the index was not handed out to be applied
    @Override
    public void onApplied(long raftIndex) {
        raft.onApplied(raftIndex);
        assert raft.validate();
    }

    /// {@inheritDoc} A change without steps, where nothing is to be left, changes nothing: apply that in place of a
    /// change that the state machine refuses.
    ///
    /// @throws MisuseException if the change is not possible from the configuration that is in force
    @Override
    public ConfState applyConfChange(ConfChange change) {
        ConfState state = raft.configure(raft.configuration().apply(Objects.requireNonNull(change, "change")));
        assert raft.validate();
        return state;
    }

    /// {@inheritDoc}
    ///
    /// @throws MisuseException if the index is not applied yet
    @Override
    public void compact(long raftIndex) {
        raft.log.compact(raftIndex);
        assert raft.validate();
    }

    @Override
    public RaftStatus status() {
        return new RaftStatus(
                raft.id,
                raft.hardState(),
                raft.role().raftRole(),
                raft.leaderId,
                raft.log.lastIndex(),
                raft.log.applied(),
                raft.configuration().state(),
                raft.role() instanceof Leader leader ? leader.members().toStatus() : Map.of());
    }
}
