/// # The way to the other members
///
/// [tenon.server.peer.PeerNetwork] carries what Raft says from member to member, and snapshots; whoever asks is told who
/// the members are. It knows nothing of Raft but its messages, and nothing of the store but that it is a stream of bytes.
/// The bytes on the wire: `docs/format/peer.md`.
///
/// ## Connections
/// Who has something to send opens the connection, and the other end only answers. To each peer there are two for as
/// long as it is a member ([tenon.server.peer.PeerStream]): one for what carries entries, in its order, and one for all
/// else, which so never waits behind something large. A snapshot has a connection of its own, and so has the promotion of
/// a learner, which is for the leader to decide ([tenon.server.peer.PromotionConnection]). Each begins with a handshake
/// ([tenon.server.peer.Handshake]): who is meant, who asks, of which cluster, in which version. Whoever is not meant is
/// refused with a reason that both sides log. Both ends say something at each tick ([tenon.server.peer.PeerConnection]),
/// so a peer that is stopped or cut off is noticed after `silenceNs`, also when nothing is to be said, and one that only
/// reads slowly is not taken for dead.
///
/// Tries to connect again wait longer each time ([tenon.server.peer.Backoff]).
///
/// ## Members, guests, the removed
/// [tenon.server.peer.PeerNetwork#setPeers] says who the members are. A node that is not among them, but means this
/// cluster and this node and was never removed, is a guest: it is let in and answered until it leaves, since a member
/// that joined while this node was away may be its leader by now. A node that was removed is told so, and told again
/// whenever it asks.
///
/// ## What may be lost
/// Any message: when there is no connection, when its queue ([tenon.server.peer.SendQueue]) is full, and all that waited
/// or was under way when a connection breaks. Raft is told that the peer is unreachable, now and then. Messages on one
/// connection keep their order; those of two streams overtake each other, and so may those from before and after a break.
/// None is doubled.
///
/// ## Snapshots
/// [tenon.server.peer.SnapshotSender] writes the snapshot into a file first ([tenon.server.peer.SnapshotSpool]): so the
/// store need not keep its pages for as long as a slow peer takes, and each try can begin where the one before ended.
/// [tenon.server.peer.SnapshotReceiver] writes what comes into a file of its own and hands it over when it is whole,
/// checked and synced. A snapshot that breaks is tried again as long as tries bring it further. At any time there is one
/// to each peer, and one from all of them.
///
/// ## Threads
/// - `tenon-peer-io-*`: event loops, which never wait. Each connection belongs to one, and so does each stream.
/// - `tenon-snapshot-send-*`: one for each snapshot that is sent. `tenon-snapshot-receive`: one, from the first snapshot on.
/// - `tenon-peer-lookup`: one for each look-up of a host name. `tenon-peer-tls`: reads certificates again.
/// - The clock's thread only hands ticks to event loops.
///
/// ## Lifetime
/// From `start` to `close`. Files with `.snap.spool`, `.snap.part` and `.snap.db` are of one life and deleted by the next
/// one; a `.snap.db` belongs to the handler that got it, who gives it another name.
///
/// ## What is not here
/// Who the members are (the node keeps that), what becomes of messages and snapshots, and flow control: that is Raft's.
package tenon.server.peer;
