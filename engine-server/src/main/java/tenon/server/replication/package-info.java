/// From a proposal to a committed entry: joins Raft, the log and the peers, which do not know each other.
///
/// - [ReplicationLoop]: owns the consensus core. All that happens to it is an event in its [EventQueue]: proposals, ticks,
///   acknowledgements of the log, reads to be confirmed. Who brings one carries it out if nobody else is at it; else the
///   loop's thread, `tenon-raft`, does.
/// - [LogWriter]: its one thread, `tenon-log`, owns the log. Its orders come through an [Inbox]. While one sync runs, what
///   comes in is collected; the next sync stores all of it together. So the clock of Raft never waits for the disk.
/// - [PeerTransport]: messages to other members, sent before the own disk is waited for.
/// - [ReadRounds]: reads that wait for a leader's word, asked again when it does not come.
/// - [StallWatch], [Successor]: when a leader hands over because a disk hangs, and to whom.
/// - [Checkpoints]: when the store durably holds enough entries, or bytes of them, the log and the core may forget them.
package tenon.server.replication;
