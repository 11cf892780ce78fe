package tenon.btree;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// Changes branch and leaf pages in place, in their off-heap copies. Used by the writer alone.
///
/// Invariants of a page: slots end before the heap begins; dead bytes are the heap minus its elements; all keys, but
/// for the empty one of a branch page, begin with the same `prefixLength` bytes, and each slot's head is what
/// follows there.
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
        for (int offset = 0; offset < PageLayout.HEADER_BYTES; offset += Long.BYTES) {
            setLong(page, offset, 0);
        }
        setByte(page, PageLayout.TYPE_OFFSET, type);
        setByte(page, PageLayout.LEVEL_OFFSET, level);
        setLong(page, PageLayout.PAGE_ID_OFFSET, page.pageId);
        setLong(page, PageLayout.TXID_OFFSET, txid);
        if (type == PageLayout.TYPE_BRANCH || type == PageLayout.TYPE_LEAF) {
            setHeap(page, pageSizeBytes, 0);
        }
    }

    /// Makes `target` a copy of a branch or leaf page under its own id.
    void copy(PageView source, PageView target, long txid) {
        copyContent(source, target);
        setLong(target, PageLayout.PAGE_ID_OFFSET, target.pageId);
        setLong(target, PageLayout.TXID_OFFSET, txid);
    }

    /// All but the gap.
    private void copyContent(PageView source, PageView target) {
        int slotsEnd = slotsEnd(source.count());
        int heapStart = source.heapStart();
        MemorySegment.copy(source.segment, source.base, target.segment, target.base, slotsEnd);
        MemorySegment.copy(
                source.segment,
                source.base + heapStart,
                target.segment,
                target.base + heapStart,
                pageSizeBytes - heapStart);
    }

    private static int slotsEnd(int count) {
        return PageLayout.HEADER_BYTES + count * PageLayout.SLOT_BYTES;
    }

    boolean fits(PageView page, int elementBytes) {
        return page.liveBytes(pageSizeBytes) + PageLayout.SLOT_BYTES + elementBytes
                <= PageLayout.capacity(pageSizeBytes);
    }

    /// Inserts an element that [#fits] into a leaf page, without the bytes of its value.
    ///
    /// @return where these belong, as a position in the page's segment
    long insert(PageView page, int index, byte[] key, int flags, int valueLength) {
        int size = PageLayout.ELEMENT_HEADER_BYTES + key.length + valueLength;
        long element = insertKey(page, 0, index, key, flags, size, PageLayout.ELEMENT_HEADER_BYTES);
        setShort(page.segment, element, valueLength);
        return element + PageLayout.ELEMENT_HEADER_BYTES + key.length;
    }

    /// Inserts an element that [#fits] into a branch page.
    void insertChild(PageView page, int index, byte[] key, long childId, int childTxid) {
        int size = PageLayout.CHILD_BYTES + key.length;
        long element = insertKey(page, 1, index, key, 0, size, PageLayout.CHILD_BYTES);
        page.segment.set(PageLayout.LONG, element + PageLayout.REF_PAGE_ID_OFFSET, childId);
        page.segment.set(PageLayout.INT, element + PageLayout.REF_TXID_OFFSET, childTxid);
    }

    private long insertKey(PageView page, int firstKey, int index, byte[] key, int flags, int size, int keyOffset) {
        int prefixLength = index < firstKey ? 0 : makePrefix(page, firstKey, index, key);
        int offset = insertRoom(page, index, size);
        setSlot(page, index, offset, key.length | flags, KeyBytes.head(key, prefixLength));
        long element = page.base + offset;
        MemorySegment.copy(key, 0, page.segment, PageLayout.BYTE, element + keyOffset, key.length);
        return element;
    }

    /// Shortens the prefix so that it holds for one more key. What lies between two keys begins as they do.
    private int makePrefix(PageView page, int firstKey, int index, byte[] key) {
        int count = page.count();
        if (count <= firstKey) {
            setPrefix(page, key.length);
            return key.length;
        }
        int prefixLength = page.prefixLength();
        if (prefixLength == 0 || index != firstKey && index != count) {
            return prefixLength;
        }
        int common = KeyBytes.mismatch(page.segment, page.keyPosition(firstKey), prefixLength, key);
        if (common < prefixLength) {
            shortenPrefix(page, firstKey, common);
        }
        return common;
    }

    private static void shortenPrefix(PageView page, int firstKey, int prefixLength) {
        setPrefix(page, prefixLength);
        for (int i = page.count() - 1; i >= firstKey; i--) {
            setInt(page, slotsEnd(i) + PageLayout.SLOT_HEAD_OFFSET, (int) page.headOf(i, prefixLength));
        }
    }

    /// Appends copies of the elements `[from, to)` of another page of the same kind, whose keys are greater. The first
    /// element of a branch page keeps its key until [#removeFirstKey].
    void append(PageView page, PageView source, int from, int to) {
        if (from < to) {
            int firstKey = page.firstKeyIndex();
            adaptPrefix(page, firstKey, source, page.count() == 0 ? from + firstKey : from, to - 1);
            appendElements(page, firstKey, source, from, to);
        }
    }

    /// Sets the prefix of a page that gets the keys `[first, last]` of another one appended.
    private static void adaptPrefix(PageView page, int firstKey, PageView source, int first, int last) {
        if (page.count() > firstKey) {
            int common = common(page, firstKey, source, last, page.prefixLength());
            if (common < page.prefixLength()) {
                shortenPrefix(page, firstKey, common);
            }
        } else if (first <= last) {
            setPrefix(page, common(source, first, source, last, source.keyLength(first)));
        }
    }

    private void appendElements(PageView page, int firstKey, PageView source, int from, int to) {
        int prefixLength = page.prefixLength();
        boolean sameHeads = prefixLength == source.prefixLength();
        for (int i = from; i < to; i++) {
            int size = source.elementBytes(i);
            int index = page.count();
            int offset = insertRoom(page, index, size);
            long slot = source.slot(i);
            long head = index < firstKey ? 0 : sameHeads ? PageView.head(slot) : source.headOf(i, prefixLength);
            setSlot(page, index, offset, (int) slot >>> Short.SIZE, head);
            MemorySegment.copy(
                    source.segment,
                    source.base + PageView.elementOffset(slot),
                    page.segment,
                    page.base + offset,
                    size);
        }
    }

    private static int common(PageView page, int index, PageView other, int otherIndex, int lengthMax) {
        int length = Math.min(lengthMax, other.keyLength(otherIndex));
        return KeyBytes.mismatch(
                page.segment, page.keyPosition(index), other.segment, other.keyPosition(otherIndex), length);
    }

    /// A buffer that begins with a reference; overwritten by the next call.
    private byte[] encodeReference(long pageId, int txid) {
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

    /// Makes room for a slot, whose content is undefined, and for an element.
    private int insertRoom(PageView page, int index, int size) {
        int count = page.count();
        if (page.heapStart() - size < slotsEnd(count + 1)) {
            compact(page);
        }
        int offset = page.heapStart() - size;
        assert offset >= slotsEnd(count + 1) : "no room for " + size + " bytes in page " + page.pageId;
        if (index < count) {
            long slot = page.base + slotsEnd(index);
            MemorySegment.copy(
                    page.segment,
                    slot,
                    page.segment,
                    slot + PageLayout.SLOT_BYTES,
                    (long) (count - index) * PageLayout.SLOT_BYTES);
        }
        setCount(page, count + 1);
        setHeap(page, offset, page.deadBytes());
        return offset;
    }

    void remove(PageView page, int index) {
        int count = page.count();
        int offset = page.elementOffset(index);
        int size = page.elementBytes(index);
        long slot = page.base + slotsEnd(index);
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

    /// Makes the key of the first element of a branch page the empty one.
    void removeFirstKey(PageView page) {
        int keyLength = page.keyLength(0);
        setSlot(page, 0, page.elementOffset(0), 0, 0);
        setHeap(page, page.heapStart(), page.deadBytes() + keyLength);
    }

    void setChild(PageView page, int index, long childId, int childTxid) {
        int element = page.elementOffset(index);
        setLong(page, element + PageLayout.REF_PAGE_ID_OFFSET, childId);
        setInt(page, element + PageLayout.REF_TXID_OFFSET, childTxid);
    }

    /// Removes all elements, and gives them in a copy of the page that lasts until the next call.
    PageView drain(PageView page) {
        copyContent(page, scratch);
        setCount(page, 0);
        setHeap(page, pageSizeBytes, 0);
        return scratch;
    }

    /// Closes the holes in the heap. The prefix stays, since a key may just be on its way in.
    private void compact(PageView page) {
        PageView old = drain(page);
        appendElements(page, page.firstKeyIndex(), old, 0, old.count());
    }

    /// Last step before a page is written: clears the gap, so that no stale memory gets to the disk, and sets the
    /// checksum.
    void seal(PageView page, int pageCount) {
        if (page.heapStart() > 0) {
            int slotsEnd = slotsEnd(page.count());
            page.segment.asSlice(page.base + slotsEnd, page.heapStart() - slotsEnd).fill((byte) 0);
        }
        long size = (long) pageCount * pageSizeBytes;
        crc.reset();
        crc.update(page.segment
                .asSlice(page.base + PageLayout.TYPE_OFFSET, size - PageLayout.TYPE_OFFSET)
                .asByteBuffer());
        page.segment.set(PageLayout.INT, page.base + PageLayout.CRC_OFFSET, (int) crc.getValue());
    }

    private static void setSlot(PageView page, int index, int offset, int keyLengthAndFlags, long head) {
        page.segment.set(
                PageLayout.LONG,
                page.base + slotsEnd(index),
                head << Integer.SIZE | (long) (keyLengthAndFlags & 0xffff) << Short.SIZE | offset);
    }

    private static void setPrefix(PageView page, int prefixLength) {
        setShort(page.segment, page.base + PageLayout.PREFIX_OFFSET, prefixLength);
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
