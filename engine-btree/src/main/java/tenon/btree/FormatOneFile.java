package tenon.btree;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import tenon.api.CorruptDataException;
import tenon.api.StorageFile;
import tenon.btree.CopyTarget.BucketPath;

/// Reads a store of format version 1, from front to back and once, to write it anew in this version. There, slots
/// were nothing but offsets of two bytes, and an element began with the lengths of its key and its value.
final class FormatOneFile {
    private static final int SLOT_BYTES = 2;
    private static final int ELEMENT_HEADER_BYTES = 4;
    private static final int NESTING_MAX = 1000;

    private final StorageFile file;
    private final Meta meta;
    private long readCount;

    FormatOneFile(StorageFile file, Meta meta) {
        this.file = file;
        this.meta = meta;
    }

    /// @throws CorruptDataException if the file is damaged
    void copyTo(CopyTarget target) {
        copyTree(meta.rootPageId(), meta.rootTxid(), BucketPath.ROOT, 0, target);
        target.flush();
    }

    private void copyTree(long rootPageId, int rootTxid, BucketPath path, int nesting, CopyTarget target) {
        if (nesting > NESTING_MAX) {
            throw corrupt(rootPageId, "buckets are nested more than " + NESTING_MAX + " deep");
        }
        if (rootPageId != 0) {
            ByteBuffer root = read(rootPageId, rootTxid);
            copyPage(rootPageId, root, path, nesting, target);
        }
    }

    private void copyPage(long pageId, ByteBuffer page, BucketPath path, int nesting, CopyTarget target) {
        int level = page.get(PageLayout.LEVEL_OFFSET);
        int count = Short.toUnsignedInt(page.getShort(PageLayout.COUNT_OFFSET));
        try {
            for (int i = 0; i < count; i++) {
                int element = Short.toUnsignedInt(page.getShort(PageLayout.HEADER_BYTES + i * SLOT_BYTES));
                int lengthAndFlags = Short.toUnsignedInt(page.getShort(element));
                int keyLength = lengthAndFlags & PageLayout.KEY_LENGTH_MASK;
                int keyOffset = element + ELEMENT_HEADER_BYTES;
                ByteBuffer value = page.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(keyOffset + keyLength);
                value.limit(value.position() + Short.toUnsignedInt(page.getShort(element + 2)));
                if (level > 0) {
                    copyChild(value, level - 1, path, nesting, target);
                } else {
                    byte[] key = Arrays.copyOfRange(page.array(), keyOffset, keyOffset + keyLength);
                    copyElement(key, lengthAndFlags & ~PageLayout.KEY_LENGTH_MASK, value, path, nesting, target);
                }
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException | java.nio.BufferUnderflowException e) {
            throw corrupt(pageId, "an element does not lie in it");
        }
    }

    private void copyChild(ByteBuffer reference, int level, BucketPath path, int nesting, CopyTarget target) {
        long childId = reference.getLong();
        ByteBuffer child = read(childId, reference.getInt());
        if (child.get(PageLayout.LEVEL_OFFSET) != level) {
            throw corrupt(childId, "it is not of level " + level);
        }
        copyPage(childId, child, path, nesting, target);
    }

    private void copyElement(
            byte[] key, int flags, ByteBuffer value, BucketPath path, int nesting, CopyTarget target) {
        if (flags == PageLayout.FLAG_BUCKET) {
            BucketPath child = new BucketPath(path, key);
            target.createBucket(child);
            long rootPageId = value.getLong();
            int rootTxid = value.getInt();
            target.setSequence(child, value.getLong());
            copyTree(rootPageId, rootTxid, child, nesting + 1, target);
        } else if (flags == PageLayout.FLAG_OVERFLOW) {
            target.put(path, key, readValue(value.getLong(), value.getInt(), value.getInt()));
        } else {
            byte[] bytes = new byte[value.remaining()];
            value.get(bytes);
            target.put(path, key, bytes);
        }
    }

    private byte[] readValue(long pageId, int txid, int length) {
        long pageCount = PageLayout.overflowPageCount(meta.pageSizeBytes(), length);
        if (length < 0 || length > PageLayout.VALUE_LENGTH_MAX || pageCount > meta.highWaterMark() - pageId) {
            throw corrupt(pageId, "a value of " + length + " bytes does not lie in the file");
        }
        ByteBuffer pages = readPages(pageId, (int) pageCount, txid);
        return Arrays.copyOfRange(pages.array(), PageLayout.HEADER_BYTES, PageLayout.HEADER_BYTES + length);
    }

    private ByteBuffer read(long pageId, int txid) {
        return readPages(pageId, 1, txid);
    }

    private ByteBuffer readPages(long pageId, int pageCount, int txid) {
        if (++readCount > meta.highWaterMark()) {
            throw corrupt(pageId, "the tree leads to pages more than once");
        }
        if (pageId < PageLayout.META_PAGE_COUNT || pageId >= meta.highWaterMark()) {
            throw corrupt(pageId, "it is referred to, but lies outside of the file");
        }
        ByteBuffer pages =
                ByteBuffer.allocate(Math.multiplyExact(pageCount, meta.pageSizeBytes())).order(ByteOrder.LITTLE_ENDIAN);
        file.read(pageId * meta.pageSizeBytes(), pages);
        CRC32C crc = new CRC32C();
        crc.update(pages.array(), PageLayout.TYPE_OFFSET, pages.capacity() - PageLayout.TYPE_OFFSET);
        if (pages.hasRemaining() || (int) crc.getValue() != pages.getInt(PageLayout.CRC_OFFSET)) {
            throw corrupt(pageId, "its checksum is wrong");
        }
        if (pages.getLong(PageLayout.PAGE_ID_OFFSET) != pageId || (int) pages.getLong(PageLayout.TXID_OFFSET) != txid) {
            throw corrupt(pageId, "it is not the page that is referred to");
        }
        return pages.clear();
    }

    private CorruptDataException corrupt(long pageId, String finding) {
        return new CorruptDataException(
                file.path(),
                pageId * meta.pageSizeBytes(),
                "page " + pageId + " of format version 1: " + finding + "; restore from a copy");
    }
}
