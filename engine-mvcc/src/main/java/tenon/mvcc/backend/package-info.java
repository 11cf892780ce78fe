/// # The backend
///
/// Collects changes and commits them to the page store in batches: one [BatchTx] is filled by the writer while the
/// one before it is being committed by the [BatchCommitter].
///
/// ## Life of a batch
/// *active* (the writer appends) → *sealed* (nobody appends, the committer writes it into one write transaction of the
/// store, together with the consistent index) → committed. At most one batch is sealed; if the active one is full by
/// then, the writer waits. A batch is sealed between log entries only, so it holds the whole effect of every entry up
/// to its consistent index and nothing of a later one.
///
/// ## What a reader sees
/// A [BackendView]: the store as of some commit, what was sealed and active then, and the writer's *head* (the
/// treeIndex and the numbers that belong to it), all as of one moment. It is one immutable object in one volatile
/// field; [BackendRead] pins the store's snapshot that goes with it.
///
/// ## Locks
/// The *writer lock* is held by whoever changes the active batch: the thread that applies the log, for one entry, and
/// a compaction, for one step. The *monitor* guards swaps of a few fields and look-ups in the bookkeeping maps, and
/// is never held over I/O. Readers of the key space take neither. Order: writer lock, then monitor.
///
/// ## Failure
/// A failed commit is final: the batch stays sealed, so that reads go on seeing what was acknowledged, and every
/// further write throws [tenon.api.StorageFailedException].
package tenon.mvcc.backend;
