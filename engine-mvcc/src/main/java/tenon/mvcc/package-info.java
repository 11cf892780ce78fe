/// # The multi-version key space
///
/// A [MvccStore] keeps every version of every key, numbered by [Revision], until it is compacted. It is opened with
/// [MvccStore#open]:
///
/// ```java
/// try (MvccStore store = MvccStore.open(Platform.system(), Path.of("db"), MvccOptions.DEFAULT)) {
///     try (WriteTxn write = store.write(new AppliedIndex(1, store.appliedIndex().raftIndex() + 1))) {
///         write.put(key, value, 0);
///     }
///     try (ReadTxn read = store.read()) {
///         read.range(KeyRange.single(key), RangeOptions.DEFAULT).keyValues();
///     }
/// }
/// ```
///
/// ## Nouns
/// - *revision*: (main, sub). Main is 1 in an empty store and rises by one with each write transaction that changes
///   something, so the first put makes revision (2, 0); sub counts the changes inside a transaction.
/// - *generation*: the life of a key from a put to the tombstone that ends it. *createRevision* is its beginning,
///   *version* counts the puts in it.
/// - *record*: one version of a key as it is stored, a [KeyValue] in its wire form; a *tombstone* is the record of a
///   deletion.
/// - *treeIndex*: in memory, from a key to the revisions at which it changed. Always rebuilt from the file.
/// - *backend*: collects changes and commits them to the page store in batches; [Backend] lets others keep
///   bookkeeping in the same commits.
/// - *read buffer*: changes that are acknowledged, but not committed yet; reads look there first.
/// - *watcher*: a place in the history, and a range: it is told of the changes of its range from there on. *Synced* if it
///   has been told all that was dispatched, else *unsynced*.
/// - *consistent index*: the last log entry whose effect the file holds, stored in the same commit as that effect.
/// - *state hash*: a chain over all records in the order of their revisions, kept as they are written and committed with the
///   consistent index: what a history comes down to ([StateHash]).
/// - *compacted revision*: reads below it fail; what is superseded at it is forgotten.
///
/// ## Threads
/// One thread writes ([MvccStore#write], [MvccStore#skip], [MvccStore#compact], [Backend#put], [Backend#delete]): the
/// one that applies the log. Any thread reads; a reader takes no lock that the writer needs, and begins in O(1) however
/// large the store is. Two threads belong to a store: `tenon-backend-commit`, and `tenon-compaction` once there was
/// a compaction. A [WatchHub] has `tenon-watch` and a few `tenon-watch-sync-*`, from its first stream on. The writer
/// waits only if a whole batch has filled up while the one before it is still on its way to the disk, and for single
/// steps of a compaction.
///
/// ## Visibility and durability
/// All changes of a [WriteTxn] become visible at once when it is closed. They are durable with the next backend
/// commit: after [MvccOptions#batchIntervalNs], with [MvccOptions#batchLimit] pending changes,
/// or [MvccOptions#batchSizeMaxBytes] of them, or by [Backend#commit].
/// What a crash takes is found in the log again: everything behind [MvccStore#appliedIndex] as it stands after
/// reopening. A commit holds the whole effect of every entry up to its consistent index and nothing of a later one,
/// so each entry counts exactly once. Bookkeeping belongs to the entry that is ended next (closing a write transaction,
/// skip, compact), or to [Backend#commit] on the same thread. A [Transplant] is for a file that another log shall go on
/// from.
///
/// ## Lifetimes
/// A [ReadTxn] pins the pages that it may need: close it. A [KeyValue] outlives its transaction. A read that began
/// before a compaction goes on seeing what it could see.
///
/// ## Errors
/// A file whose records do not come to the hashes that were stored with them is refused when it is opened.
/// [MvccException]s are about the history that was asked for; [tenon.api.StorageException]s about the file. After a
/// failed commit no more writes are taken ([Backend#onFailure]); reads go on and see all that was acknowledged.
///
/// ## Watches
/// A [WatchHub] tells of changes as they happen, and of those that happened before:
///
/// ```java
/// try (WatchHub hub = WatchHub.start(Platform.system(), store, WatchOptions.DEFAULT)) {
///     WatchStream stream = hub.open(sink);
///     stream.watch(new WatchRequest(0, KeyRange.all(), fromRevision, WatchRequest.Wants.EVENTS));
///     // the sink gets a WatchNotice for each thing there is to tell, while it has room
/// }
/// ```
///
/// ## Not here
/// Leases as a service: the server builds them on bookkeeping buckets.
package tenon.mvcc;
