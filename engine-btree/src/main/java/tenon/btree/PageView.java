package tenon.btree;

import java.lang.foreign.MemorySegment;

/// A page where it lies: in the mapped file or in an off-heap buffer. Pointed from page to page, so that walking a
/// tree allocates nothing.
final class PageView {
    private static final int CACHE_LINE_BYTES = 64;
    private static final long HEAD_MASK = 0xffff_ffffL;

    MemorySegment segment = MemorySegment.NULL;
    /// Offset of the page in the segment.
    long base;
    long pageId;

    void set(MemorySegment segment, long base, long pageId) {
        if (this.segment != segment) {
            this.segment = segment;
        }
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

    /// Type and level in one number, as [#typeAndLevel(int, int)] makes it.
    int typeAndLevel() {
        return segment.get(PageLayout.SHORT, base + PageLayout.TYPE_OFFSET) & 0xffff;
    }

    static int typeAndLevel(int type, int level) {
        return level << Byte.SIZE | type;
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

    /// Bytes that all keys of this page have in common, at least; the empty key of a branch page does not count.
    int prefixLength() {
        return segment.get(PageLayout.SHORT, base + PageLayout.PREFIX_OFFSET) & 0xffff;
    }

    int overflowValueLength() {
        return segment.get(PageLayout.INT, base + PageLayout.OVERFLOW_LENGTH_OFFSET);
    }

    boolean isLeaf() {
        return level() == 0;
    }

    /// Index of the first element with a key of its own: that of a branch page's first one is empty.
    int firstKeyIndex() {
        return isLeaf() ? 0 : 1;
    }

    /// A slot as one number: the head in its upper half.
    long slot(int index) {
        return segment.get(PageLayout.LONG, base + PageLayout.HEADER_BYTES + (long) index * PageLayout.SLOT_BYTES);
    }

    static int elementOffset(long slot) {
        return (int) slot & 0xffff;
    }

    static int flags(long slot) {
        return (int) slot >>> Short.SIZE & ~PageLayout.KEY_LENGTH_MASK;
    }

    static int keyLength(long slot) {
        return (int) slot >>> Short.SIZE & PageLayout.KEY_LENGTH_MASK;
    }

    static long head(long slot) {
        return slot >>> Integer.SIZE;
    }

    /// Offset of an element, from the beginning of the page.
    int elementOffset(int index) {
        return elementOffset(slot(index));
    }

    int flags(int index) {
        return flags(slot(index));
    }

    int keyLength(int index) {
        return keyLength(slot(index));
    }

    long head(int index) {
        return head(slot(index));
    }

    /// Bytes of a leaf element's value in this page.
    int storedValueLength(int index) {
        return storedValueLength(slot(index));
    }

    int storedValueLength(long slot) {
        return segment.get(PageLayout.SHORT, base + elementOffset(slot)) & 0xffff;
    }

    /// Bytes that an element takes in the heap.
    int elementBytes(int index) {
        return isLeaf()
                ? PageLayout.ELEMENT_HEADER_BYTES + keyLength(index) + storedValueLength(index)
                : PageLayout.CHILD_BYTES + keyLength(index);
    }

    /// Offset of the key in the segment.
    long keyPosition(int index) {
        return base + elementOffset(index) + (isLeaf() ? PageLayout.ELEMENT_HEADER_BYTES : PageLayout.CHILD_BYTES);
    }

    /// Offset of a leaf element's value in the segment.
    long valuePosition(int index) {
        return valuePosition(slot(index));
    }

    long valuePosition(long slot) {
        return base + elementOffset(slot) + PageLayout.ELEMENT_HEADER_BYTES + keyLength(slot);
    }

    byte[] keyBytes(int index) {
        byte[] key = new byte[keyLength(index)];
        MemorySegment.copy(segment, PageLayout.BYTE, keyPosition(index), key, 0, key.length);
        return key;
    }

    /// The child of a branch element.
    long child(int index) {
        return segment.get(PageLayout.LONG, base + elementOffset(index) + PageLayout.REF_PAGE_ID_OFFSET);
    }

    /// Lower bits of the txid that the child must carry.
    int childTxid(int index) {
        return segment.get(PageLayout.INT, base + elementOffset(index) + PageLayout.REF_TXID_OFFSET);
    }

    /// The page of an overflow or bucket element.
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
        return KeyBytes.compare(segment, keyPosition(index), keyLength(index), key);
    }

    /// Compares the key of an element with that of an element of another page or of this one.
    int compareKey(int index, PageView other, int otherIndex) {
        return KeyBytes.compare(
                segment,
                keyPosition(index),
                keyLength(index),
                other.segment,
                other.keyPosition(otherIndex),
                other.keyLength(otherIndex));
    }

    /// The number that a slot has as head for a key.
    long headOf(int index, int prefixLength) {
        return KeyBytes.head(segment, keyPosition(index), keyLength(index), prefixLength);
    }

    /// Finds a key in a leaf page.
    ///
    /// @return its index, or `-(index + 1)` of the first element behind it
    int search(byte[] key) {
        int count = count();
        int prefixLength = prefixLength();
        long head = KeyBytes.head(key, prefixLength);
        int low = firstHeadNotBelow(head, 0, count);
        boolean isCandidate = low < count && head(low) == head;
        if (isCandidate && compareKey(low, key) == 0) {
            return low;
        }
        if (prefixLength > 0 && count > 0) {
            int order = comparePrefix(Math.min(low, count - 1), prefixLength, key);
            if (order != 0) {
                return order < 0 ? -(count + 1) : -1;
            }
        }
        return isCandidate ? searchEqualHeads(low, head, key) : -(low + 1);
    }

    /// From `low` on, heads are equal for a while: the keys themselves decide.
    private int searchEqualHeads(int low, long head, byte[] key) {
        int from = low;
        int to = firstHeadNotBelow(head + 1, low, count());
        while (from < to) {
            int middle = (from + to) >>> 1;
            int order = compareKey(middle, key);
            if (order == 0) {
                return middle;
            } else if (order < 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return -(from + 1);
    }

    /// The element of a branch page under which a key belongs. The key of the first one counts as less than any.
    int childIndex(byte[] key) {
        int count = count();
        if (count == 1) {
            return 0;
        }
        int prefixLength = prefixLength();
        long head = KeyBytes.head(key, prefixLength);
        int low = firstHeadNotBelow(head, 1, count);
        if (prefixLength > 0) {
            // The element that is wanted in most cases: its reference is read next in any case.
            int order = comparePrefix(Math.max(1, low - 1), prefixLength, key);
            if (order != 0) {
                return order < 0 ? count - 1 : 0;
            }
        }
        int to = low < count && head(low) == head ? firstHeadNotBelow(head + 1, low, count) : low;
        while (low < to) {
            int middle = (low + to) >>> 1;
            if (compareKey(middle, key) > 0) {
                to = middle;
            } else {
                low = middle + 1;
            }
        }
        return low - 1;
    }

    /// Compares what all keys of this page begin with to the beginning of a key. A key that ends inside of it is less.
    private int comparePrefix(int index, int prefixLength, byte[] key) {
        return KeyBytes.comparePrefix(segment, keyPosition(index), prefixLength, key);
    }

    /// Searches the slots alone, without a jump that depends on what is found.
    ///
    /// @return the first index in `[from, to)` whose head is not less, or `to`
    private int firstHeadNotBelow(long head, int from, int to) {
        MemorySegment memory = segment;
        long slots = base + PageLayout.HEADER_BYTES + PageLayout.SLOT_HEAD_OFFSET;
        int low = from;
        int length = to - from;
        while (length > 0) {
            int half = length >>> 1;
            long found = memory.get(PageLayout.INT, slots + (long) (low + half) * PageLayout.SLOT_BYTES) & HEAD_MASK;
            boolean isBelow = found < head;
            low = isBelow ? low + half + 1 : low;
            length = isBelow ? length - half - 1 : half;
        }
        return low;
    }

    /// Bytes of live elements and their slots.
    int liveBytes(int pageSizeBytes) {
        return count() * PageLayout.SLOT_BYTES + pageSizeBytes - heapStart() - deadBytes();
    }

    /// Reads something of the lines in which most slots lie, before the header says how many there are. A search would wait
    /// for the header, and then for one line after the other; like this they come at once.
    ///
    /// @return a number that only keeps the reads from being optimised away
    long touchSlots() {
        MemorySegment memory = segment;
        long second = base + CACHE_LINE_BYTES;
        return memory.get(PageLayout.LONG, second)
                + memory.get(PageLayout.LONG, second + CACHE_LINE_BYTES)
                + memory.get(PageLayout.LONG, second + 2 * CACHE_LINE_BYTES);
    }

    /// Reads something of each cache line of a leaf page in use. Elements lie in the order in which they came, so a scan
    /// would wait for one line after the other; like this they all come at once.
    ///
    /// @return a number that only keeps the reads from being optimised away
    long touchLines(int pageSizeBytes) {
        MemorySegment memory = segment;
        long begin = base;
        long sum = 0;
        for (int line = heapStart() & -CACHE_LINE_BYTES; line < pageSizeBytes; line += CACHE_LINE_BYTES) {
            sum += memory.get(PageLayout.LONG, begin + line);
        }
        return sum;
    }
}
