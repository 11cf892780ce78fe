package tenon.raft;

import java.util.List;
import tenon.api.ConfChange;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Message;
import tenon.api.MisuseException;
import tenon.api.ProposalDroppedException.Reason;
import tenon.api.RaftRole;
import tenon.api.SnapshotMark;

/// Leads (Raft paper, 5.3): feeds the members, commits what a quorum stored, answers reads.
///
/// Nothing is sent at the moment it becomes due, but when the next `Ready` is taken, so that all proposals that came
/// until then go out together.
final class Leader implements Role {
    private static final byte[] EMPTY = {};
    private static final ConfChange LEAVE_JOINT = new ConfChange(ConfChange.Transition.AUTO, List.of(), EMPTY);

    private final Raft raft;
    private final Members members;
    private final ReadIndexQueue reads = new ReadIndexQueue();
    private final Lease lease;

    private int heartbeatElapsedTicks;
    private boolean heartbeatDue;

    /// Where this leader's first entry is: nothing before it is committed by counting (Raft paper, 5.4.2).
    private final long firstIndexOfTerm;

    /// The last place where a change of the configuration may stand that is not applied yet.
    // Invariant: no entry behind it is a change of the configuration.
    private long pendingConfIndex;

    /// Whether the changes up to there make it no voter. Until they are applied it takes nothing more: who comes behind
    /// it may need its vote, not knowing yet that they are committed, and must not lack entries that it has.
    private boolean leaves;

    // Invariant: size of the data of entries in (committedCounted, last] that this leader made.
    private long uncommittedSizeBytes;
    private long committedCounted;

    /// To whom leadership is being handed, 0 for nobody.
    private long transferTo;

    Leader(Raft raft) {
        this.raft = raft;
        pendingConfIndex = raft.log.lastIndex();
        committedCounted = raft.log.lastIndex();
        firstIndexOfTerm = raft.log.lastIndex() + 1;
        members = new Members(raft);
        lease = new Lease(raft.options);
        leaves = raft.isToLeave();
    }

    /// Appends the empty entry that lets it commit what is there from earlier terms.
    void begin() {
        raft.log.append(raft.term(), EntryType.NORMAL, EMPTY);
    }

    @Override
    public RaftRole raftRole() {
        return RaftRole.LEADER;
    }

    Members members() {
        return members;
    }

    // --- Time

    @Override
    public void onTick() {
        lease.onTick();
        heartbeatElapsedTicks++;
        raft.electionElapsedTicks++;
        if (raft.electionElapsedTicks >= raft.options.electionTicks) {
            raft.electionElapsedTicks = 0;
            transferTo = 0;
            if (raft.options.checkQuorum && !members.checkActive()) {
                raft.becomeFollower(raft.term(), 0);
                return;
            }
        }
        if (heartbeatElapsedTicks >= raft.options.heartbeatTicks) {
            heartbeatElapsedTicks = 0;
            heartbeatDue = true;
        }
    }

    // --- Messages

    @Override
    public void step(Message message) {
        switch (message) {
            case Message.Append _, Message.Heartbeat _, Message.InstallSnapshot _ ->
                throw new ProtocolViolationException(
                        "node " + message.from() + " also leads in term " + message.term());
            case Message.AppendResponse response -> {
                Progress progress = members.find(response.from());
                if (progress != null) {
                    onAppendResponse(progress, response);
                }
            }
            case Message.HeartbeatResponse response -> {
                Progress progress = members.find(response.from());
                if (progress != null) {
                    progress.recentlyActive = true;
                    progress.onHeartbeatResponse(raft.log.lastIndex());
                    progress.readConfirmed = Math.max(progress.readConfirmed, response.readContext());
                    answerReads();
                }
            }
            case Message.Forward forward -> takeForwarded(forward.entries());
            case Message.ReadIndex read -> takeRead(read.from(), read.context());
            case Message.Vote _,
                    Message.VoteResponse _,
                    Message.ReadIndexResponse _,
                    Message.TimeoutNow _ -> {}
        }
    }

    private void onAppendResponse(Progress progress, Message.AppendResponse response) {
        long index = response.matchIndex();
        if (!response.rejected() && index > raft.log.lastIndex()) {
            throw new ProtocolViolationException("node " + progress.nodeId + " acknowledged index " + index
                    + " of a log that ends at " + raft.log.lastIndex());
        }
        progress.recentlyActive = true;
        if (response.rejected()) {
            long probe = response.rejectHintIndex();
            if (response.rejectHintTerm() > 0) {
                probe = raft.log.findConflict(probe, response.rejectHintTerm());
            }
            progress.maybeDecrement(index, probe);
            return;
        }
        if (progress.onAcknowledged(index, raft.log.firstIndex())) {
            maybeCommit();
        }
        if (progress.nodeId == transferTo) {
            maybeHandOver();
        }
    }

    // --- Proposals

    /// What came from one call elsewhere is of one type. What does not fit is dropped.
    private void takeForwarded(List<Entry> proposals) {
        EntryType type = proposals.isEmpty() ? EntryType.NORMAL : proposals.getFirst().type();
        if (proposals.stream().allMatch(proposal -> proposal.type() == type)) {
            propose(type, proposals.stream().map(Entry::data).toArray(byte[][]::new));
        }
    }

    @Override
    public Reason propose(EntryType type, byte[]... data) {
        if (transferTo != 0 || isLeaving()) {
            return Reason.LEADER_TRANSFER;
        }
        if (type == EntryType.CONF_CHANGE && (data.length > 1 || !isPossible(data[0]))) {
            return Reason.CONF_CHANGE_PENDING;
        }
        long sizeBytes = 0;
        for (byte[] each : data) {
            sizeBytes += each.length;
        }
        if (uncommittedSizeBytes > 0
                && sizeBytes > 0
                && sizeBytes > raft.options.uncommittedSizeMaxBytes - uncommittedSizeBytes) {
            return Reason.UNCOMMITTED_SIZE;
        }
        append(type, data);
        uncommittedSizeBytes += sizeBytes;
        return null;
    }

    private boolean isLeaving() {
        return leaves && pendingConfIndex > raft.log.applied();
    }

    private void append(EntryType type, byte[]... data) {
        raft.log.append(raft.term(), type, data);
        if (type == EntryType.CONF_CHANGE) {
            pendingConfIndex = raft.log.lastIndex();
            leaves = raft.isToLeave();
        }
    }

    /// Whether a change of the configuration may be made now: one at a time, and one that fits. One that another node
    /// passed on and that fits nowhere is dropped like one that came too early.
    private boolean isPossible(byte[] change) {
        if (pendingConfIndex > raft.log.applied()) {
            return false;
        }
        try {
            raft.configuration().apply(ConfChangeCodec.decode(change));
            return true;
        } catch (MisuseException impossible) {
            return false;
        }
    }

    // --- Commit and apply

    @Override
    public void onStored(long storedTerm) {
        members.self().onSelfStored(raft.log.stored());
        maybeCommit();
    }

    private void maybeCommit() {
        long index = members.committedIndex();
        if (index < firstIndexOfTerm || !raft.log.maybeCommit(index)) {
            return;
        }
        answerReads();
    }

    private boolean hasCommittedInTerm() {
        return raft.log.committed() >= firstIndexOfTerm;
    }

    void onCommittedTaken(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.raftIndex() > committedCounted) {
                uncommittedSizeBytes -= entry.data().length;
                committedCounted = entry.raftIndex();
            }
        }
    }

    void onApplied() {
        if (raft.configuration().state().autoLeave() && raft.log.applied() >= pendingConfIndex) {
            byte[] data = ConfChangeCodec.encode(LEAVE_JOINT);
            append(EntryType.CONF_CHANGE, data);
            uncommittedSizeBytes += data.length;
        }
    }

    @Override
    public void onConfiguration() {
        members.onConfiguration();
        if (!raft.configuration().isVoter(raft.id)) {
            sendDue();
            raft.becomeFollower(raft.term(), 0);
            return;
        }
        if (!raft.configuration().isVoter(transferTo)) {
            transferTo = 0;
        }
        maybeCommit();
        answerReads();
    }

    // --- Reads

    @Override
    public Reason readIndex(long context) {
        takeRead(raft.id, context);
        return null;
    }

    /// Until this leader has committed in its term it does not know how far the log is committed, and a lease that it
    /// handed over is none: the read waits. Nor has it one on its way out: who is the only voter behind it waits for
    /// nobody, and may lead already.
    private void takeRead(long from, long context) {
        boolean immediate = raft.configuration().isOnlyVoter(raft.id) || lease.isValid() && !isLeaving();
        if (immediate && hasCommittedInTerm()) {
            answer(from, context, raft.log.committed());
            return;
        }
        // What is committed in the end by the last leader is before this leader's first entry.
        long raftIndex = Math.max(raft.log.committed(), firstIndexOfTerm);
        reads.add(from, context, raftIndex);
        heartbeatDue = true;
    }

    private void answerReads() {
        long confirmed = members.confirmedRead();
        lease.onAnswered(confirmed);
        if (!hasCommittedInTerm()) {
            return;
        }
        for (ReadIndexQueue.Read read = reads.pollConfirmed(confirmed);
                read != null;
                read = reads.pollConfirmed(confirmed)) {
            answer(read.from(), read.context(), read.raftIndex());
        }
    }

    private void answer(long from, long context, long raftIndex) {
        if (from == raft.id) {
            raft.outbox.answerRead(context, raftIndex);
        } else {
            raft.outbox.send(new Message.ReadIndexResponse(raft.id, from, raft.term(), context, raftIndex));
        }
    }

    // --- Handing over

    void transferTo(long nodeId) {
        if (nodeId == raft.id) {
            transferTo = 0;
            return;
        }
        if (!raft.configuration().isVoter(nodeId)) {
            throw new MisuseException("cannot hand leadership to node " + nodeId + ": it is no voter");
        }
        if (transferTo == nodeId) {
            return;
        }
        transferTo = nodeId;
        raft.electionElapsedTicks = 0;
        maybeHandOver();
    }

    /// To whom leadership is being handed, 0 for nobody.
    long transferTarget() {
        return transferTo;
    }

    private void maybeHandOver() {
        if (transferTo != 0 && members.find(transferTo).match() == raft.log.lastIndex()) {
            lease.giveUp();
            raft.outbox.send(new Message.TimeoutNow(raft.id, transferTo, raft.term()));
        }
    }

    // --- Sending

    @Override
    public boolean isSendDue() {
        return members.hasPeers() && (heartbeatDue || members.isSendDue());
    }

    @Override
    public void sendDue() {
        RaftLog.Slice slice = RaftLog.Slice.NONE;
        long readNumber = heartbeatDue ? numberHeartbeat() : 0;
        for (Progress progress : members.all()) {
            if (progress == members.self()) {
                continue;
            }
            if (heartbeatDue) {
                long commitIndex = Math.min(progress.match(), raft.log.committed());
                raft.outbox.send(new Message.Heartbeat(
                        raft.id, progress.nodeId, raft.term(), commitIndex, readNumber));
            }
            while (progress.isDue(raft.log.lastIndex(), raft.log.committed())) {
                slice = sliceFor(progress, slice);
                if (!sendTo(progress, slice)) {
                    break;
                }
            }
        }
        heartbeatDue = false;
    }

    /// What is sent next to a member; most members are at the same place, and share a slice.
    private RaftLog.Slice sliceFor(Progress progress, RaftLog.Slice last) {
        if (progress.inflights.isFull() || progress.next() < raft.log.firstIndex()) {
            return RaftLog.Slice.NONE;
        }
        return last.from() == progress.next()
                ? last
                : raft.log.slice(progress.next(), raft.options.messageSizeMaxBytes);
    }

    private long numberHeartbeat() {
        if (!lease.isWanted()) {
            return reads.newestWaiting();
        }
        long number = reads.nextNumber();
        lease.onHeartbeatSent(number);
        return number;
    }

    /// Whether something was sent.
    private boolean sendTo(Progress progress, RaftLog.Slice slice) {
        long previousIndex = progress.next() - 1;
        if (previousIndex < raft.log.firstIndex() - 1) {
            return maybeSendSnapshot(progress);
        }
        // A member does not answer when all it gets is a higher commit index. So who asks does not tell one.
        boolean asks = slice.entries().isEmpty() && progress.isAsked();
        long commitIndex = asks ? 0 : raft.log.committed();
        raft.outbox.send(new Message.Append(
                raft.id,
                progress.nodeId,
                raft.term(),
                raft.log.termAt(previousIndex),
                previousIndex,
                slice.entries(),
                commitIndex));
        progress.onAppendSent(slice.entries().size(), slice.sizeBytes(), commitIndex);
        return true;
    }

    /// A snapshot is much work: only who is known to live gets one.
    private boolean maybeSendSnapshot(Progress progress) {
        if (!progress.recentlyActive) {
            return false;
        }
        long applied = raft.log.applied();
        SnapshotMark mark = new SnapshotMark(raft.log.termAt(applied), applied);
        raft.outbox.send(new Message.InstallSnapshot(
                raft.id, progress.nodeId, raft.term(), mark, raft.configuration().state()));
        progress.becomeSnapshot(applied);
        return true;
    }

    @Override
    public boolean validate() {
        assert uncommittedSizeBytes >= 0 : uncommittedSizeBytes;
        return members.validate();
    }
}
