/// # The boundaries of Tenon
///
/// Every module of Tenon meets the others through the types of this package and through nothing else.
///
/// ## Seams
/// [Platform] bundles what the outside world is: [FileSystem] and [StorageFile] (disk), [Clock] (time),
/// [Threads] (threads) and a seed (randomness). No other code opens a file, reads a clock, starts a thread or
/// makes up a random number, so a test may replace the world: tear a write, fill the disk, stop the time.
///
/// ## Boundaries
/// - [Store]: ordered buckets of bytes under transactions, in one file. Implemented by `tenon.btree`.
/// - [Log]: entries and hard state, durable in order. Implemented by `tenon.wal`.
/// - [Consensus]: Raft as a pure state machine. Implemented by `tenon.raft`.
///
/// The log and the consensus core do not know each other; whoever runs them joins them.
///
/// ## Errors
/// All errors are unchecked and descend from [TenonException]. [StorageException] is about the medium and its
/// sealed children say what an operator has to do; [MisuseException] is about the calling code.
///
/// ## Conventions
/// A unit stands last in a name (`timeoutNs`, `sizeBytes`). An *offset* is a place in a page or a buffer, a
/// *position* a place in a file, an *index* a place in an array; the index of a Raft entry is `raftIndex` where
/// the two could meet. Ranges are half-open. `byte[]` arguments are not copied unless a method says so, and the
/// caller must not change them while the call runs.
package tenon.api;
