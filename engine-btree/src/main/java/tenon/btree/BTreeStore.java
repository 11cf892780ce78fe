package tenon.btree;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.LongConsumer;
import tenon.api.CheckReport;
import tenon.api.DefragmentReport;
import tenon.api.DefragmentStep;
import tenon.api.MisuseException;
import tenon.api.PauseStats;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.ReaderInfo;
import tenon.api.Scrub;
import tenon.api.StorageFailedException;
import tenon.api.StorageIoException;
import tenon.api.Store;
import tenon.api.StoreStats;
import tenon.api.WriteTx;

/// A page store in one file. See the package document.
public final class BTreeStore implements Store {
    private final Platform platform;
    private final Path path;
    private final BTreeOptions options;

    /// One permit: whoever holds it is the writer.
    private final Semaphore writer = new Semaphore(1, true);
    /// One permit: one defragmentation at a time.
    private final Semaphore defragmenter = new Semaphore(1);
    private final Snapshots snapshots;
    private volatile Counters counters = new Counters(0, 0, 0);
    private volatile boolean closed;
    private volatile Throwable firstFailure;

    // The writer's.
    private StoreState state;
    private volatile BTreeWriteTx openWriteTx;

    private final BatchedWrites batchedWrites;
    private final OnlineDefragmentation online;
    private final PauseHistogram defragmentPauses = new PauseHistogram();

    private record Counters(long freePageCount, long pendingPageCount, long commitCount) {}

    BTreeStore(Platform platform, Path path, BTreeOptions options, StoreState state) {
        this.platform = platform;
        this.path = path;
        this.options = options;
        this.state = state;
        this.snapshots = new Snapshots(this, platform.clock(), state.file, state.written);
        this.batchedWrites = new BatchedWrites(this, platform.clock(), options);
        this.online = new OnlineDefragmentation(this, platform.clock());
        count(0);
    }

    /// Opens a store; creates it if the file is missing or empty.
    ///
    /// @throws tenon.api.FileInUseException if it is open elsewhere for writing, or open at all and this is for
    ///     writing, and stays so for [BTreeOptions#lockTimeoutNs]; or if this process has it open at all
    /// @throws tenon.api.WrongFileException if the file is no store
    /// @throws tenon.api.FormatTooNewException if a later version wrote it
    /// @throws tenon.api.CorruptDataException if it is damaged
    public static BTreeStore open(Platform platform, Path path, BTreeOptions options) {
        return StoreOpener.open(platform, path, options);
    }

    /// A store in anonymous off-heap memory: the same pages, no file. It is gone when it is closed. A value may be as
    /// long as a map segment, at most 16 MiB.
    public static BTreeStore inMemory(BTreeOptions options) {
        return StoreOpener.inMemory(options);
    }

    @Override
    public ReadTx beginRead() {
        return pin();
    }

    BTreeReadTx pin() {
        return snapshots.pin();
    }

    void checkNotClosed() {
        if (closed) {
            throw closedError();
        }
    }

    private MisuseException closedError() {
        return new MisuseException("the store " + path + " is closed");
    }

    /// Waits for the write transaction before this one, also if the calling thread used that last: it may have handed it
    /// to another thread, which ends it. If nobody does, this waits for ever.
    @Override
    public BTreeWriteTx beginWrite() {
        checkNotReadOnly();
        acquireWriter();
        boolean begun = false;
        try {
            checkWritable();
            Meta meta = snapshots.meta();
            PageFile file = state.file;
            long released = Math.min(file.readers.oldestTxid(meta.txid()), state.olderTxid);
            state.freelist.begin(meta.txid() + 1, released);
            BTreeWriteTx tx = new BTreeWriteTx(this, state, meta);
            openWriteTx = tx;
            begun = true;
            return tx;
        } finally {
            if (!begun) {
                writer.release();
            }
        }
    }

    private void checkNotReadOnly() {
        if (options.readOnly()) {
            throw new MisuseException("the store " + path + " is open for reading only");
        }
    }

    @Override
    public <T> T write(Function<? super WriteTx, ? extends T> work) {
        try (BTreeWriteTx tx = beginWrite()) {
            T result = tx.manage(work);
            tx.commit();
            return result;
        }
    }

    @Override
    public <T> T writeBatched(Function<? super WriteTx, ? extends T> work) {
        checkNotReadOnly();
        checkNotManaged();
        return batchedWrites.write(work);
    }

    BatchedWrites batchedWrites() {
        return batchedWrites;
    }

    private void checkNotManaged() {
        BTreeWriteTx open = openWriteTx;
        if (open != null && open.isManagedBy(Thread.currentThread())) {
            throw new MisuseException("this would wait for the write transaction that this thread is in: use that one");
        }
    }

    /// For what nobody calls who has just handed a write transaction on, and waits for its end.
    private void checkNotWriter() {
        checkNotManaged();
        BTreeWriteTx open = openWriteTx;
        if (open != null && open.isUsedBy(Thread.currentThread())) {
            throw new MisuseException(
                    "this would wait for the open write transaction, which this thread used last: end it before");
        }
    }

    private void acquireWriter() {
        checkNotManaged();
        checkNotClosed();
        writer.acquireUninterruptibly();
        if (closed) {
            writer.release();
            throw closedError();
        }
    }

    private void checkWritable() {
        if (firstFailure != null) {
            throw new StorageFailedException(path, firstFailure);
        }
    }

    /// Called by the open write transaction.
    void commit(BTreeWriteTx tx) {
        boolean overwriting = false;
        boolean done = false;
        try {
            Meta meta = tx.prepare(state.freelistPages);
            if (meta != tx.meta) {
                state.writer.grow(meta.highWaterMark(), state.dirty, state.editor, isSyncSeldom());
                overwriting = true;
                write(meta);
                done = true;
                publish(meta);
                state.maybeShrink(meta, tx.cutsFile());
            }
        } catch (IllegalStateException | InternalError e) {
            RuntimeException fault = tx.onFault(e);
            fail(fault);
            throw fault;
        } catch (RuntimeException | Error e) {
            // Also what could be mended, as a damaged page that was met, leaves nothing behind but a rollback.
            if (overwriting || e instanceof StorageIoException) {
                fail(e);
            }
            throw e;
        } finally {
            end(tx, done);
        }
    }

    /// No more writes from now on.
    void fail(Throwable failure) {
        firstFailure = firstFailure == null ? failure : firstFailure;
    }

    boolean isSyncSeldom() {
        return options.syncMode() != SyncMode.LOSE_NOTHING;
    }

    private void write(Meta meta) {
        state.writer.writePages(state.dirty, state.editor);
        switch (options.syncMode()) {
            case LOSE_NOTHING -> {
                CommitPages commitPages = state.writer.commitPages(state.dirty);
                if (commitPages.isEmpty()) {
                    state.file.file.sync();
                }
                state.writeMeta(meta, commitPages);
                state.file.file.sync();
            }
            case LOSE_STORE -> state.writeMeta(meta, CommitPages.NONE);
            case LOSE_COMMITS_SINCE_SYNC -> {
                // The meta page waits for sync().
            }
        }
    }

    private void publish(Meta meta) {
        state.dirty.forEachPageId(state.file::markVerified);
        snapshots.publish(meta, state.freelist.freed().pageCount());
    }

    /// Called by the open write transaction.
    void rollback(BTreeWriteTx tx) {
        end(tx, false);
    }

    private void end(BTreeWriteTx tx, boolean committed) {
        tx.end();
        if (committed) {
            state.freelist.commit();
        } else {
            state.freelist.rollback();
            state.file.mapTo(tx.meta.highWaterMark());
        }
        state.dirty.clear();
        count(committed ? 1 : 0);
        openWriteTx = null;
        writer.release();
    }

    private void count(int commits) {
        counters = new Counters(
                state.freelist.freePageCount(), state.freelist.pendingPageCount(), counters.commitCount() + commits);
    }

    /// @throws MisuseException as [#defragment] does
    @Override
    public void sync() {
        checkNotWriter();
        acquireWriter();
        try {
            checkWritable();
            unsafeSync();
        } finally {
            writer.release();
        }
    }

    /// The caller is the writer.
    private void unsafeSync() {
        if (options.syncMode() == SyncMode.LOSE_NOTHING || options.readOnly()) {
            return;
        }
        try {
            state.file.file.sync();
            if (state.written.txid() != snapshots.meta().txid()) {
                state.file.checkNotCut(state.file.file.sizeBytes());
                state.writeMeta(snapshots.meta(), CommitPages.NONE);
                state.file.file.sync();
            }
        } catch (RuntimeException e) {
            fail(e);
            throw e;
        }
    }

    /// Ends the making of a copy: cuts off what lies behind the high water mark, lets both meta pages tell the last
    /// commit, so that the copy never opens at a part of it, and makes all durable.
    ///
    /// @param txidMin the last commit gets this number, if its own is less
    void finishCopy(long txidMin) {
        acquireWriter();
        try {
            checkWritable();
            Meta last = snapshots.meta();
            last = last.withTxid(Math.max(txidMin, last.txid()));
            state.file.file.truncate(last.highWaterMark() * state.file.pageSizeBytes);
            state.file.file.sync();
            state.writeMeta(last, CommitPages.NONE);
            state.writeMeta(last, CommitPages.NONE);
            state.file.file.sync();
        } finally {
            writer.release();
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public StoreStats stats() {
        try (BTreeReadTx tx = pin()) {
            List<ReaderInfo> readers = snapshots.readers(tx.slot());
            ReaderInfo oldest = readers.isEmpty() ? new ReaderInfo(tx.txid(), 0, 0) : readers.getFirst();
            Counters now = counters;
            return new StoreStats(
                    tx.txid(),
                    tx.file.pageSizeBytes,
                    tx.file.file.sizeBytes(),
                    tx.meta.highWaterMark(),
                    now.freePageCount(),
                    now.pendingPageCount(),
                    readers.size(),
                    oldest.txid(),
                    oldest.ageNs(),
                    oldest.retainedPageCount(),
                    now.commitCount());
        }
    }

    @Override
    public List<ReaderInfo> readers() {
        checkNotClosed();
        return snapshots.readers(null);
    }

    @Override
    public CheckReport check() {
        try (BTreeReadTx tx = pin()) {
            return StoreCheck.run(tx, checkMetaPages(tx.file));
        }
    }

    @Override
    public Scrub scrub() {
        return new StoreScrub(this);
    }

    /// The writer is held up for two reads of a page; if it is at work, it writes a meta page anew in any case.
    List<String> checkMetaPages(PageFile file) {
        if (!writer.tryAcquire()) {
            return List.of();
        }
        try {
            return StoreCheck.checkMetaPages(file);
        } finally {
            writer.release();
        }
    }

    @Override
    public long copyTo(OutputStream target, LongConsumer onSize) {
        try (BTreeReadTx tx = pin()) {
            onSize.accept(tx.sizeBytes());
            return StoreCopy.write(tx, target);
        }
    }

    /// @throws MisuseException if the calling thread used the open write transaction last: it would wait for itself
    @Override
    public DefragmentReport defragment() {
        checkNotReadOnly();
        checkNotWriter();
        checkWritable();
        defragmenter.acquireUninterruptibly();
        long startNs = platform.clock().monotonicNs();
        try (Defragmentation defragmentation = new Defragmentation(platform, this)) {
            defragmentation.copy();
            return swap(defragmentation, startNs);
        } catch (IllegalStateException | InternalError e) {
            throw snapshots.file().faultOf(e);
        } finally {
            defragmenter.release();
        }
    }

    /// @throws MisuseException as [#defragment] does
    @Override
    public DefragmentStep defragmentStep(int pageCountMax) {
        checkNotReadOnly();
        checkNotWriter();
        if (pageCountMax < 1) {
            throw new MisuseException("a step of a defragmentation is of at least 1 page, not " + pageCountMax);
        }
        defragmenter.acquireUninterruptibly();
        try {
            return online.step(pageCountMax, defragmentPauses);
        } finally {
            defragmenter.release();
        }
    }

    @Override
    public PauseStats defragmentPauses() {
        return defragmentPauses.stats();
    }

    /// The caller is the writer, or the one that defragments.
    StoreState unsafeState() {
        return state;
    }

    /// Replaces the file by its copy.
    DefragmentReport swap(Defragmentation defragmentation, long startNs) {
        acquireWriter();
        try {
            long pauseStartNs = platform.clock().monotonicNs();
            checkWritable();
            StoreState old = state;
            long beforeBytes = old.file.file.sizeBytes();
            replaceState(defragmentation);
            old.closeWriter();
            old.file.retire();
            long endNs = platform.clock().monotonicNs();
            defragmentPauses.record(endNs - pauseStartNs);
            return new DefragmentReport(
                    beforeBytes, state.file.file.sizeBytes(), endNs - startNs, endNs - pauseStartNs);
        } finally {
            writer.release();
        }
    }

    /// Once the new file has the name, the old one must not be written any more, whatever happens.
    private void replaceState(Defragmentation defragmentation) {
        try {
            state = defragmentation.swap();
            snapshots.publish(state.file, state.written);
            count(0);
        } catch (RuntimeException | Error e) {
            if (defragmentation.isSwapped()) {
                fail(e);
            }
            throw e;
        }
    }

    @Override
    public Path path() {
        return path;
    }

    BTreeOptions options() {
        return options;
    }

    /// Waits for the writer: the thread that used the open write transaction last. If that is the calling thread, or one
    /// that has ended, the transaction is rolled back. Whoever has it then without having used it gets a
    /// [tenon.api.TxEndedException].
    @Override
    public void close() {
        if (closed) {
            return;
        }
        BTreeWriteTx open = openWriteTx;
        if (open != null && open.maybeBeginEndFor(Thread.currentThread())) {
            rollback(open);
        }
        writer.acquireUninterruptibly();
        try {
            if (!closed) {
                if (firstFailure == null && !options.readOnly()) {
                    unsafeSync();
                    state.settle();
                }
            }
        } finally {
            if (!closed) {
                closed = true;
                state.closeWriter();
                state.file.close();
            }
            writer.release();
        }
    }
}
