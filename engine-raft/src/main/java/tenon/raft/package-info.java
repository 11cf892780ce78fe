/// # Raft as a pure state machine
///
/// [RaftNode] is one node of a cluster that agrees on a log. It computes and does nothing else: messages, ticks,
/// proposals and acknowledgements of storage go in, a `Ready` comes out that says what to store, send and apply. The
/// same inputs in the same order give the same outputs, on every machine.
///
/// Sections of "the paper" are those of Ongaro and Ousterhout, *In Search of an Understandable Consensus Algorithm*;
/// "the dissertation" is Ongaro's.
///
/// ## Nouns
/// - *Entry*, *index*, *term*: a place in the log, its number from 1, and the election that its maker won.
/// - *Stored*: on the disk of this node. *Committed*: stored by a quorum, and so for ever. *Applied*: worked into the
///   state machine. An entry is handed out to be applied when it is both committed and stored here.
/// - *Progress*: what a leader knows of a member's log. `PROBE` sends one message at a time until it knows where the
///   logs agree, `REPLICATE` sends ahead as far as the *inflights* allow, `SNAPSHOT` waits for one.
/// - *Configuration*: voters and learners; *joint* while it passes from one set of voters to another, when both must
///   agree to everything.
///
/// ## Contract of the caller
/// The numbers 1 to 7 are those of [tenon.api.Consensus]. What can be seen from inside is checked, always, and a breach
/// throws [tenon.api.MisuseException] and changes nothing. What the caller does with its disk, its network and its clock
/// cannot: the second half of 2, and 3 and 5.
///
/// 1. One thread at a time, and no call from within another. While `hasReady()`, take `ready()` and carry it out.
///    Several may be under way.
/// 2. Store each `Ready` in order: first its `snapshot`, then `hardState` and `entriesToStore` together; entries
///    replace what stands at and behind their first index. Sync if `mustSync`. Then `onStored(number)`, which speaks
///    for all before it too; a number twice, or one not handed out, is a breach.
/// 3. Send `messages` at once. Send `messagesAfterStored` when that `Ready` and all before it are stored: these
///    promise what must not be forgotten (votes, elections of one's own, acknowledged entries). Messages may be lost,
///    late, doubled and out of order, with one exception: a doubled `Forward` is a doubled proposal, so the transport
///    must not repeat one.
/// 4. Apply `committedEntries` in order, then `onApplied(index)`; an index not handed out is a breach. Nothing is
///    handed out twice, until a restart.
/// 5. `tick()` evenly. Lease reads trust that ticks of all nodes are equally long to within one tick in an election
///    timeout, and that none is left out; nothing else depends on time.
/// 6. An entry of type `CONF_CHANGE` that is applied goes to `applyConfChange` (see [ConfChangeCodec]) before
///    `onApplied` speaks for its index, in order and once; another change, or one that was not handed out, is a breach.
///    Store the `ConfState` that comes back with the applied state. A change that the state machine refuses is replaced
///    by one without steps, on all members alike.
/// 7. `InstallSnapshot` in `messages` asks for a stream: whoever runs the node sends the state machine as of the mark
///    or later, names in the message what it really sent, and calls `onSnapshotSent` when it knows the end of it. The
///    receiver steps the message when the stream is complete and whole. Only if a `snapshot` then comes out of a
///    `Ready` is it installed; else it was out of date. It comes out when all that was handed out before is applied.
/// 8. Start from the disk: [RecoveredState] takes what the log holds, the applied index and the configuration as of
///    it. After a restart, committed entries behind the applied index are handed out again. What a crash leaves of a
///    `Ready`, in the order of 2, must come out as a state that is whole: where entries got there without their hard
///    state, its term is that of the last one, and its commit index the one before; the log begins behind the mark of a snapshot exactly if the state machine
///    is that snapshot's.
/// 9. `compact(index)` frees memory up to an index that is applied durably. Keep some entries for slow members, or
///    they need a snapshot.
///
/// ## Starting a cluster
/// A cluster is founded once, and in its log: each founder starts from the same [RecoveredState#founding], whose first,
/// committed entries make the founders voters; store these before the node starts, and apply them when they are handed
/// out. Who joins later starts from [RecoveredState#joining], without voters, and waits until a leader brings it the log
/// or a snapshot; so it learns of the founders as of everything else. A configuration that nothing in the log accounts
/// for is refused at the start. A lone voter calls `campaign()` and leads as soon as its vote is stored.
///
/// ## Choices
/// - A leader sends entries while it writes them; its own copy counts when `onStored` says so.
/// - A vote is asked for only when the node's own term and vote are stored: a candidate that forgot them could win
///   the same term twice.
/// - Nothing is sent at the moment it becomes due, but with the next `Ready`. All proposals that came until then share
///   messages and a sync.
/// - What a replaced entry had under way to the disk does not count as stored, even if the same entry comes back.
/// - A leader takes one change of the configuration at a time. It drops what others forward to it and does not fit.
/// - A node that is told to campaign while it lags behind a committed change of the configuration waits until that is
///   applied. After a restart it takes all changes in its log but the last for committed, since a leader makes one only
///   when it has applied the one before: so it is at most one behind, and quorums of neighbours share a voter.
/// - The lease of [ReadMode#LEASE] counts from the sending of a heartbeat that a quorum answered, and is two ticks
///   shorter than an election timeout. A node that starts waits an election timeout before it votes, unless it is the
///   only voter. A leader that told another to take over has no lease any more, and one on its way out has none.
/// - A leader that is removed, or made a learner, tells the others and steps down. From the change that does it on, it
///   takes no proposals: if nobody hears what it tells, the others need its vote, and it must not know more than they.
///
/// ## What is not here
/// Storage, transport, time, threads and the state machine; sizes of messages beyond those of their entries; sessions
/// that make a proposal safe to repeat.
package tenon.raft;
