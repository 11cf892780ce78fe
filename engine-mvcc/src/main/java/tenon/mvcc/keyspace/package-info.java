/// # The key space
///
/// [KeySpace] joins treeIndex and backend into a [tenon.mvcc.MvccStore].
///
/// What readers see is one [Head] at a time. The writer publishes it together with the read buffer when a log entry
/// ends; a [KeySpaceRead] takes both, and the store's snapshot, in O(1) and without a lock.
///
/// [Recovery] builds all of it from a file. [Compactor] forgets: first in the treeIndex, a thousand keys at a time,
/// which yields the revisions to delete; then, in ascending order so that whole pages become free, in the file. Both
/// take the writer lock for one step at a time.
///
/// [Chain] is the hash of the history: the writer takes each record in, [StoredHashes] adds all of them up when a file is
/// opened, and [ChainMarks] are kept so that the past of the chain can be told from few records.
package tenon.mvcc.keyspace;
