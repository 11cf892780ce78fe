package tenon.btree;

/// The bytes of a freelist page behind the header that all pages have.
///
/// ```
///  40         48       52       56       60      64              72
/// +----------+--------+--------+--------+-------+--------------+-------+-----
/// | previous | txid   | length |repeated| zeros | repeated page | entry | ...
/// +----------+--------+--------+--------+-------+--------------+-------+-----
///
///  bit 0   14     16       64
/// +-------+------+---------+
/// | count | kind | page id |  an entry: a run of pages
/// +-------+------+---------+
/// ```
final class FreelistLayout {
    /// u64, the freelist page before it, 0 if it is the first that was ever written.
    static final int PREVIOUS_OFFSET = 40;
    /// u32, the lower 32 bits of the txid of that page.
    static final int PREVIOUS_TXID_OFFSET = 48;
    /// u32, pages of the chain that count, from the oldest of them up to this one.
    static final int LENGTH_OFFSET = 52;
    /// u32, so many entries of the oldest page are repeated in later ones. Then 4 zero bytes.
    static final int REPEATED_COUNT_OFFSET = 56;
    /// u64, of the entry after those, the pages below this one are repeated, too.
    static final int REPEATED_PAGE_OFFSET = 64;
    static final int ENTRIES_OFFSET = 72;
    /// u64.
    static final int ENTRY_BYTES = 8;
    static final int ENTRY_KIND_SHIFT = 14;
    static final int ENTRY_PAGE_SHIFT = 16;
    /// A longer run takes several entries.
    static final int ENTRY_COUNT_MAX = 16383;
    /// The pages are free.
    static final int KIND_FREE = 1;
    /// The pages are not free.
    static final int KIND_TAKEN = 2;
    /// The pages were freed by the transaction of this page; the commit before it still holds them.
    static final int KIND_FREED = 3;

    private FreelistLayout() {}

    static int entryCountMax(int pageSizeBytes) {
        return (pageSizeBytes - ENTRIES_OFFSET) / ENTRY_BYTES;
    }

    static long entry(long start, long count, int kind) {
        return start << ENTRY_PAGE_SHIFT | (long) kind << ENTRY_KIND_SHIFT | count;
    }

    static long entryAt(PageView page, int index) {
        return page.segment.get(PageLayout.LONG, page.base + ENTRIES_OFFSET + (long) index * ENTRY_BYTES);
    }

    static long startOf(long entry) {
        return entry >>> ENTRY_PAGE_SHIFT;
    }

    static long countOf(long entry) {
        return entry & (1 << ENTRY_KIND_SHIFT) - 1;
    }

    static int kindOf(long entry) {
        return (int) (entry >>> ENTRY_KIND_SHIFT) & (1 << ENTRY_PAGE_SHIFT - ENTRY_KIND_SHIFT) - 1;
    }

    static String nameOf(int kind) {
        return switch (kind) {
            case KIND_FREE -> "free";
            case KIND_TAKEN -> "taken";
            case KIND_FREED -> "freed";
            default -> "unknown";
        };
    }

    static int length(PageView page) {
        return page.segment.get(PageLayout.INT, page.base + LENGTH_OFFSET);
    }
}
