package tenon.btree;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import tenon.api.CorruptDataException;
import tenon.api.StorageException;
import tenon.api.StorageFile;
import tenon.api.StorageIoException;

/// A store file, mapped read-only in segments that never move, and which of its pages are verified.
///
/// Any thread may read pages; one thread at a time, the writer or the opener, maps and grows. When the file is closed,
/// first its readers are ended, then the mapping; a thread that still reads then gets an [IllegalStateException], which
/// its transaction turns into the right error.
final class PageFile implements AutoCloseable {
    final StorageFile file;
    final int pageSizeBytes;
    final ReaderTable readers = new ReaderTable();

    private final int pageShift;
    private final int segmentShift;
    private final long segmentPageMask;
    private final boolean canGrow;
    private final boolean ownsFile;
    private final Arena arena = Arena.ofShared();
    private final ConcurrentMap<Long, MemorySegment> longRuns = new ConcurrentHashMap<>();
    private final AtomicBoolean closeOnce = new AtomicBoolean();

    // Replaced as a whole when the file grows; a segment once in it stays.
    private volatile Segment[] segments = {};
    private volatile long highWaterMark;
    private volatile boolean closed;
    private volatile boolean retired;

    /// A mapped piece of the file.
    private record Segment(MemorySegment memory, AtomicLongArray verified) {}

    PageFile(StorageFile file, int pageSizeBytes, long mapSegmentSizeBytes, boolean canGrow) {
        this(file, true, pageSizeBytes, mapSegmentSizeBytes, canGrow);
    }

    private PageFile(
            StorageFile file, boolean ownsFile, int pageSizeBytes, long mapSegmentSizeBytes, boolean canGrow) {
        this.file = file;
        this.ownsFile = ownsFile;
        this.pageSizeBytes = pageSizeBytes;
        this.canGrow = canGrow;
        pageShift = Integer.numberOfTrailingZeros(pageSizeBytes);
        segmentShift = Long.numberOfTrailingZeros(mapSegmentSizeBytes) - pageShift;
        segmentPageMask = (1L << segmentShift) - 1;
    }

    /// Pages of a file that somebody else closes.
    static PageFile borrowing(StorageFile file, int pageSizeBytes) {
        return new PageFile(file, false, pageSizeBytes, BTreeOptions.DEFAULT.mapSegmentSizeBytes(), false);
    }

    Path path() {
        return file.path();
    }

    long segmentPages() {
        return 1L << segmentShift;
    }

    /// What is in memory cannot be mapped a second time in other pieces.
    int valueLengthMax() {
        long segmentBytes = segmentPages() * pageSizeBytes - PageLayout.HEADER_BYTES;
        return file instanceof AnonymousFile
                ? Math.clamp(segmentBytes, 0, PageLayout.VALUE_LENGTH_MAX)
                : PageLayout.VALUE_LENGTH_MAX;
    }

    long highWaterMark() {
        return highWaterMark;
    }

    boolean isClosed() {
        return closed;
    }

    /// Maps the file up to the page; pages below it may then be loaded.
    void mapTo(long newHighWaterMark) {
        int needed = (int) ((newHighWaterMark + segmentPageMask) >>> segmentShift);
        Segment[] old = segments;
        if (needed > old.length) {
            Segment[] grown = Arrays.copyOf(old, needed);
            for (int i = old.length; i < needed; i++) {
                grown[i] = mapSegment(i);
            }
            segments = grown;
        }
        highWaterMark = newHighWaterMark;
    }

    /// Maps the file as far as it goes, and takes references to pages behind its end for possible: they were there once.
    void mapAll(long pageCount) {
        mapTo(pageCount);
        highWaterMark = Long.MAX_VALUE / PageLayout.PAGE_SIZE_MAX;
    }

    private Segment mapSegment(int index) {
        long size = (segmentPageMask + 1) << pageShift;
        long position = index * size;
        long mapped = canGrow ? size : Math.min(size, file.sizeBytes() - position);
        MemorySegment memory = file.map(position, mapped, arena);
        return new Segment(memory, new AtomicLongArray((int) ((segmentPageMask + Long.SIZE) / Long.SIZE)));
    }

    /// Reads the pages up to the high water mark into memory. Behind the end of the file there is nothing to touch.
    void prefault() {
        long left = highWaterMark << pageShift;
        for (Segment segment : segments) {
            MemorySegment memory = segment.memory();
            long length = Math.min(memory.byteSize(), left);
            if (length > 0 && memory.isMapped()) {
                memory.asSlice(0, length).load();
            }
            left -= length;
        }
    }

    /// Points the view at a page, and verifies it when it is read for the first time.
    ///
    /// @throws CorruptDataException if it is damaged
    void load(long pageId, PageView into) {
        Segment segment = locate(pageId, into);
        int bit = (int) (pageId & segmentPageMask);
        if (!isVerified(segment, bit)) {
            PageVerifier.verify(this, into);
            markVerified(segment, bit);
        } else if (into.storedPageId() != pageId) {
            throw corrupt(pageId, "it was overwritten with page " + into.storedPageId() + " since it was verified");
        }
    }

    /// Reads the first bytes of a page, so that who loads it soon need not wait for them, nor for where they are mapped.
    /// A page that was never verified is left alone: nobody has asked for it, and its medium may fail.
    ///
    /// @return a number that only keeps the reads from being optimised away
    long touch(long pageId) {
        Segment[] mapped = segments;
        int index = (int) (pageId >>> segmentShift);
        if (pageId < PageLayout.META_PAGE_COUNT || pageId >= highWaterMark || index >= mapped.length) {
            return 0;
        }
        Segment segment = mapped[index];
        int bit = (int) (pageId & segmentPageMask);
        return isVerified(segment, bit) ? segment.memory().get(PageLayout.LONG, (long) bit << pageShift) : 0;
    }

    private static boolean isVerified(Segment segment, int bit) {
        return (segment.verified().getOpaque(bit >>> 6) & 1L << bit) != 0;
    }

    /// Points the view at a page without a look at it.
    private Segment locate(long pageId, PageView into) {
        Segment[] mapped = segments;
        int index = (int) (pageId >>> segmentShift);
        if (pageId < PageLayout.META_PAGE_COUNT || pageId >= highWaterMark || index >= mapped.length) {
            throw corrupt(pageId, "it is referred to, but lies outside of the file's " + highWaterMark + " pages");
        }
        into.set(mapped[index].memory(), (pageId & segmentPageMask) << pageShift, pageId);
        return mapped[index];
    }

    /// Points the view at a page and verifies it, whether it was before or not. If it is damaged, it is also for those
    /// who load it from now on.
    void verify(long pageId, PageView into) {
        Segment segment = locate(pageId, into);
        try {
            PageVerifier.verify(this, into);
        } catch (CorruptDataException e) {
            int bit = (int) (pageId & segmentPageMask);
            segment.verified().accumulateAndGet(bit >>> 6, 1L << bit, (old, mask) -> old & ~mask);
            throw e;
        }
    }

    private static void markVerified(Segment segment, int bit) {
        segment.verified().accumulateAndGet(bit >>> 6, 1L << bit, (old, mask) -> old | mask);
    }

    /// What was just written by this process is taken as verified.
    void markVerified(long pageId) {
        markVerified(segments[(int) (pageId >>> segmentShift)], (int) (pageId & segmentPageMask));
    }

    /// Memory of pages in a row, which may lie in several segments. The view is pointed at the first of them.
    void loadRun(long pageId, int pageCount, PageView into) {
        load(pageId, into);
        if ((pageId & segmentPageMask) + pageCount > segmentPageMask + 1) {
            into.set(mapRun(pageId, pageCount), 0, pageId);
        }
    }

    /// Maps a run of pages of the file on its own, for what crosses the border of a segment.
    MemorySegment mapRun(long pageId, int pageCount) {
        long size = (long) pageCount << pageShift;
        MemorySegment memory = longRuns.get(pageId);
        if (memory == null || memory.byteSize() < size) {
            synchronized (longRuns) {
                memory = mapUnlessClosed(pageId, size);
                longRuns.put(pageId, memory);
            }
        }
        return memory;
    }

    private MemorySegment mapUnlessClosed(long pageId, long size) {
        try {
            if (size > file.sizeBytes() - (pageId << pageShift)) {
                throw corrupt(pageId, "its " + (size >>> pageShift) + " pages do not lie in the file");
            }
            return file.map(pageId << pageShift, size, arena);
        } catch (StorageException e) {
            // As the memory of a closed file does.
            throw closed ? new IllegalStateException("the file is closed", e) : e;
        }
    }

    /// @throws CorruptDataException if a bucket is nested deeper than any that can be made
    void checkBucketDepth(int depth, long rootPageId) {
        if (depth > PageLayout.BUCKET_DEPTH_MAX) {
            throw corrupt(rootPageId, "its bucket is nested in more than " + PageLayout.BUCKET_DEPTH_MAX + " others");
        }
    }

    CorruptDataException corrupt(long pageId, String finding) {
        return new CorruptDataException(
                path(),
                pageId << pageShift,
                "page " + pageId + ": " + finding + "; restore from a copy, or see tenon db fallback and salvage");
    }

    /// Whether the file is too short for its last commit: somebody cut it behind our back. Only the writer knows.
    boolean isCut(long sizeBytes) {
        return sizeBytes < highWaterMark << pageShift;
    }

    /// @throws StorageIoException if the file was cut behind our back
    void checkNotCut(long sizeBytes) {
        if (isCut(sizeBytes)) {
            throw faultOf(new IllegalStateException(
                    "it has " + sizeBytes + " bytes, but its last commit uses " + (highWaterMark << pageShift)));
        }
    }

    /// What a fault of mapped memory means.
    RuntimeException faultOf(Throwable fault) {
        return new StorageIoException(
                "read mapped pages (the file is shorter than it was, or its medium fails)", path(), fault);
    }

    /// No reader begins on this file any more; it is closed when the last one ends.
    void retire() {
        retired = true;
        maybeClose();
    }

    /// To be called after a reader ended.
    void maybeClose() {
        if (retired && readers.count() == 0) {
            close();
        }
    }

    @Override
    public void close() {
        if (closeOnce.compareAndSet(false, true)) {
            closed = true;
            readers.endAll();
            arena.close();
            if (ownsFile) {
                file.close();
            }
        }
    }
}
