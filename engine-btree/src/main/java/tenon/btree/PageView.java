package tenon.btree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A page where it lies: in the mapped file or in an off-heap buffer. Pointed from page to page, so that walking a
/// tree allocates nothing.
final class PageView {
    private static final ValueLayout.OfLong BIG_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final VarHandle ARRAY_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    MemorySegment segment = MemorySegment.NULL;
    /// Offset of the page in the segment.
    long base;
    long pageId;

    void set(MemorySegment segment, long base, long pageId) {
        this.segment = segment;
        this.base = base;
        this.pageId = pageId;
    }

    void set(PageView other) {
        set(other.segment, other.base, other.pageId);
    }

    int crc() {
        return segment.get(PageLayout.INT, base + PageLayout.CRC_OFFSET);
    }

    int type() {
        return segment.get(PageLayout.BYTE, base + PageLayout.TYPE_OFFSET) & 0xff;
    }

    int level() {
        return segment.get(PageLayout.BYTE, base + PageLayout.LEVEL_OFFSET) & 0xff;
    }

    int count() {
        return segment.get(PageLayout.SHORT, base + PageLayout.COUNT_OFFSET) & 0xffff;
    }

    long storedPageId() {
        return segment.get(PageLayout.LONG, base + PageLayout.PAGE_ID_OFFSET);
    }

    long txid() {
        return segment.get(PageLayout.LONG, base + PageLayout.TXID_OFFSET);
    }

    int overflowCount() {
        return segment.get(PageLayout.INT, base + PageLayout.OVERFLOW_OFFSET);
    }

    int heapStart() {
        return segment.get(PageLayout.SHORT, base + PageLayout.HEAP_OFFSET) & 0xffff;
    }

    int deadBytes() {
        return segment.get(PageLayout.SHORT, base + PageLayout.DEAD_OFFSET) & 0xffff;
    }

    int overflowValueLength() {
        return segment.get(PageLayout.INT, base + PageLayout.RESERVED_OFFSET);
    }

    boolean isLeaf() {
        return level() == 0;
    }

    /// Offset of an element, from the beginning of the page.
    int elementOffset(int index) {
        return segment.get(PageLayout.SHORT, base + PageLayout.HEADER_BYTES + (long) index * PageLayout.SLOT_BYTES)
                & 0xffff;
    }

    private int keyLengthAndFlags(long element) {
        return segment.get(PageLayout.SHORT, element) & 0xffff;
    }

    int flags(int index) {
        return keyLengthAndFlags(base + elementOffset(index)) & ~PageLayout.KEY_LENGTH_MASK;
    }

    int keyLength(int index) {
        return keyLengthAndFlags(base + elementOffset(index)) & PageLayout.KEY_LENGTH_MASK;
    }

    /// Bytes of the value in this page.
    int storedValueLength(int index) {
        return segment.get(
                        PageLayout.SHORT,
                        base + elementOffset(index) + PageLayout.ELEMENT_VALUE_LENGTH_OFFSET)
                & 0xffff;
    }

    int elementBytes(int index) {
        return PageLayout.ELEMENT_HEADER_BYTES + keyLength(index) + storedValueLength(index);
    }

    /// Offset of the key in the segment.
    long keyPosition(int index) {
        return base + elementOffset(index) + PageLayout.ELEMENT_HEADER_BYTES;
    }

    /// Offset of the value in the segment.
    long valuePosition(int index) {
        long element = base + elementOffset(index);
        return element
                + PageLayout.ELEMENT_HEADER_BYTES
                + (keyLengthAndFlags(element) & PageLayout.KEY_LENGTH_MASK);
    }

    byte[] keyBytes(int index) {
        byte[] key = new byte[keyLength(index)];
        MemorySegment.copy(segment, PageLayout.BYTE, keyPosition(index), key, 0, key.length);
        return key;
    }

    /// The child of a branch element, or the page of an overflow or bucket element.
    long reference(int index) {
        return segment.get(PageLayout.LONG, valuePosition(index));
    }

    /// Lower bits of the txid that the page of the reference must carry.
    int referenceTxid(int index) {
        return segment.get(PageLayout.INT, valuePosition(index) + PageLayout.REF_TXID_OFFSET);
    }

    /// Length of a value that lies in an overflow page.
    int referenceLength(int index) {
        return segment.get(PageLayout.INT, valuePosition(index) + PageLayout.REF_REST_OFFSET);
    }

    /// The sequence of a bucket element.
    long referenceSequence(int index) {
        return segment.get(PageLayout.LONG, valuePosition(index) + PageLayout.REF_REST_OFFSET);
    }

    /// Compares the key of an element with another key, as unsigned bytes.
    int compareKey(int index, byte[] key) {
        long element = base + elementOffset(index);
        int length = keyLengthAndFlags(element) & PageLayout.KEY_LENGTH_MASK;
        return compare(segment, element + PageLayout.ELEMENT_HEADER_BYTES, length, key);
    }

    private static int compare(MemorySegment segment, long position, int length, byte[] key) {
        int common = Math.min(length, key.length);
        int i = 0;
        for (; i <= common - Long.BYTES; i += Long.BYTES) {
            long left = segment.get(BIG_LONG, position + i);
            long right = (long) ARRAY_LONG.get(key, i);
            if (left != right) {
                return Long.compareUnsigned(left, right);
            }
        }
        for (; i < common; i++) {
            int order = Byte.compareUnsigned(segment.get(PageLayout.BYTE, position + i), key[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(length, key.length);
    }

    /// Compares the key of an element with that of an element of another page or of this one.
    int compareKey(int index, PageView other, int otherIndex) {
        long left = keyPosition(index);
        long right = other.keyPosition(otherIndex);
        int leftLength = keyLength(index);
        int rightLength = other.keyLength(otherIndex);
        long mismatch = MemorySegment.mismatch(
                segment, left, left + leftLength, other.segment, right, right + rightLength);
        if (mismatch < 0 || mismatch >= Math.min(leftLength, rightLength)) {
            return Integer.compare(leftLength, rightLength);
        }
        return Byte.compareUnsigned(
                segment.get(PageLayout.BYTE, left + mismatch), other.segment.get(PageLayout.BYTE, right + mismatch));
    }

    /// Finds a key in a leaf page.
    ///
    /// @return its index, or `-(index + 1)` of the first element behind it
    int search(byte[] key) {
        int low = 0;
        int high = count() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compareKey(middle, key);
            if (order < 0) {
                low = middle + 1;
            } else if (order > 0) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return -(low + 1);
    }

    /// The element of a branch page under which a key belongs. The key of the first one counts as less than any.
    int childIndex(byte[] key) {
        int low = 1;
        int high = count() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compareKey(middle, key);
            if (order > 0) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return low - 1;
    }

    /// Bytes of live elements and their slots.
    int liveBytes(int pageSizeBytes) {
        return count() * PageLayout.SLOT_BYTES + pageSizeBytes - heapStart() - deadBytes();
    }
}
