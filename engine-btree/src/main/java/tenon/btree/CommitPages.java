package tenon.btree;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import tenon.api.StorageFile;

/// The pages of a commit and their checksums, told by its meta page. Such a commit was written with one sync for all:
/// after a crash it counts only if the file has these pages as they are told here.
///
/// A page left by an attempt at the same commit may carry the same txid, but not the same checksum, unless it is equal.
///
/// @param pageIds of single pages, and of the first of pages in a row
/// @param crcs what each of them has for its checksum
record CommitPages(long[] pageIds, int[] crcs) {
    /// Of a commit whose pages were synced before its meta page was written.
    static final CommitPages NONE = new CommitPages(new long[0], new int[0]);

    private static final byte[] ZEROS = new byte[MetaLayout.RECORD_BYTES];

    boolean isEmpty() {
        return pageIds.length == 0;
    }

    /// Reads what a record tells. The record is whole.
    static CommitPages decode(ByteBuffer source, int base) {
        int count = source.getInt(base + MetaLayout.COMMIT_PAGE_COUNT_OFFSET);
        if (count <= 0 || count > MetaLayout.COMMIT_PAGE_COUNT_MAX) {
            return NONE;
        }
        CommitPages pages = new CommitPages(new long[count], new int[count]);
        for (int i = 0; i < count; i++) {
            int entry = base + MetaLayout.COMMIT_PAGES_OFFSET + i * MetaLayout.COMMIT_PAGE_BYTES;
            pages.pageIds[i] = source.getLong(entry);
            pages.crcs[i] = source.getInt(entry + Long.BYTES);
        }
        return pages;
    }

    void encode(ByteBuffer target, int base) {
        target.putInt(base + MetaLayout.COMMIT_PAGE_COUNT_OFFSET, pageIds.length);
        for (int i = 0; i < pageIds.length; i++) {
            int entry = base + MetaLayout.COMMIT_PAGES_OFFSET + i * MetaLayout.COMMIT_PAGE_BYTES;
            target.putLong(entry, pageIds[i]);
            target.putInt(entry + Long.BYTES, crcs[i]);
        }
        int end = MetaLayout.COMMIT_PAGES_OFFSET + pageIds.length * MetaLayout.COMMIT_PAGE_BYTES;
        target.put(base + end, ZEROS, 0, MetaLayout.CRC_OFFSET - end);
    }

    /// Looks for what a crash kept from the file.
    ///
    /// @return what is missing first, or null if all is there
    String findMissing(StorageFile file, Meta meta) {
        if (isEmpty()) {
            return null;
        }
        if (file.sizeBytes() < meta.highWaterMark() * meta.pageSizeBytes()) {
            return "the file ends before page " + meta.highWaterMark();
        }
        for (int i = 0; i < pageIds.length; i++) {
            if (!isIn(file, meta, pageIds[i], crcs[i])) {
                return "page " + pageIds[i] + " is not as it was to be written";
            }
        }
        return null;
    }

    private static boolean isIn(StorageFile file, Meta meta, long pageId, int crc) {
        ByteBuffer page = readRun(file, meta, pageId);
        if (page == null) {
            return false;
        }
        CRC32C actual = new CRC32C();
        actual.update(page.duplicate().position(PageLayout.TYPE_OFFSET));
        return (int) actual.getValue() == crc && page.getInt(PageLayout.CRC_OFFSET) == crc;
    }

    /// Writes the pages again as they are read.
    void rewrite(StorageFile file, Meta meta) {
        for (long pageId : pageIds) {
            file.write(pageId * meta.pageSizeBytes(), readRun(file, meta, pageId));
        }
    }

    /// A page with those that belong to it.
    ///
    /// @return null if no commit that tells its pages has such ones
    private static ByteBuffer readRun(StorageFile file, Meta meta, long pageId) {
        if (pageId < PageLayout.META_PAGE_COUNT || pageId >= meta.highWaterMark()) {
            return null;
        }
        ByteBuffer page = read(file, meta, pageId, 1);
        int overflowCount = page.getInt(PageLayout.OVERFLOW_OFFSET);
        if (overflowCount < 0
                || overflowCount >= MetaLayout.COMMIT_PAGE_COUNT_MAX
                || overflowCount >= meta.highWaterMark() - pageId) {
            return null;
        }
        return overflowCount == 0 ? page : read(file, meta, pageId, overflowCount + 1);
    }

    private static ByteBuffer read(StorageFile file, Meta meta, long pageId, int pageCount) {
        ByteBuffer pages = ByteBuffer.allocate(pageCount * meta.pageSizeBytes()).order(ByteOrder.LITTLE_ENDIAN);
        file.read(pageId * meta.pageSizeBytes(), pages);
        return pages.rewind();
    }
}
