package tenon.api;

import java.util.List;

/// A durable, append-only log of entries, hard states and snapshot marks. What it makes of them on reopening is its
/// [LogContents]. One thread at a time.
///
/// What was appended is durable after [#sync]; until then it may wait in memory. Appending an entry whose index is
/// not above the last one replaces that entry and drops all behind it, as a new leader demands.
public interface Log extends AutoCloseable {
    /// Appends the entries, then the hard state.
    ///
    /// @param hardState null if it is unchanged
    /// @param entries with ascending indexes without gaps, maybe empty
    /// @throws MisuseException if the first index leaves a gap behind the last entry, if an entry would replace a
    ///     committed one, or if the commit index is behind the last entry: the mark of a received snapshot comes first
    /// @throws StorageException if it failed: the log then takes no more writes
    void append(HardState hardState, List<Entry> entries);

    /// Notes that the state machine durably holds everything up to the mark. For a snapshot received from another node:
    /// append and sync the mark, put the snapshot in place, then append the hard state that commits it.
    void appendSnapshotMark(SnapshotMark mark);

    /// Makes everything appended durable, with one sync however much it is.
    void sync();

    /// Gives back the segments whose entries all lie at or before the index. The one that holds the newest snapshot
    /// mark at or before it, and all behind it, stay.
    ///
    /// @return segments given back
    int release(long raftIndex);

    /// Reads entries from an index on, as they were appended, synced or not. What is needed again and again, the caller
    /// keeps.
    ///
    /// @param raftIndex from [#firstRaftIndex] to the last entry
    /// @param sizeBytesMax of the data of all entries together; the first one is read whatever its size
    /// @return at least one entry; their indexes ascend without gaps
    /// @throws MisuseException if the index is not one of an entry that the log holds
    /// @throws CorruptDataException if a record is not what was written
    List<Entry> read(long raftIndex, int sizeBytesMax);

    /// Index of the oldest entry that can be read: all behind the newest snapshot mark, and those before it whose
    /// segments were not given back. One behind [#lastRaftIndex] if there is none.
    long firstRaftIndex();

    /// Index of the last entry, or of the snapshot mark if there is none behind it.
    long lastRaftIndex();

    LogStats stats();

    /// Closes without a sync: what was not synced is as after a crash.
    @Override
    void close();
}
