package tenon.btree;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Changes branch and leaf pages in place, in their off-heap copies. Used by the writer alone.
///
/// Invariants of a page: slots end before the heap begins; dead bytes are the heap minus its elements.
final class PageEditor {
    private static final VarHandle ARRAY_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ARRAY_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int pageSizeBytes;
    private final PageView scratch = new PageView();
    private final byte[] reference = new byte[PageLayout.BUCKET_REF_BYTES];
    private final CRC32C crc = new CRC32C();

    PageEditor(int pageSizeBytes, MemorySegment scratchPage) {
        this.pageSizeBytes = pageSizeBytes;
        scratch.set(scratchPage, 0, 0);
    }

    /// Makes an empty page.
    void format(PageView page, int type, int level, long txid) {
        page.segment.asSlice(page.base, PageLayout.HEADER_BYTES).fill((byte) 0);
        setByte(page, PageLayout.TYPE_OFFSET, type);
        setByte(page, PageLayout.LEVEL_OFFSET, level);
        setLong(page, PageLayout.PAGE_ID_OFFSET, page.pageId);
        setLong(page, PageLayout.TXID_OFFSET, txid);
        if (type == PageLayout.TYPE_BRANCH || type == PageLayout.TYPE_LEAF) {
            setHeap(page, pageSizeBytes, 0);
        }
    }

    /// Makes `target` a copy of `source` under its own id.
    void copy(PageView source, PageView target, long txid) {
        MemorySegment.copy(source.segment, source.base, target.segment, target.base, pageSizeBytes);
        setLong(target, PageLayout.PAGE_ID_OFFSET, target.pageId);
        setLong(target, PageLayout.TXID_OFFSET, txid);
    }

    boolean fits(PageView page, int elementBytes) {
        return page.liveBytes(pageSizeBytes) + PageLayout.SLOT_BYTES + elementBytes
                <= PageLayout.capacity(pageSizeBytes);
    }

    /// Inserts an element that [#fits].
    void insert(PageView page, int index, byte[] key, int flags, byte[] value, int valueIndex, int valueLength) {
        int size = PageLayout.ELEMENT_HEADER_BYTES + key.length + valueLength;
        long element = page.base + insertRoom(page, index, size);
        setShort(page.segment, element, key.length | flags);
        setShort(page.segment, element + PageLayout.ELEMENT_VALUE_LENGTH_OFFSET, valueLength);
        long position = element + PageLayout.ELEMENT_HEADER_BYTES;
        MemorySegment.copy(key, 0, page.segment, PageLayout.BYTE, position, key.length);
        MemorySegment.copy(value, valueIndex, page.segment, PageLayout.BYTE, position + key.length, valueLength);
    }

    /// Inserts a branch element.
    void insertChild(PageView page, int index, byte[] key, long childId, int childTxid) {
        insert(page, index, key, 0, encodeReference(childId, childTxid), 0, PageLayout.CHILD_BYTES);
    }

    /// Appends a copy of an element of another page.
    void append(PageView page, PageView source, int index) {
        int size = source.elementBytes(index);
        int offset = insertRoom(page, page.count(), size);
        MemorySegment.copy(
                source.segment, source.base + source.elementOffset(index), page.segment, page.base + offset, size);
    }

    /// A buffer that begins with a reference; overwritten by the next call.
    byte[] encodeReference(long pageId, int txid) {
        ARRAY_LONG.set(reference, PageLayout.REF_PAGE_ID_OFFSET, pageId);
        ARRAY_INT.set(reference, PageLayout.REF_TXID_OFFSET, txid);
        return reference;
    }

    /// The value of an overflow element; overwritten by the next call.
    byte[] encodeOverflow(long pageId, int txid, int valueLength) {
        encodeReference(pageId, txid);
        ARRAY_INT.set(reference, PageLayout.REF_REST_OFFSET, valueLength);
        return reference;
    }

    /// The value of a bucket element; overwritten by the next call.
    byte[] encodeBucket(long rootPageId, int rootTxid, long sequence) {
        encodeReference(rootPageId, rootTxid);
        ARRAY_LONG.set(reference, PageLayout.REF_REST_OFFSET, sequence);
        return reference;
    }

    private int insertRoom(PageView page, int index, int size) {
        int count = page.count();
        int slotsEnd = PageLayout.HEADER_BYTES + (count + 1) * PageLayout.SLOT_BYTES;
        if (page.heapStart() - size < slotsEnd) {
            compact(page);
        }
        int offset = page.heapStart() - size;
        assert offset >= slotsEnd : "no room for " + size + " bytes in page " + page.pageId;
        long slot = page.base + PageLayout.HEADER_BYTES + (long) index * PageLayout.SLOT_BYTES;
        if (index < count) {
            MemorySegment.copy(
                    page.segment,
                    slot,
                    page.segment,
                    slot + PageLayout.SLOT_BYTES,
                    (long) (count - index) * PageLayout.SLOT_BYTES);
        }
        setShort(page.segment, slot, offset);
        setCount(page, count + 1);
        setHeap(page, offset, page.deadBytes());
        return offset;
    }

    void remove(PageView page, int index) {
        int count = page.count();
        int offset = page.elementOffset(index);
        int size = page.elementBytes(index);
        long slot = page.base + PageLayout.HEADER_BYTES + (long) index * PageLayout.SLOT_BYTES;
        MemorySegment.copy(
                page.segment,
                slot + PageLayout.SLOT_BYTES,
                page.segment,
                slot,
                (long) (count - 1 - index) * PageLayout.SLOT_BYTES);
        setCount(page, count - 1);
        if (count == 1) {
            setHeap(page, pageSizeBytes, 0);
        } else if (offset == page.heapStart()) {
            setHeap(page, offset + size, page.deadBytes());
        } else {
            setHeap(page, page.heapStart(), page.deadBytes() + size);
        }
    }

    /// Overwrites the value of an element with one of the same length.
    void overwriteValue(PageView page, int index, byte[] value, int valueIndex, int valueLength) {
        assert page.storedValueLength(index) == valueLength;
        MemorySegment.copy(
                value, valueIndex, page.segment, PageLayout.BYTE, page.valuePosition(index), valueLength);
    }

    void setChild(PageView page, int index, long childId, int childTxid) {
        long position = page.valuePosition(index);
        page.segment.set(PageLayout.LONG, position + PageLayout.REF_PAGE_ID_OFFSET, childId);
        page.segment.set(PageLayout.INT, position + PageLayout.REF_TXID_OFFSET, childTxid);
    }

    /// Removes all elements, and gives them in a copy of the page that lasts until the next call.
    PageView drain(PageView page) {
        MemorySegment.copy(page.segment, page.base, scratch.segment, 0, pageSizeBytes);
        setCount(page, 0);
        setHeap(page, pageSizeBytes, 0);
        return scratch;
    }

    /// Closes the holes in the heap.
    private void compact(PageView page) {
        PageView old = drain(page);
        int count = old.count();
        for (int i = 0; i < count; i++) {
            append(page, old, i);
        }
    }

    /// Last step before a page is written: clears the gap, so that no stale memory gets to the disk, and sets the
    /// checksum.
    void seal(PageView page, int pageCount) {
        if (page.heapStart() > 0) {
            int slotsEnd = PageLayout.HEADER_BYTES + page.count() * PageLayout.SLOT_BYTES;
            page.segment.asSlice(page.base + slotsEnd, page.heapStart() - slotsEnd).fill((byte) 0);
        }
        long size = (long) pageCount * pageSizeBytes;
        crc.reset();
        crc.update(page.segment
                .asSlice(page.base + PageLayout.TYPE_OFFSET, size - PageLayout.TYPE_OFFSET)
                .asByteBuffer());
        page.segment.set(PageLayout.INT, page.base + PageLayout.CRC_OFFSET, (int) crc.getValue());
    }

    static void setByte(PageView page, int offset, int value) {
        page.segment.set(PageLayout.BYTE, page.base + offset, (byte) value);
    }

    static void setInt(PageView page, int offset, int value) {
        page.segment.set(PageLayout.INT, page.base + offset, value);
    }

    static void setLong(PageView page, int offset, long value) {
        page.segment.set(PageLayout.LONG, page.base + offset, value);
    }

    static void setCount(PageView page, int count) {
        setShort(page.segment, page.base + PageLayout.COUNT_OFFSET, count);
    }

    private static void setHeap(PageView page, int heapStart, int deadBytes) {
        setShort(page.segment, page.base + PageLayout.HEAP_OFFSET, heapStart);
        setShort(page.segment, page.base + PageLayout.DEAD_OFFSET, deadBytes);
    }

    private static void setShort(MemorySegment segment, long position, int value) {
        segment.set(PageLayout.SHORT, position, (short) value);
    }
}
