package tenon.btree;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import tenon.api.StorageFile;

/// A commit, as the meta page tells it.
///
/// @param rootPageId of the tree of top-level buckets, 0 if it is empty
/// @param rootTxid lower bits of the txid that the root page carries
/// @param freelistPageId the last page of the freelist, 0 if there is none
/// @param freelistTxid lower bits of the txid that this page carries
/// @param highWaterMark pages of this id and above are not used
/// @param freePageCount pages in the freelist
record Meta(
        int formatVersion,
        int pageSizeBytes,
        long txid,
        long rootPageId,
        int rootTxid,
        long freelistPageId,
        int freelistTxid,
        long highWaterMark,
        long freePageCount) {
    /// A store that makes a million commits a second does not come here; one that somebody made must have room to go on.
    private static final long TXID_MAX = Long.MAX_VALUE >> 1;

    static Meta empty(int pageSizeBytes, long txid) {
        return new Meta(
                MetaLayout.FORMAT_VERSION, pageSizeBytes, txid, 0, 0, 0, 0, PageLayout.META_PAGE_COUNT, 0);
    }

    Meta withTxid(long newTxid) {
        return new Meta(
                formatVersion,
                pageSizeBytes,
                newTxid,
                rootPageId,
                rootTxid,
                freelistPageId,
                freelistTxid,
                highWaterMark,
                freePageCount);
    }

    /// A whole meta page, of a commit whose pages were synced before.
    ByteBuffer encode() {
        ByteBuffer page = ByteBuffer.allocateDirect(pageSizeBytes);
        encode(page, CommitPages.NONE);
        return page;
    }

    /// Writes a whole meta page.
    ///
    /// @param page of zeros, or a meta page
    void encode(ByteBuffer page, CommitPages commitPages) {
        page.order(ByteOrder.LITTLE_ENDIAN);
        for (int copy = 0; copy < MetaLayout.COPY_COUNT; copy++) {
            int base = copy * MetaLayout.RECORD_BYTES;
            page.putLong(base + MetaLayout.MAGIC_OFFSET, MetaLayout.MAGIC);
            page.putInt(base + MetaLayout.FORMAT_VERSION_OFFSET, formatVersion);
            page.putInt(base + MetaLayout.PAGE_SIZE_OFFSET, pageSizeBytes);
            page.putLong(base + MetaLayout.TXID_OFFSET, txid);
            page.putLong(base + MetaLayout.ROOT_OFFSET, rootPageId);
            page.putLong(base + MetaLayout.FREELIST_OFFSET, freelistPageId);
            page.putLong(base + MetaLayout.HIGH_WATER_MARK_OFFSET, highWaterMark);
            page.putLong(base + MetaLayout.FREE_PAGE_COUNT_OFFSET, freePageCount);
            page.putInt(base + MetaLayout.ROOT_TXID_OFFSET, rootTxid);
            page.putInt(base + MetaLayout.FREELIST_TXID_OFFSET, freelistTxid);
            commitPages.encode(page, base);
            page.putInt(base + MetaLayout.CRC_OFFSET, crc(page, base));
        }
    }

    /// Lets a meta page tell that this commit is durable. One copy of the record is whole at each moment.
    void settle(StorageFile file, int slot) {
        ByteBuffer page = encode();
        for (int copy = 0; copy < MetaLayout.COPY_COUNT; copy++) {
            int base = copy * MetaLayout.RECORD_BYTES;
            page.clear().position(base).limit(base + MetaLayout.RECORD_BYTES);
            file.write((long) slot * pageSizeBytes + base, page);
            file.sync();
        }
    }

    /// Reads one copy of the record.
    ///
    /// @return null if magic, checksum or page size are wrong. A later version comes back with nothing else set
    static Meta decode(ByteBuffer source, int base) {
        if (base + MetaLayout.RECORD_BYTES > source.limit()
                || source.getLong(base + MetaLayout.MAGIC_OFFSET) != MetaLayout.MAGIC
                || source.getInt(base + MetaLayout.CRC_OFFSET) != crc(source, base)) {
            return null;
        }
        int version = source.getInt(base + MetaLayout.FORMAT_VERSION_OFFSET);
        if (version < 1 || version > MetaLayout.FORMAT_VERSION) {
            return new Meta(version, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        Meta meta = new Meta(
                version,
                source.getInt(base + MetaLayout.PAGE_SIZE_OFFSET),
                source.getLong(base + MetaLayout.TXID_OFFSET),
                source.getLong(base + MetaLayout.ROOT_OFFSET),
                source.getInt(base + MetaLayout.ROOT_TXID_OFFSET),
                source.getLong(base + MetaLayout.FREELIST_OFFSET),
                source.getInt(base + MetaLayout.FREELIST_TXID_OFFSET),
                source.getLong(base + MetaLayout.HIGH_WATER_MARK_OFFSET),
                source.getLong(base + MetaLayout.FREE_PAGE_COUNT_OFFSET));
        return meta.isPlausible() ? meta : null;
    }

    private boolean isPlausible() {
        return pageSizeBytes >= PageLayout.PAGE_SIZE_MIN
                && pageSizeBytes <= PageLayout.PAGE_SIZE_MAX
                && Integer.bitCount(pageSizeBytes) == 1
                && txid >= 0
                && txid <= TXID_MAX
                && highWaterMark >= PageLayout.META_PAGE_COUNT
                && highWaterMark <= Long.MAX_VALUE / PageLayout.PAGE_SIZE_MAX
                && isPageOrNone(rootPageId)
                && isPageOrNone(freelistPageId)
                && freePageCount >= 0
                && freePageCount < highWaterMark;
    }

    private boolean isPageOrNone(long pageId) {
        return pageId == 0 || pageId >= PageLayout.META_PAGE_COUNT && pageId < highWaterMark;
    }

    private static int crc(ByteBuffer source, int base) {
        CRC32C crc = new CRC32C();
        crc.update(source.duplicate().position(base).limit(base + MetaLayout.CRC_OFFSET));
        return (int) crc.getValue();
    }
}
