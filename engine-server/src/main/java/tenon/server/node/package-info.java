/// One member of a cluster: what it keeps on disk, how it starts from that, how its parts are joined, and joined to the
/// other members.
///
/// - [DataDirectory]: where its files are, and the lock that keeps others out.
/// - [Recovery]: from files to a recovered state, or a refusal that says what does not fit. What the files do not say
///   yet, [tenon.server.membership.Bootstrap] finds out.
/// - [Node]: the assembly: `KvService` and `MaintenanceService` over quota, proposals, Raft, log, apply and store.
/// - [PeerLink]: between Raft and the network; [PeerSettings], [ProbedCluster]: what the network is told, and asked before a
///   node has a place in a cluster.
/// - [ReceivedSnapshot], [SnapshotInstallation]: from another member's store to the own one.
/// - [Restoration]: from a saved snapshot to the files of a founder of a new cluster.
/// - [CommitListener]: what follows each commit of the store.
/// - [Failure]: the first thing that ended the node's work.
///
/// ## State on disk
/// `<data-dir>/member/lock`, `<data-dir>/member/snap/db` (the store), `<data-dir>/member/wal/` or `--wal-dir` (the log).
/// The store holds the effect of all entries up to its consistent index; the log holds those behind it and more. An
/// entry is synced in the log before its effect gets into the store, so the log never ends before that index.
package tenon.server.node;
