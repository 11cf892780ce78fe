package tenon.btree;

import java.lang.foreign.Arena;

/// All that belongs to one open file. A defragmentation replaces it as a whole. Fields are the writer's, but for the
/// file itself.
final class StoreState {
    final PageFile file;
    final Freelist freelist;
    final FreelistPages freelistPages;
    final DirtyPages dirty;
    final PageEditor editor;
    final CommitWriter writer;

    /// The commit in the newer meta page on the disk, and that page.
    Meta written;
    int writtenSlot;
    /// Whether that page says that the commit is durable, rather than telling its pages.
    private boolean isSettled;
    /// The commit in the older meta page.
    long olderTxid;
    private long olderHighWaterMark;

    private final Arena arena = Arena.ofShared();
    private final PagePool pool;
    private final RunPool runPool;

    StoreState(PageFile file, MetaPages metaPages, BTreeOptions options) {
        this.file = file;
        this.written = metaPages.meta();
        this.writtenSlot = metaPages.slot();
        this.isSettled = metaPages.pages().isEmpty();
        this.olderTxid = written.txid() - 1;
        this.olderHighWaterMark =
                metaPages.other() == null ? written.highWaterMark() : metaPages.other().highWaterMark();
        this.freelist = FreelistReader.read(written, file);
        this.freelistPages = new FreelistPages(file, freelist);
        this.pool = new PagePool(file.pageSizeBytes);
        this.runPool = new RunPool(file.pageSizeBytes);
        this.dirty = new DirtyPages(pool, runPool);
        this.editor = new PageEditor(file.pageSizeBytes, arena.allocate(file.pageSizeBytes, Long.BYTES));
        this.writer = new CommitWriter(file, options, arena.allocate(CommitWriter.stagingBytes(), Long.BYTES));
    }

    /// @param commitPages what is not yet synced of the commit
    void writeMeta(Meta meta, CommitPages commitPages) {
        int slot = 1 - writtenSlot;
        writer.writeMeta(meta, commitPages, slot);
        olderTxid = written.txid();
        olderHighWaterMark = written.highWaterMark();
        written = meta;
        writtenSlot = slot;
        isSettled = commitPages.isEmpty();
    }

    /// Lets the newest commit stand without proof. What is damaged in it from now on is damage, and not for want of a
    /// sync.
    void settle() {
        if (!isSettled) {
            written.settle(file.file, writtenSlot);
            isSettled = true;
        }
    }

    /// Gives the end of the file back if it is long enough to be worth it. What the commits of both meta pages and the
    /// newest one refer to stays.
    ///
    /// @param cutsAll whether no room to grow is left
    void maybeShrink(Meta newest, boolean cutsAll) {
        long highWaterMark = Math.max(written.highWaterMark(), olderHighWaterMark);
        writer.maybeShrink(Math.max(newest.highWaterMark(), highWaterMark), cutsAll);
    }

    /// Frees the writer's memory; the file is closed apart from it.
    void closeWriter() {
        dirty.clear();
        pool.close();
        runPool.close();
        arena.close();
    }
}
