package tenon.mvcc;

import java.util.concurrent.CompletableFuture;

/// A key space with history, in one file. See the package document for threads and durability.
public interface MvccStore extends AutoCloseable {
    /// Main revision of the last write transaction that changed something; 1 in an empty store.
    long currentRevision();

    /// The revision of the last compaction, -1 if there was none. Reads below it fail; a read at it works.
    long compactedRevision();

    /// The last log entry that was written or skipped.
    AppliedIndex appliedIndex();

    /// Begins a read at the present state.
    ReadTxn read();

    /// Begins the write transaction of a log entry. The writer's thread only; one at a time.
    ///
    /// @param at the entry; must be behind [#appliedIndex]
    /// @throws RevisionSpaceExhaustedException close to the end of the 63-bit revision space
    WriteTxn write(AppliedIndex at);

    /// Notes a log entry that changes nothing here.
    void skip(AppliedIndex at);

    /// Forgets all versions that are superseded at the revision. Reads below it fail from now on; the pages are freed
    /// in the background, in small steps, and the future completes when that is done and committed.
    ///
    /// @throws CompactedException if the revision is compacted already
    /// @throws FutureRevisionException if it is beyond the current one
    CompletableFuture<Void> compact(long revision, AppliedIndex at);

    /// A hash over all live and historical records between the compacted revision and this one.
    ///
    /// @param revision 0 for the current one
    KeyspaceHash hashKeyspace(long revision);

    /// The file, for bookkeeping that must be committed together with the key space.
    Backend backend();

    MvccStats stats();

    /// Commits what is pending, then closes.
    @Override
    void close();
}
