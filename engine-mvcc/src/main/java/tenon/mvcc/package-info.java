/// # The multi-version key space
///
/// A [MvccStore] keeps every version of every key, numbered by [Revision], until it is compacted.
///
/// ## Nouns
/// - *revision*: (main, sub). Main rises by one with each write transaction that changes something; sub counts the
///   changes inside it.
/// - *treeIndex*: in memory, from a key to the revisions at which it changed. Always rebuilt from the file.
/// - *generation*: the life of a key from a put to the tombstone that ends it.
/// - *backend*: collects changes and commits them to the page store in batches.
/// - *read buffer*: changes that are acknowledged, but not committed yet; reads look there first.
/// - *consistent index*: the last log entry whose effect the file holds, stored in the same commit as that effect.
///
/// ## Threads
/// One thread writes ([MvccStore#write], [MvccStore#skip], [MvccStore#compact], [Backend] changes): the one that
/// applies the log. Any thread reads; a reader takes no lock that a writer needs.
///
/// ## Durability
/// A write is visible to readers when its [WriteTxn] ends, and durable with the next backend commit. What is lost in
/// a crash is found in the log again: everything behind [MvccStore#appliedIndex] as it stands after reopening.
package tenon.mvcc;
