package tenon.btree;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import tenon.api.StorageException;
import tenon.api.StorageFullException;

/// Writes the dirty pages of a commit: in the order of their places in the file, neighbours joined into one write.
final class CommitWriter {
    private static final System.Logger LOG = System.getLogger("tenon.btree");

    private static final int STAGING_BYTES = 1 << 20;
    /// So many finished pages are written at a time, before their transaction ends.
    static final int SPILL_PAGES = 256;
    /// So much at least is written before the disk begins with it, in a commit of at least so much. For a smaller one a thread
    /// costs what it gains.
    private static final long WRITE_BACK_BYTES = 256 << 10;
    private static final long WRITE_BACK_COMMIT_BYTES_MIN = 1 << 20;
    private static final long GROW_STEP_BYTES_MIN = 64 << 10;
    private static final long LARGE_GROWTH_BYTES = 512 << 10;
    private static final int GROW_STEP_DIVISOR = 32;
    /// The file is cut when it is longer than needed by so many steps of growth, and keeps half of one.
    private static final int SHRINK_STEPS = 2;

    private final PageFile file;
    private final BTreeOptions options;
    private final MemorySegment staging;
    private final PageView page = new PageView();
    private final ByteBuffer metaPage;

    /// Pages from this position on were written when the file grew for this commit.
    private long appendedFrom = Long.MAX_VALUE;
    private boolean isSyncSeldom;
    private boolean startsWriteBack;
    // What waits to be written in one piece: some of the staging memory, or of the memory in which its pages lie in a row.
    private MemorySegment pending;
    private long pendingBase;
    private long pendingPosition;
    private long pendingBytes;
    /// Written since the disk was last asked to begin.
    private long unstartedBytes;
    private boolean canShrink = true;

    /// @param staging memory of [#stagingBytes]
    CommitWriter(PageFile file, BTreeOptions options, MemorySegment staging) {
        this.file = file;
        this.options = options;
        this.staging = staging;
        this.metaPage = ByteBuffer.allocateDirect(file.pageSizeBytes);
    }

    static long stagingBytes() {
        return STAGING_BYTES;
    }

    /// Writes the finished pages while their transaction goes on, and lets go of their buffers. Nothing refers to them until
    /// it is committed. Where there is no room for them, they stay: it is the commit that fails for that.
    ///
    /// @param isSyncSeldom as for [#grow]
    void spill(DirtyPages dirty, PageEditor pages, boolean isSyncSeldom) {
        long[] pageIds = dirty.takeFinished();
        long highWaterMark = pageIds[pageIds.length - 1] + 1;
        long size = file.file.sizeBytes();
        file.checkNotCut(size);
        if (highWaterMark * file.pageSizeBytes > options.sizeBytesMax()) {
            return;
        }
        startsWriteBack = !isSyncSeldom;
        pendingBytes = 0;
        try {
            long end = size;
            for (long pageId : pageIds) {
                end = append(pageId, end, dirty, pages);
            }
            flush();
        } catch (StorageFullException e) {
            LOG.log(Level.DEBUG, "no room for the pages of a transaction before its end", e);
            file.file.truncate(size);
            return;
        }
        file.mapTo(Math.max(highWaterMark, file.highWaterMark()));
        dirty.spill(pageIds);
    }

    /// Makes room for the pages below the high water mark. Overwrites nothing: what it writes are the dirty pages behind
    /// the end of the file.
    ///
    /// @param isSyncSeldom whether more commits are likely to come before the next sync; of [#writePages] too. It is the
    ///     store's to say: the file may have been made as a copy, in another mode
    /// @throws StorageFullException if the disk or the configured size is full
    /// @throws tenon.api.StorageIoException if the file is shorter than the last commit left it: to make it grow would put
    ///     zeros where pages were
    void grow(long highWaterMark, DirtyPages dirty, PageEditor pages, boolean isSyncSeldom) {
        this.isSyncSeldom = isSyncSeldom;
        startsWriteBack = !isSyncSeldom
                && dirty.pageCount() * file.pageSizeBytes >= WRITE_BACK_COMMIT_BYTES_MIN;
        unstartedBytes = 0;
        long needed = highWaterMark * file.pageSizeBytes;
        long size = file.file.sizeBytes();
        file.checkNotCut(size);
        if (needed > options.sizeBytesMax()) {
            throw new StorageFullException(
                    file.path() + " needs " + needed + " bytes, but may have " + options.sizeBytesMax()
                            + ": raise the limit, or delete and defragment",
                    file.path(),
                    null);
        }
        appendedFrom = Long.MAX_VALUE;
        if (needed > size) {
            try {
                appendPages(size, dirty, pages);
                file.file.allocate(needed);
            } catch (StorageFullException e) {
                file.file.truncate(size);
                throw e;
            }
            maybeGrowAhead(size, needed);
        }
        file.mapTo(highWaterMark);
    }

    /// Writes the pages behind the end of the file, with zeros in between, so that no block of the file is missing.
    private void appendPages(long size, DirtyPages dirty, PageEditor pages) {
        appendedFrom = size;
        pendingBytes = 0;
        long end = size;
        for (long pageId : dirty.sortedPageIds()) {
            long position = pageId * file.pageSizeBytes;
            if (position >= size) {
                end = append(pageId, end, dirty, pages);
            }
        }
        flush();
    }

    /// Seals a page, and writes it with what waits, which goes to the file first if the page lies behind its end.
    ///
    /// @param end where the file will end once all that waits is written
    /// @return where it will end with this page
    private long append(long pageId, long end, DirtyPages dirty, PageEditor pages) {
        long position = pageId * file.pageSizeBytes;
        if (position > end) {
            flush();
            file.file.allocate(position);
        }
        long length = seal(pageId, dirty, pages);
        write(position, length);
        return Math.max(end, position + length);
    }

    /// So that not each small commit makes the file system take up new blocks. One that adds much pays for them anyway, and
    /// zeros before the next one would double what it writes.
    private void maybeGrowAhead(long size, long needed) {
        if (needed - size > LARGE_GROWTH_BYTES) {
            return;
        }
        long target = Math.min(options.sizeBytesMax(), size + growStepBytes(size));
        if (target > needed) {
            try {
                file.file.allocate(target - target % file.pageSizeBytes);
            } catch (StorageFullException e) {
                LOG.log(Level.DEBUG, "there is room for this commit, but not for a whole step", e);
            }
        }
    }

    private long growStepBytes(long sizeBytes) {
        long max = Math.max(GROW_STEP_BYTES_MIN, options.growStepBytesMax());
        return Math.clamp(sizeBytes / GROW_STEP_DIVISOR, GROW_STEP_BYTES_MIN, max);
    }

    /// Cuts off what lies behind the high water mark, if it is much. That it fails harms nobody.
    ///
    /// @param cutsAll whether little is enough, and no room to grow is left
    void maybeShrink(long highWaterMark, boolean cutsAll) {
        long needed = highWaterMark * file.pageSizeBytes;
        long step = growStepBytes(needed);
        long spare = file.file.sizeBytes() - needed;
        if (canShrink && spare > (cutsAll ? 0 : SHRINK_STEPS * step)) {
            long kept = cutsAll ? needed : needed + step / 2;
            try {
                file.file.truncate(kept - kept % file.pageSizeBytes);
            } catch (StorageException e) {
                canShrink = false;
                LOG.log(Level.WARNING, "the file stays longer than it need be", e);
            }
        }
    }

    /// Seals and writes all dirty pages, but for those that [#grow] has written.
    void writePages(DirtyPages dirty, PageEditor pages) {
        pendingBytes = 0;
        for (long pageId : dirty.sortedPageIds()) {
            long position = pageId * file.pageSizeBytes;
            if (position >= appendedFrom) {
                break;
            }
            long length = seal(pageId, dirty, pages);
            if (isSyncSeldom) {
                file.file.writeMapped(position, page.segment, page.base, length);
            } else {
                write(position, length);
            }
        }
        flush();
    }

    /// Points the view at a dirty page and seals it.
    ///
    /// @return its bytes
    private long seal(long pageId, DirtyPages dirty, PageEditor pages) {
        int pageCount = view(pageId, dirty);
        pages.seal(page, pageCount);
        return (long) pageCount * file.pageSizeBytes;
    }

    /// Points the view at a dirty page.
    ///
    /// @return its pages in a row
    private int view(long pageId, DirtyPages dirty) {
        if (dirty.find(pageId, page)) {
            return 1;
        }
        RunPool.Run run = dirty.findRun(pageId);
        page.set(run.memory(), 0, pageId);
        return run.pageCount();
    }

    /// Adds the page, or the pages in a row, of the view to what waits, if it is its neighbour in the file.
    private void write(long position, long length) {
        boolean isNeighbour = position == pendingPosition + pendingBytes && pendingBytes + length <= STAGING_BYTES;
        if (!isNeighbour) {
            flush();
            // Not behind the last page: the sync comes right then.
            maybeStartWriteBack();
        }
        if (pendingBytes == 0) {
            pending = page.segment;
            pendingBase = page.base;
            pendingPosition = position;
        } else if (pending != page.segment || pendingBase + pendingBytes != page.base) {
            stage(length);
        }
        pendingBytes += length;
    }

    /// Copies the pages of the view behind what waits, which is copied too unless it was.
    private void stage(long length) {
        if (pending != staging) {
            MemorySegment.copy(pending, pendingBase, staging, 0, pendingBytes);
            pending = staging;
            pendingBase = 0;
        }
        MemorySegment.copy(page.segment, page.base, staging, pendingBytes, length);
    }

    private void flush() {
        if (pendingBytes > 0) {
            file.file.write(pendingPosition, pending.asSlice(pendingBase, pendingBytes).asByteBuffer());
            unstartedBytes += pendingBytes;
            pendingBytes = 0;
        }
    }

    /// The disk need not wait for the last of many pages.
    private void maybeStartWriteBack() {
        if (startsWriteBack && unstartedBytes >= WRITE_BACK_BYTES) {
            file.file.startWriteBack();
            unstartedBytes = 0;
        }
    }

    /// What the meta page is to tell of the pages that were just written. If they are many, one more sync costs little.
    CommitPages commitPages(DirtyPages dirty) {
        if (dirty.pageCount() > MetaLayout.COMMIT_PAGE_COUNT_MAX) {
            return CommitPages.NONE;
        }
        long[] pageIds = dirty.sortedPageIds();
        int[] crcs = new int[pageIds.length];
        for (int i = 0; i < crcs.length; i++) {
            view(pageIds[i], dirty);
            crcs[i] = page.crc();
        }
        return new CommitPages(pageIds, crcs);
    }

    void writeMeta(Meta meta, CommitPages commitPages, int slot) {
        meta.encode(metaPage.clear(), commitPages);
        file.file.write((long) slot * file.pageSizeBytes, metaPage);
    }
}
