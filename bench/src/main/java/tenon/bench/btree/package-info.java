/// # The page store beside its peers
///
/// `bin/tenon bench btree` puts the same work ([tenon.bench.btree.Work]) on the page store and its peers
/// ([tenon.bench.btree.peers.Peer]): the same keys and values, in the same order, with the same sync, on the same disk,
/// in the same run.
///
/// - A *round* measures each *step*, a work or some that need one store, on one peer after the other, each in a fresh
///   process: what else the machine does meets all alike. Ratios are taken within a round.
/// - All peers of the JVM run [tenon.bench.btree.Phases] on [tenon.bench.btree.peers.PeerStore]. LMDB and bbolt are
///   programs in their own languages, in `src/main/peers`, with the same works.
/// - In a JVM everything runs on a smaller store first, until it is compiled. Gets and scans run once untimed on the
///   store itself, on all peers: they are measured in warm memory.
/// - What is read is summed up, and what a work leaves behind is hashed: a run in which two peers differ fails.
package tenon.bench.btree;
