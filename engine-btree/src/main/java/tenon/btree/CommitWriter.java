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
    private static final long GROW_STEP_BYTES_MIN = 64 << 10;
    private static final int GROW_STEP_DIVISOR = 4;
    /// The file is cut when it is longer than needed by so many steps of growth, and keeps half of one.
    private static final int SHRINK_STEPS = 2;

    private final PageFile file;
    private final BTreeOptions options;
    private final MemorySegment staging;
    private final ByteBuffer stagingBuffer;
    private final PageView page = new PageView();

    private long stagedPosition;
    private int stagedBytes;
    private boolean canShrink = true;

    /// @param staging memory of [#stagingBytes]
    CommitWriter(PageFile file, BTreeOptions options, MemorySegment staging) {
        this.file = file;
        this.options = options;
        this.staging = staging;
        this.stagingBuffer = staging.asByteBuffer();
    }

    static long stagingBytes() {
        return STAGING_BYTES;
    }

    /// Makes room for the pages below the high water mark. Overwrites nothing.
    ///
    /// @throws StorageFullException if the disk or the configured size is full
    void grow(long highWaterMark) {
        long needed = highWaterMark * file.pageSizeBytes;
        long size = file.file.sizeBytes();
        if (needed > options.sizeBytesMax()) {
            throw new StorageFullException(
                    file.path() + " needs " + needed + " bytes, but may have " + options.sizeBytesMax()
                            + ": raise the limit, or delete and defragment",
                    file.path(),
                    null);
        }
        if (needed > size) {
            long target = Math.min(options.sizeBytesMax(), Math.max(needed, size + growStepBytes(size)));
            target = Math.max(needed, target - target % file.pageSizeBytes);
            try {
                file.file.allocate(target);
            } catch (StorageFullException e) {
                if (target == needed) {
                    throw e;
                }
                file.file.allocate(needed);
            }
        }
        file.mapTo(highWaterMark);
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

    /// Seals and writes all dirty pages.
    void writePages(DirtyPages dirty, PageEditor pages) {
        stagedBytes = 0;
        boolean isSyncSeldom = options.syncMode() != SyncMode.LOSE_NOTHING;
        for (long pageId : dirty.sortedPageIds()) {
            int pageCount = 1;
            if (!dirty.find(pageId, page)) {
                RunPool.Run run = dirty.findRun(pageId);
                page.set(run.memory(), 0, pageId);
                pageCount = run.pageCount();
            }
            pages.seal(page, pageCount);
            long size = (long) pageCount * file.pageSizeBytes;
            long position = pageId * file.pageSizeBytes;
            if (isSyncSeldom) {
                file.file.writeMapped(position, page.segment, page.base, size);
                continue;
            }
            if (stagedBytes > 0 && (position != stagedPosition + stagedBytes || stagedBytes + size > STAGING_BYTES)) {
                flush();
            }
            if (size > STAGING_BYTES) {
                file.file.write(position, page.segment.asByteBuffer());
            } else {
                stage(position, (int) size);
            }
        }
        flush();
    }

    private void stage(long position, int size) {
        if (stagedBytes == 0) {
            stagedPosition = position;
        }
        MemorySegment.copy(page.segment, page.base, staging, stagedBytes, size);
        stagedBytes += size;
    }

    private void flush() {
        if (stagedBytes > 0) {
            file.file.write(stagedPosition, stagingBuffer.clear().limit(stagedBytes));
            stagedBytes = 0;
        }
    }

    void writeMeta(Meta meta, int slot) {
        file.file.write((long) slot * file.pageSizeBytes, meta.encode());
    }
}
