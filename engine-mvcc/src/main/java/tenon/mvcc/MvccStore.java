package tenon.mvcc;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import tenon.api.Platform;
import tenon.btree.BTreeOptions;
import tenon.btree.BTreeStore;
import tenon.mvcc.keyspace.Recovery;

/// A key space with history, in one file. See the package document for threads and durability.
public interface MvccStore extends AutoCloseable {
    /// Opens the key space in a file, or makes an empty one. Rebuilds the treeIndex, and goes on in the background
    /// with a compaction that was not finished.
    ///
    /// @throws tenon.api.StorageException if the file cannot be opened, is damaged, or holds something else
    static MvccStore open(Platform platform, Path file, MvccOptions options) {
        BTreeOptions storeOptions = BTreeOptions.DEFAULT.withPrefault(options.prefault());
        return Recovery.open(platform, BTreeStore.open(platform, file, storeOptions), options);
    }

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
    /// in the background, in small steps, and the future completes when that is done and committed. Where it throws,
    /// the entry has not been noted: [#skip] it.
    ///
    /// @throws CompactedException if the revision is compacted already
    /// @throws FutureRevisionException if it is beyond the current one
    CompletableFuture<Void> compact(long revision, AppliedIndex at);

    /// A hash over all live and historical records between the compacted revision and this one.
    ///
    /// @param revision 0 for the current one
    KeyspaceHash hashKeyspace(long revision);

    /// The hash of the history up to the current revision; costs nothing, it is kept as entries are applied. On the
    /// writer's thread it is that of [#appliedIndex].
    StateHash stateHash();

    /// The hash of the history up to a revision, told from the records. Holds up the writer for a moment.
    ///
    /// @return null if records before the revision may be compacted away, or it is beyond the current one
    StateHash findStateHash(long revision);

    /// Who is told of all changes from now on; replaces the one before. Null for nobody.
    void onChanges(ChangeListener listener);

    /// The file, for bookkeeping that must be committed together with the key space.
    Backend backend();

    MvccStats stats();

    /// Commits what is pending, then closes.
    @Override
    void close();
}
