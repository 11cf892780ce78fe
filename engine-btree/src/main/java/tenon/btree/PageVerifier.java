package tenon.btree;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// Checks a page before anything in it is believed: checksum first, then that no number in it leads out of the page
/// or the file, and that its keys ascend.
final class PageVerifier {
    private static final int CHUNK_BYTES = 64 << 10;

    private PageVerifier() {}

    /// @throws tenon.api.CorruptDataException if the page is damaged
    static void verify(PageFile file, PageView page) {
        try {
            String finding = findDamage(file, page);
            if (finding != null) {
                throw file.corrupt(page.pageId, finding);
            }
        } catch (InternalError e) {
            throw file.faultOf(e);
        }
    }

    private static String findDamage(PageFile file, PageView page) {
        int pageCount = page.type() == PageLayout.TYPE_OVERFLOW ? page.overflowCount() + 1 : 1;
        if (pageCount < 1
                || pageCount > file.highWaterMark() - page.pageId
                || pageCount == 1 && page.overflowCount() != 0) {
            return "it claims " + page.overflowCount() + " overflow pages";
        }
        if (crcOf(file, page, pageCount) != page.crc()) {
            return "its checksum is wrong";
        }
        if (page.storedPageId() != page.pageId) {
            return "it says to be page " + page.storedPageId();
        }
        return switch (page.type()) {
            case PageLayout.TYPE_LEAF, PageLayout.TYPE_BRANCH -> findTreePageDamage(file, page);
            case PageLayout.TYPE_OVERFLOW -> findOverflowDamage(file, page, pageCount);
            case PageLayout.TYPE_FREELIST -> page.count() <= FreelistLayout.entryCountMax(file.pageSizeBytes)
                    ? null
                    : "it claims " + page.count() + " freelist entries";
            default -> "its type " + page.type() + " is unknown";
        };
    }

    /// Copies to the heap before the checksum is taken: an intrinsic that meets unreadable mapped memory would take
    /// down the process, a copy throws.
    private static int crcOf(PageFile file, PageView page, int pageCount) {
        MemorySegment memory = page.segment;
        long base = page.base;
        long size = (long) pageCount * file.pageSizeBytes;
        if (size > memory.byteSize() - base) {
            memory = file.mapRun(page.pageId, pageCount);
            base = 0;
        }
        byte[] chunk = new byte[(int) Math.min(size, CHUNK_BYTES)];
        CRC32C crc = new CRC32C();
        for (long done = PageLayout.TYPE_OFFSET; done < size; ) {
            int length = (int) Math.min(chunk.length, size - done);
            MemorySegment.copy(memory, PageLayout.BYTE, base + done, chunk, 0, length);
            crc.update(chunk, 0, length);
            done += length;
        }
        return (int) crc.getValue();
    }

    private static String findOverflowDamage(PageFile file, PageView page, int pageCount) {
        int length = page.overflowValueLength();
        boolean fits = length >= 0
                && length <= PageLayout.VALUE_LENGTH_MAX
                && PageLayout.overflowPageCount(file.pageSizeBytes, length) == pageCount;
        return fits ? null : "a value of " + length + " bytes is not what " + pageCount + " pages hold";
    }

    private static String findTreePageDamage(PageFile file, PageView page) {
        int level = page.level();
        if (level > PageLayout.LEVEL_MAX || level == 0 != (page.type() == PageLayout.TYPE_LEAF)) {
            return "level " + level + " does not go with type " + page.type();
        }
        int count = page.count();
        int slotsEnd = PageLayout.HEADER_BYTES + count * PageLayout.SLOT_BYTES;
        int heapStart = page.heapStart();
        if (count == 0 || slotsEnd > heapStart || heapStart > file.pageSizeBytes) {
            return count + " elements with a heap at " + heapStart;
        }
        int heapBytes = page.deadBytes();
        int firstKey = page.firstKeyIndex();
        for (int i = 0; i < count; i++) {
            String finding = findElementDamage(file, page, i, level);
            if (finding != null) {
                return "element " + i + " " + finding;
            }
            heapBytes += page.elementBytes(i);
            if (i > firstKey && page.compareKey(i - 1, page, i) >= 0) {
                return "the keys of elements " + (i - 1) + " and " + i + " do not ascend";
            }
        }
        return heapStart + heapBytes == file.pageSizeBytes ? findHeadDamage(page) : "the heap does not add up";
    }

    /// The keys ascend: what the first and the last one begin with, all do.
    private static String findHeadDamage(PageView page) {
        int first = page.firstKeyIndex();
        int last = page.count() - 1;
        int prefixLength = page.prefixLength();
        if (first <= last) {
            int lengthMax = Math.min(page.keyLength(first), page.keyLength(last));
            if (prefixLength > lengthMax || KeyBytes.mismatch(
                            page.segment, page.keyPosition(first), page.segment, page.keyPosition(last), prefixLength)
                    < prefixLength) {
                return "not all keys begin with the same " + prefixLength + " bytes";
            }
        }
        for (int i = 0; i <= last; i++) {
            if (page.head(i) != (i < first ? 0 : page.headOf(i, prefixLength))) {
                return "the head of element " + i + " is not of its key";
            }
        }
        return null;
    }

    private static String findElementDamage(PageFile file, PageView page, int index, int level) {
        int offset = page.elementOffset(index);
        int header = level > 0 ? PageLayout.CHILD_BYTES : PageLayout.ELEMENT_HEADER_BYTES;
        if (offset < page.heapStart() || offset > file.pageSizeBytes - header) {
            return "lies at offset " + offset;
        }
        if (offset + page.elementBytes(index) > file.pageSizeBytes) {
            return "ends behind the page";
        }
        int keyLength = page.keyLength(index);
        boolean isFirstOfBranch = level > 0 && index == 0;
        if (keyLength > PageLayout.keyLengthMax(file.pageSizeBytes) || isFirstOfBranch != (keyLength == 0)) {
            return "has a key of " + keyLength + " bytes";
        }
        int flags = page.flags(index);
        if (level > 0) {
            return flags == 0 && isPage(file, page.child(index)) ? null : "is no reference to a page";
        }
        int valueLength = page.storedValueLength(index);
        return switch (flags) {
            case 0 -> null;
            case PageLayout.FLAG_BUCKET -> valueLength == PageLayout.BUCKET_REF_BYTES
                            && (page.reference(index) == 0 || isPage(file, page.reference(index)))
                    ? null
                    : "is no reference to a bucket";
            case PageLayout.FLAG_OVERFLOW -> valueLength == PageLayout.OVERFLOW_REF_BYTES
                            && page.referenceLength(index) >= 0
                            && isPage(file, page.reference(index))
                    ? null
                    : "is no reference to an overflow page";
            default -> "has unknown flags";
        };
    }

    private static boolean isPage(PageFile file, long pageId) {
        return pageId >= PageLayout.META_PAGE_COUNT && pageId < file.highWaterMark();
    }
}
