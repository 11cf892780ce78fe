package tenon.btree;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import tenon.api.MisuseException;
import tenon.api.StorageException;
import tenon.api.WritableView;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;

/// The write transaction: the last commit, and dirty pages over it.
final class BTreeWriteTx extends BTreeTx implements WriteTx {
    private final BTreeStore store;
    private final long txid;
    private final Freelist freelist;
    private final DirtyPages dirty;
    private final PageEditor pages;
    private final CommitWriter writer;
    private final BTreeWriteBucket root;
    private final PageView touched = new PageView();
    private RuntimeException broken;
    /// The thread that used the transaction last. Null once somebody ends it: so only one can, and nobody uses it then.
    private final AtomicReference<Thread> user = new AtomicReference<>(Thread.currentThread());
    /// The thread that runs a work which may not end the transaction, and must not wait for it.
    private volatile Thread manager;
    // Of a step of the online defragmentation.
    private long leavesFrom = Long.MAX_VALUE;
    private boolean cutsFile;

    BTreeWriteTx(BTreeStore store, StoreState state, Meta meta) {
        super(state.file, meta);
        this.store = store;
        this.txid = meta.txid() + 1;
        this.freelist = state.freelist;
        this.dirty = state.dirty;
        this.pages = state.editor;
        this.writer = state.writer;
        this.root = new BTreeWriteBucket(this, 0, meta.rootPageId(), meta.rootTxid(), 0);
    }

    @Override
    BTreeWriteBucket root() {
        return root;
    }

    PageEditor pages() {
        return pages;
    }

    boolean isDirty(long pageId) {
        return dirty.contains(pageId);
    }

    boolean isDirtyRun(long pageId) {
        return dirty.findRun(pageId) != null;
    }

    long dirtyPageCount() {
        return dirty.count();
    }

    @Override
    void loadPage(long pageId, PageView into) {
        if (!dirty.find(pageId, into)) {
            try {
                file.load(pageId, into);
            } catch (StorageException e) {
                throw failIfCut(e);
            }
        }
    }

    /// A page that cannot be read, for damage or an error of the medium, ends this transaction only. But a file that was
    /// cut is not written any more, or what it lost would come back as zeros.
    private RuntimeException failIfCut(RuntimeException error) {
        if (error instanceof StorageException && file.isCut(file.file.sizeBytes())) {
            store.fail(error);
        }
        return error;
    }

    @Override
    protected RuntimeException onFault(Throwable fault) {
        return failIfCut(super.onFault(fault));
    }

    @Override
    void loadRun(long pageId, int pageCount, PageView into) {
        RunPool.Run run = dirty.findRun(pageId);
        if (run == null) {
            try {
                file.loadRun(pageId, pageCount, into);
            } catch (StorageException e) {
                throw failIfCut(e);
            }
        } else {
            into.set(run.memory(), 0, pageId);
        }
    }

    /// Runs a work that may not end the transaction. What it leaves behind of views and cursors is void.
    <T> T manage(Function<? super WriteTx, ? extends T> work) {
        manager = Thread.currentThread();
        try {
            return work.apply(this);
        } finally {
            // The work may have been done by a thread that has ended since.
            maybeClaim();
            manager = null;
            onChange();
        }
    }

    boolean isManagedBy(Thread thread) {
        return manager == thread;
    }

    boolean isUsedBy(Thread thread) {
        return user.get() == thread;
    }

    /// To be called by whatever uses the transaction: the thread that does is the writer from now on.
    ///
    /// @throws tenon.api.TxEndedException if it has ended, or is just being ended
    void claim() {
        if (!maybeClaim()) {
            throw endedError();
        }
    }

    private boolean maybeClaim() {
        Thread current = Thread.currentThread();
        Thread last = user.get();
        while (last != current) {
            if (last == null) {
                return false;
            }
            user.compareAndSet(last, current);
            last = user.get();
        }
        return true;
    }

    /// @return whether the caller is the one that ends the transaction
    private boolean maybeBeginEnd() {
        return user.getAndSet(null) != null;
    }

    /// Like [#maybeBeginEnd], for a thread that closes the store. Nobody else may be at work here: the thread that was the
    /// last one is the closing one, or has ended.
    boolean maybeBeginEndFor(Thread closer) {
        Thread last = user.get();
        Thread present = manager;
        boolean isFree = last == closer || present == closer || present == null && last != null && !last.isAlive();
        return isFree && last != null && user.compareAndSet(last, null);
    }

    private void checkNotManaged() {
        if (manager != null) {
            throw new MisuseException("the transaction is ended by whoever runs this work, when it returns or throws");
        }
    }

    /// Runs a change. One that fails in the middle leaves a transaction that can only be rolled back.
    void change(Runnable work) {
        checkNotBroken();
        onChange();
        try {
            work.run();
        } catch (IllegalStateException | InternalError e) {
            broken = onFault(e);
            throw broken;
        } catch (RuntimeException e) {
            broken = e;
            throw e;
        } catch (Error e) {
            broken = new IllegalStateException(e.toString(), e);
            throw e;
        }
    }

    /// @throws MisuseException if the transaction can only be rolled back
    void checkNotBroken() {
        if (broken != null) {
            throw new MisuseException("an earlier change of this transaction failed (" + broken.getMessage()
                    + "): it can only be rolled back");
        }
    }

    private long allocatePage(boolean isBrief) {
        return checkUnused(isBrief ? freelist.allocateBrief() : freelist.allocate(1));
    }

    private long checkUnused(long pageId) {
        if (dirty.contains(pageId) || dirty.findRun(pageId) != null) {
            throw file.corrupt(pageId, "it is in use, but the freelist gives it out");
        }
        return pageId;
    }

    /// Makes an empty dirty page.
    void newPage(int type, int level, boolean isRoot, PageView into) {
        dirty.add(allocatePage(isRoot || level > 0), into);
        pages.format(into, type, level, txid);
    }

    /// Makes the page dirty, under a new id, and points the view at the copy.
    ///
    /// @return whether it was clean before
    boolean touch(PageView page, boolean isRoot) {
        if (dirty.touch(page.pageId)) {
            return false;
        }
        if (dirty.unspill(page.pageId, touched)) {
            pages.copy(page, touched, txid);
            page.set(touched);
            return false;
        }
        dirty.add(allocatePage(isRoot || page.level() > 0), touched);
        pages.copy(page, touched, txid);
        free(page.pageId, 1);
        page.set(touched);
        return true;
    }

    /// Nothing more is likely to come to a page of this transaction: it need not wait for the commit.
    void finish(long pageId) {
        if (dirty.finish(pageId) >= CommitWriter.SPILL_PAGES) {
            try {
                writer.spill(dirty, pages, store.isSyncSeldom());
            } catch (StorageException e) {
                store.fail(e);
                throw e;
            }
        }
    }

    void freePage(long pageId) {
        if (dirty.remove(pageId)) {
            freelist.giveBack(pageId, 1);
        } else {
            free(pageId, 1);
        }
    }

    void freeRun(long pageId, int pageCount) {
        if (dirty.removeRun(pageId)) {
            freelist.giveBack(pageId, pageCount);
        } else {
            free(pageId, pageCount);
        }
    }

    private void free(long pageId, int pageCount) {
        if (!freelist.free(pageId, pageCount)) {
            throw file.corrupt(pageId, "it is used twice, or used and free at once");
        }
    }

    /// Writes a value to pages of its own.
    ///
    /// @param source null for zeros
    /// @return the reference to it
    byte[] newValue(MemorySegment source, int offsetBytes, int lengthBytes) {
        return newValue(lengthBytes, memory -> {
            if (source == null) {
                memory.fill((byte) 0);
            } else {
                MemorySegment.copy(source, offsetBytes, memory, 0, lengthBytes);
            }
        });
    }

    /// Writes a value to pages of its own. If the filler throws, nothing has changed.
    ///
    /// @param filler writes all bytes of the value
    /// @return the reference to it
    byte[] newValue(int lengthBytes, Consumer<MemorySegment> filler) {
        int pageCount = PageLayout.overflowPageCount(file.pageSizeBytes, lengthBytes);
        long pageId = checkUnused(freelist.allocate(pageCount));
        MemorySegment memory = runMemory(pageId, pageCount);
        PageView page = new PageView();
        page.set(memory, 0, pageId);
        pages.format(page, PageLayout.TYPE_OVERFLOW, 0, txid);
        PageEditor.setInt(page, PageLayout.OVERFLOW_OFFSET, pageCount - 1);
        PageEditor.setInt(page, PageLayout.OVERFLOW_LENGTH_OFFSET, lengthBytes);
        try {
            filler.accept(memory.asSlice(PageLayout.HEADER_BYTES, lengthBytes));
        } catch (RuntimeException | Error e) {
            freeRun(pageId, pageCount);
            throw e;
        }
        memory.asSlice((long) PageLayout.HEADER_BYTES + lengthBytes).fill((byte) 0);
        // A copy: the one buffer for references is overwritten by a split on the way up.
        return pages.encodeOverflow(pageId, (int) txid, lengthBytes).clone();
    }

    private MemorySegment runMemory(long pageId, int pageCount) {
        try {
            return dirty.addRun(pageId, pageCount).memory();
        } catch (RuntimeException | Error e) {
            freelist.giveBack(pageId, pageCount);
            throw e;
        }
    }

    /// The value of an element that was just written.
    ///
    /// @param position in the segment, where the value lies or the reference to it
    WritableView writableValue(MemorySegment segment, long position, int lengthBytes, boolean isInline) {
        if (isInline) {
            return new WritableView(segment, position, lengthBytes, this, stamp());
        }
        MemorySegment memory = dirty.findRun(segment.get(PageLayout.LONG, position)).memory();
        return new WritableView(memory, PageLayout.HEADER_BYTES, lengthBytes, this, stamp());
    }

    /// The value of a bucket's element in its parent.
    byte[] encodeBucket(BTreeBucket bucket) {
        return pages.encodeBucket(bucket.rootPageId, bucket.rootTxid, bucket.sequence).clone();
    }

    @Override
    public long txid() {
        return txid;
    }

    @Override
    public Optional<WriteBucket> findBucket(byte[] name) {
        return root.findBucket(name);
    }

    @Override
    public WriteBucket createBucket(byte[] name) {
        return root.createBucket(name);
    }

    @Override
    public boolean deleteBucket(byte[] name) {
        return root.deleteBucket(name);
    }

    @Override
    public long sizeBytes() {
        claim();
        return freelist.highWaterMark() * file.pageSizeBytes;
    }

    @Override
    public long sizeInUseBytes() {
        claim();
        long unused = freelist.freePageCount() + freelist.pendingPageCount();
        return (freelist.highWaterMark() - unused) * file.pageSizeBytes;
    }

    @Override
    public void renew() {
        claim();
        throw new MisuseException("a write transaction is the newest there is: commit it and begin another one");
    }

    @Override
    public void commit() {
        claim();
        checkNotManaged();
        checkNotBroken();
        onChange();
        beginEnd();
        store.commit(this);
    }

    private void beginEnd() {
        if (!maybeBeginEnd()) {
            throw endedError();
        }
    }

    /// Commits also if nothing was changed: a commit lets go of what the one before it freed.
    ///
    /// @param target the freelist leaves pages of this id and above
    /// @param cutsFile whether the file ends at the high water mark then
    void commitDefragmentation(long target, boolean cutsFile) {
        this.leavesFrom = target;
        this.cutsFile = cutsFile;
        commit();
    }

    boolean cutsFile() {
        return cutsFile;
    }

    /// Brings everything that is to be written into dirty pages.
    ///
    /// @return the commit they make, or the one before if nothing has changed
    Meta prepare(FreelistPages freelistPages) {
        root.writeBack();
        boolean isOrdinary = leavesFrom == Long.MAX_VALUE;
        if (isOrdinary && root.rootPageId == meta.rootPageId() && dirty.isEmpty()) {
            return meta;
        }
        freelist.cutTail(isOrdinary ? freelist.tailPageCountMin() : 1);
        freelistPages.write(txid, leavesFrom, pageId -> {
            PageView page = new PageView();
            dirty.add(pageId, page);
            pages.format(page, PageLayout.TYPE_FREELIST, 0, txid);
            return page;
        });
        Freelist.Link freelistEnd = freelist.newestLink();
        return new Meta(
                meta.formatVersion(),
                meta.pageSizeBytes(),
                txid,
                root.rootPageId,
                root.rootTxid,
                freelistEnd.pageId(),
                freelistEnd.txid(),
                freelist.highWaterMark(),
                freelist.freePageCount() + freelist.pendingPageCount());
    }

    @Override
    public void rollback() {
        claim();
        checkNotManaged();
        beginEnd();
        store.rollback(this);
    }

    @Override
    public void close() {
        if (user.get() != null) {
            checkNotManaged();
            if (maybeBeginEnd()) {
                store.rollback(this);
            }
        }
    }
}
