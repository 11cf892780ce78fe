package tenon.btree;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The bytes of every page but the two meta pages. All numbers are little-endian.
///
/// ```
///  0       4    5     6     8       16     24         28     30     32       40
/// +-------+----+-----+-----+-------+------+----------+------+------+--------+-------+-----+----------+
/// | crc   |type|level|count| pageId| txid | overflow | heap | dead | prefix | slots | gap | heap ... |
/// +-------+----+-----+-----+-------+------+----------+------+------+--------+-------+-----+----------+
///                                                                              ->             <-
/// ```
///
/// A branch or leaf page holds `count` slots in the order of the keys. A slot holds what a search needs: the *head*
/// of its key, which is four bytes of it behind the prefix that all keys of the page share.
///
/// ```
///  0               2                   4      8
/// +---------------+-------------------+------+
/// | element offset| flags, key length | head |
/// +---------------+-------------------+------+
/// ```
///
/// Elements lie in the heap, which grows towards the slots:
///
/// ```
///  0             2                         0       8     12
/// +-------------+---------+-----------+   +-------+------+---------+
/// | value length| key ... | value ... |   | pageId| txid | key ... |
/// +-------------+---------+-----------+   +-------+------+---------+
///  in a leaf page                          in a branch page
/// ```
final class PageLayout {
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    static final int PAGE_SIZE_MIN = 1024;
    static final int PAGE_SIZE_MAX = 32768;

    /// u32, CRC32C of all bytes of the page and of its overflow pages behind this field.
    static final int CRC_OFFSET = 0;
    /// u8, one of the types below.
    static final int TYPE_OFFSET = 4;
    /// u8, 0 in a leaf page, in a branch page one more than in its children.
    static final int LEVEL_OFFSET = 5;
    /// u16, elements or freelist entries.
    static final int COUNT_OFFSET = 6;
    /// u64, the page's own id.
    static final int PAGE_ID_OFFSET = 8;
    /// u64, the transaction that wrote it.
    static final int TXID_OFFSET = 16;
    /// u32, pages that belong to this one and follow it.
    static final int OVERFLOW_OFFSET = 24;
    /// u16, where the heap begins; 0 in pages without one.
    static final int HEAP_OFFSET = 28;
    /// u16, bytes in the heap that belong to no element.
    static final int DEAD_OFFSET = 30;
    /// In a branch or leaf page u16, so many bytes all its keys have in common (at least); then zeros.
    static final int PREFIX_OFFSET = 32;
    /// In an overflow page u32, the length of its value; then zeros.
    static final int OVERFLOW_LENGTH_OFFSET = 32;
    static final int HEADER_BYTES = 40;

    /// u16, where the element lies in the page.
    static final int SLOT_ELEMENT_OFFSET = 0;
    /// u16, key length in the lower 14 bits, flags in the upper two.
    static final int SLOT_KEY_LENGTH_OFFSET = 2;
    /// u32, the four bytes of the key behind the prefix as one number, the first byte highest; missing ones are zero.
    static final int SLOT_HEAD_OFFSET = 4;
    static final int SLOT_BYTES = 8;

    static final int TYPE_BRANCH = 1;
    static final int TYPE_LEAF = 2;
    static final int TYPE_OVERFLOW = 3;
    static final int TYPE_FREELIST = 4;

    static final int KEY_LENGTH_MASK = 0x3fff;
    /// The value is a reference to an overflow page.
    static final int FLAG_OVERFLOW = 0x4000;
    /// The value is the root of a nested bucket.
    static final int FLAG_BUCKET = 0x8000;

    /// A leaf element begins with the number of bytes of its value in this page (u16); its key and value follow.
    static final int ELEMENT_HEADER_BYTES = 2;

    /// A reference begins with the page id (u64).
    static final int REF_PAGE_ID_OFFSET = 0;
    /// Then the lower 32 bits of the txid that the page must carry: a page whose last write was lost shows by it.
    static final int REF_TXID_OFFSET = 8;
    /// Then, in an overflow element, the value length (u32); in a bucket element, the sequence (u64).
    static final int REF_REST_OFFSET = 12;

    /// A branch element begins with the reference to its child; its key follows.
    static final int CHILD_BYTES = 12;
    /// Value of an overflow element: reference and value length.
    static final int OVERFLOW_REF_BYTES = 16;
    /// Value of a bucket element: reference to the root, all zero if the bucket is empty, and sequence.
    static final int BUCKET_REF_BYTES = 20;

    static final int META_PAGE_COUNT = 2;
    static final int LEVEL_MAX = 31;
    static final int VALUE_LENGTH_MAX = 1 << 30;
    /// Buckets above a nested one, the root bucket included. What is deeper leads back to itself.
    static final int BUCKET_DEPTH_MAX = 200;

    private PageLayout() {}

    /// So that two elements fit in a page, whatever their keys.
    static int keyLengthMax(int pageSizeBytes) {
        return pageSizeBytes / 8 * 3;
    }

    /// Elements, slot included, are at most half of this, so that any page can be split in two.
    static int capacity(int pageSizeBytes) {
        return pageSizeBytes - HEADER_BYTES;
    }

    /// The longest value that stays beside its key.
    static int inlineValueLengthMax(int pageSizeBytes, int keyLength) {
        return capacity(pageSizeBytes) / 2 - SLOT_BYTES - ELEMENT_HEADER_BYTES - keyLength;
    }

    /// Pages of a value that does not fit beside its key.
    static int overflowPageCount(int pageSizeBytes, int valueLength) {
        return (int) ((HEADER_BYTES + (long) valueLength + pageSizeBytes - 1) / pageSizeBytes);
    }
}
