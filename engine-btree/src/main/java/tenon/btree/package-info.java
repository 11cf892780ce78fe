/// # The page store
///
/// Ordered buckets of keys and values in one memory-mapped file: a copy-on-write B+tree. [BTreeStore#open] gives a
/// [tenon.api.Store].
///
/// ## Nouns
/// - *page*: the unit of reading, writing and checksums, numbered by *page id* from the beginning of the file.
/// - *meta page*: pages 0 and 1 by turns say where the last commit is.
/// - *leaf page*, *branch page*: *elements* in key order, found through slots, which hold *heads* of keys; an element of
///   a branch page leads to a page one *level* below.
/// - *overflow page*: a value too long to lie beside its key.
/// - *bucket*: a tree of its own, with a *sequence*; an element of its parent holds its root.
/// - *freelist*: extents that are *free*, or *pending* as long as a reader may see them.
/// - *high water mark*: pages of this id and above are not used; it is lowered when the last pages are free, and the file
///   is cut behind it when that is worth it.
/// - *txid*: number of a commit. A page carries that of the commit that wrote it; no page has a greater one than its
///   parent.
///
/// ## Threads
/// One writer at a time, whoever holds the store's permit; a write transaction may move from thread to thread, but is
/// used by one at a time, and so is each read transaction. Readers take no lock: they pin a commit in a table, and
/// the writer looks there before it reuses pages. A reader that comes back is renewed instead of begun again.
///
/// The thread that used the write transaction last is the writer: that looked for a bucket in it, read or changed one, or
/// ended it. [BTreeStore#close] waits for the writer, and rolls back only what the closing thread itself used last, or a
/// thread that has ended. What would wait for the calling thread itself is refused, except for
/// [BTreeStore#beginWrite]: there it may have handed its transaction on.
///
/// Threads that write at the same time share commits through [tenon.api.Store#writeBatched]: the first one leads, and
/// runs what gathered while it waited for its turn.
///
/// ## Processes
/// One that writes, or any number that read: the file is locked. Who comes late is refused by name, at once or after
/// [BTreeOptions#lockTimeoutNs].
///
/// ## Lifetime
/// A value is read where it lies. Its view asks its transaction after each access, so that a view used too late
/// throws and never shows other bytes. A value that was reserved is written where it will lie, under the same guard.
/// The mapping ends when the store is closed, or after a defragmentation with the last reader on the old file.
///
/// ## Durability
/// A commit writes its pages to places that neither meta page's commit uses, syncs, writes the older meta page, and
/// syncs again. Pages to which a transaction has only appended are written before, so that a bulk load is not held in
/// memory. If a commit has few pages, the meta page tells their checksums instead, and one sync is for all. [SyncMode]
/// relaxes that and is named for what is lost. After a failed write or sync the store takes no more writes, shows the
/// last commit, and has to be opened anew; the same if a commit cannot read what it builds on, or if the file is found
/// to be shorter than the last commit left it.
///
/// ## Space
/// A commit takes free pages in the order of the file, for roots and branches at its beginning, and writes down what it changed of
/// the freelist, however much is free. [tenon.api.Store#defragmentStep] moves pages from the end of the file to its front,
/// a few in each step, so that the end can be cut; [tenon.api.Store#defragment] copies all into a new file.
///
/// ## Trust
/// Nothing in a page is believed before its checksum and its structure were verified, once after opening. The format
/// is described in `docs/format/btree.md`.
///
/// ## Damage
/// A damaged page raises a [tenon.api.CorruptDataException] when it is read. [tenon.api.Store#scrub] looks for it ahead of
/// the readers, in steps beside them; [BackgroundScrub] makes these steps at a given pace. Nothing is repaired by
/// itself: [StoreRepair] falls back to the commit before the newest, or salvages what can be read into a new file, and
/// says what is lost.
///
/// ## Looking inside
/// [StoreInspector] opens a file that nobody writes and shows its buckets and pages, also damaged ones.
/// [tenon.api.Store#check] walks a store in use; [tenon.api.Store#readers] tells who holds back pages.
///
/// ## Not here
/// Versions of keys, watches and leases (`tenon.mvcc`), a log (`tenon.wal`).
package tenon.btree;
