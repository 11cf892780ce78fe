package tenon.api;

import java.util.List;

/// Raft as a pure state machine: events go in, a [Ready] comes out, and nothing else happens. It has no thread, clock,
/// socket, file or unseeded randomness. One thread at a time.
///
/// ## Contract of the caller
/// 1. While [#hasReady], take [#ready] and carry it out. No call from within a call, and none beside one.
/// 2. Make `entriesToStore` and `hardState` of a `Ready` durable, in the order in which they came, before those of a
///    later one; then call [#onStored] with its number. Several may be made durable together.
/// 3. Send `messages` at once, in parallel with storing; send `messagesAfterStored` only when the `Ready` they came
///    with is durable. Messages may be lost, delayed, doubled and reordered.
/// 4. Apply `committedEntries` in order, then call [#onApplied].
/// 5. Call [#tick] at an even pace, however slow the disk is.
/// 6. Call [#applyConfChange] when an entry of type [EntryType#CONF_CHANGE] is applied, once and in order, before
///    [#onApplied] tells so.
/// 7. When [Message.InstallSnapshot] is to be sent, stream the state machine at or behind its mark along with it, and
///    put in the mark and the configuration of what is really streamed; then call [#onSnapshotSent]. The receiver
///    steps the message when all of it has arrived. If the snapshot then comes out as `snapshot` of a `Ready`,
///    install it and durably start the log anew at its mark before storing the rest of that `Ready`.
public interface Consensus {
    /// A unit of logical time has passed.
    void tick();

    /// Takes a message from another node.
    void step(Message message);

    /// Starts an election now.
    void campaign();

    /// Proposes entries to the leader, one for each element.
    ///
    /// @throws ProposalDroppedException if they were not taken; none of them has had an effect
    void propose(List<byte[]> data);

    /// Proposes a change of the configuration.
    ///
    /// @throws ProposalDroppedException if it was not taken
    void proposeConfChange(ConfChange change);

    /// Asks for a linearizable read: a [ReadState] with this context comes out in some later [Ready], or none if
    /// leadership was lost.
    ///
    /// @throws ProposalDroppedException if there is no leader to ask
    void readIndex(long context);

    /// Hands leadership to another voter as soon as that one has all entries; given up after an election timeout.
    ///
    /// @throws ProposalDroppedException if this node does not lead
    /// @throws MisuseException if the other is no voter
    void transferLeadership(long nodeId);

    /// Messages to this node got lost.
    void onUnreachable(long nodeId);

    /// The snapshot that [Message.InstallSnapshot] asked for has been sent, or that failed.
    void onSnapshotSent(long nodeId, boolean delivered);

    boolean hasReady();

    /// Hands out all that there is to do. What was handed out is not handed out again.
    Ready ready();

    /// What the `Ready` of this number, and all before it, gave to store is durable.
    void onStored(long readyNumber);

    /// Entries up to this index are applied.
    void onApplied(long raftIndex);

    /// Puts a committed change of the configuration in force.
    ConfState applyConfChange(ConfChange change);

    /// Drops entries at or before the index from memory; the state machine durably holds them.
    void compact(long raftIndex);

    RaftStatus status();
}
