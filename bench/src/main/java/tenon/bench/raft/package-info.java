/// # The Raft core beside its peers
///
/// `bin/tenon bench raft` lets three nodes in one process agree on small proposals, with no disk and no network: one at
/// a time, and many at once. Each peer ([tenon.bench.raft.Peer]) keeps its log in memory, hands its messages over as
/// they are, and has a state machine that counts; in the end all three must have counted the same.
///
/// Tenon and MicroRaft let their caller say which thread does what, and so they run on one: the one that proposes.
/// MicroRaft runs on the threads that come with it too. Ratis has only such.
package tenon.bench.raft;
