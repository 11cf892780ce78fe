package tenon.mvcc.keyspace;

import java.util.concurrent.CompletableFuture;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.Backend;
import tenon.mvcc.ChangeListener;
import tenon.mvcc.CompactedException;
import tenon.mvcc.FutureRevisionException;
import tenon.mvcc.KeyspaceHash;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStats;
import tenon.mvcc.MvccStore;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.RevisionSpaceExhaustedException;
import tenon.mvcc.StateHash;
import tenon.mvcc.WriteTxn;
import tenon.mvcc.backend.BackendRead;
import tenon.mvcc.backend.FileBackend;
import tenon.mvcc.index.IndexSize;
import tenon.mvcc.index.TreeIndex;
import tenon.mvcc.layout.MetaLayout;

/// treeIndex and backend, joined. See the package document.
public final class KeySpace implements MvccStore {
    /// No transaction begins behind this revision: room for whoever adds a little to a revision.
    public static final long REVISION_MAX = Long.MAX_VALUE - (1 << 20);

    private final FileBackend<Head> backend;
    // Under the writer lock.
    private final TreeIndex index;
    private final Chain chain;
    private final Compactor compactor;
    private volatile ChangeListener changeListener;
    private volatile boolean closed;

    KeySpace(Platform platform, MvccOptions options, FileBackend<Head> backend, TreeIndex index, ChainMarks marks) {
        this.backend = backend;
        this.index = index;
        chain = new Chain(backend, marks);
        compactor = new Compactor(platform, options, backend, index, chain);
    }

    @Override
    public long currentRevision() {
        return backend.head().revision();
    }

    @Override
    public long compactedRevision() {
        return backend.head().compactedRevision();
    }

    @Override
    public AppliedIndex appliedIndex() {
        return backend.head().applied();
    }

    @Override
    public ReadTxn read() {
        checkOpen();
        return new KeySpaceRead(backend.beginRead());
    }

    @Override
    public WriteTxn write(AppliedIndex at) {
        beginEntry(at);
        long revision = currentRevision();
        if (revision >= REVISION_MAX) {
            backend.unlockWriter();
            throw new RevisionSpaceExhaustedException(revision);
        }
        return new KeySpaceWrite(backend, index, chain, at, changeListener);
    }

    @Override
    public void skip(AppliedIndex at) {
        beginEntry(at);
        try {
            Head head = backend.head().withApplied(at);
            backend.unsafeEndEntry(head, at, head.stateHash());
        } finally {
            backend.unlockWriter();
        }
    }

    @Override
    public CompletableFuture<Void> compact(long revision, AppliedIndex at) {
        beginEntry(at);
        try {
            Head head = backend.head();
            if (revision <= head.compactedRevision()) {
                throw new CompactedException(revision, head.compactedRevision());
            }
            if (revision > head.revision()) {
                throw new FutureRevisionException(revision, head.revision());
            }
            Head.Position compacted = head.position().withCompactedRevision(revision);
            backend.unsafeSetMeta(MetaLayout.SCHEDULED_COMPACTION, MetaLayout.encodeRevision(revision));
            backend.unsafeEndEntry(new Head(head.index(), compacted, at, head.stateHash()), at, head.stateHash());
            return compactor.submit(revision);
        } finally {
            backend.unlockWriter();
        }
    }

    /// Takes up a compaction that a crash or a close has interrupted.
    void resumeCompaction(long revision) {
        compactor.submit(revision);
    }

    /// Takes the writer lock for an entry.
    private void beginEntry(AppliedIndex at) {
        checkOpen();
        if (backend.isWriterLockMine()) {
            throw new MisuseException("a write transaction of this thread is open");
        }
        backend.lockWriter();
        AppliedIndex applied = appliedIndex();
        if (at.raftIndex() <= applied.raftIndex()) {
            backend.unlockWriter();
            throw new MisuseException("entry " + at.raftIndex() + " is applied already, as is all up to entry "
                    + applied.raftIndex());
        }
    }

    @Override
    public KeyspaceHash hashKeyspace(long revision) {
        checkOpen();
        try (BackendRead<Head> records = backend.beginRead()) {
            return KeyspaceHasher.hash(records, revision);
        }
    }

    @Override
    public StateHash stateHash() {
        return backend.head().stateHash();
    }

    @Override
    public StateHash findStateHash(long revision) {
        checkOpen();
        ChainMarks.Mark mark = chain.find(revision);
        return mark == null ? null : new StateHash(mark.value(), stateHash().sinceRevision());
    }

    @Override
    public void onChanges(ChangeListener listener) {
        changeListener = listener;
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public MvccStats stats() {
        IndexSize size = backend.head().index().size();
        return new MvccStats(
                size.liveKeyCount(), size.heapBytes(), backend.pendingChangeCount(), backend.commitCount());
    }

    private void checkOpen() {
        if (closed) {
            throw new MisuseException("this key space is closed");
        }
    }

    /// Checks the invariants of the index.
    ///
    /// @throws IllegalStateException if one does not hold
    void validate() {
        backend.lockWriter();
        try {
            index.validate();
        } finally {
            backend.unlockWriter();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (backend.isWriterLockMine()) {
            throw new MisuseException("a write transaction of this thread is open");
        }
        closed = true;
        compactor.close();
        backend.close();
    }
}
