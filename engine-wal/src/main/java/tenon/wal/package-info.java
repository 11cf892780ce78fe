/// # The log
///
/// A durable, append-only log of entries, hard states and snapshot marks: [SegmentedLog], an implementation of
/// [tenon.api.Log]. It knows nothing of Raft but these records.
///
/// ## Nouns
/// - *Segment*: a file of preallocated size, named by its sequence number and the index of its first entry. Each begins
///   with a CRC record and a metadata record, and repeats the hard state and the snapshot marks that count, so that
///   older ones can be released.
/// - *Sector*: 512 bytes of a segment, with a *mark* that says whose it is and how much of it was written.
/// - *Record*: length, type, data and CRC ([RecordType]). The CRC is chained over all records before it, across segments.
///   Entries that are appended together share records, up to 16 KiB.
/// - *Cut*: going on in a new segment. The one before it is synced first, so a segment proves that all before it were
///   durable.
/// - *Torn*: a write that no sync confirmed is on the disk in part. Opening cuts it off.
/// - *Corrupt*: anything else that is not what was written. Opening refuses, and changes nothing.
///
/// ## What proves that damage is not a torn write
/// Each record says up to where its segment had been synced when it was written. So damage is corruption if
/// 1. a later segment was begun or named behind it;
/// 2. a valid record behind it says that the damaged place had been synced;
/// 3. the commit index or [LogOptions#knownStoredIndex] is behind the last entry that is left;
/// 4. the marks of its sectors say that the damaged record had been written as a whole.
///
/// What remains indistinguishable from a torn write: sectors that are gone altogether, marks included, of what was
/// written between the last two syncs, of which the store has not stored anything.
///
/// ## Threads, lifetime
/// A log is for one thread at a time and holds a lock on its directory until closed. A short-lived thread prepares the
/// next segment. After a failed write or sync the log takes no more writes, and a sync is never retried.
///
/// ## Durability
/// [tenon.api.Log#append] keeps records in memory, up to about a megabyte; they are durable after [tenon.api.Log#sync],
/// which writes them in whole blocks, past the page cache where the file system lets it. Sync entries before their effects become durable in the state machine. On receiving a snapshot: append its mark and sync,
/// put the snapshot in place, append the hard state that commits it. A mark counts once it is committed, or
/// once the store holds it, or an entry follows on it; an entry at or before it takes it back.
///
/// ## Reading back
/// [tenon.api.Log#read] finds an entry by its index: of every 16 KiB or so of entries the place of one is kept in memory.
///
/// ## Microscope
/// [LogInspector] shows contents and records and gives a diagnosis, without the lock and without changing anything.
///
/// The format is described in `docs/format/wal.md`.
package tenon.wal;
