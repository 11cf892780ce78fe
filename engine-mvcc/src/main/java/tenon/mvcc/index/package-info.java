/// # treeIndex
///
/// From a key to the revisions at which it changed, in memory: [TreeIndex] for the one writer, [IndexSnapshot] for
/// any number of readers.
///
/// ## Shape
/// A B+tree of a [Leaf] or a [Branch] in each [Node]. Keys are packed into one array per node ([PackedKeys]), the
/// versions of a key into one array of longs ([History]), so that a key costs some fifty bytes beside its own.
/// Each node knows how many keys below it exist now, so that counting walks two paths and not the range.
///
/// ## Threads
/// A node belongs to the epoch in which it was made. The writer edits nodes of the present epoch in place and copies
/// others; taking a snapshot ends the epoch. So a snapshot never changes, is had in O(1), and nobody waits for anybody.
/// A snapshot must be handed to other threads through a volatile field or a lock.
///
/// ## Compaction
/// [TreeIndex#compactStep] drops, leaf by leaf, what is superseded at a revision and names the dropped revisions:
/// they are the records to delete from the file. At revision C it keeps, of each key, everything behind C and the last
/// version at or before C; that one is dropped too if it is a tombstone before C. (A tombstone at C stays, so that a
/// watch from C sees the deletion.)
package tenon.mvcc.index;
