package tenon.btree;

/// The bytes of a meta page: pages 0 and 1 of the file. The record stands there twice, in the first two 512-byte
/// sectors, so that no single damaged bit loses a commit. The rest of the page is zero and not used.
///
/// ```
///  0      8         12         16     24     32         40      48          56     60       64          508  512
/// +------+---------+----------+------+------+----------+-------+-----------+------+--------+-----------+----+------
/// | magic| version | pageSize | txid | root | freelist | high  | freePage  | root |freelist| commit    | crc| same
/// |      |         |          |      |      |          | water | Count     | txid | txid   | pages     |    | again
/// +------+---------+----------+------+------+----------+-------+-----------+------+--------+-----------+----+------
/// ```
final class MetaLayout {
    /// u64. The bytes `TenonBT` and a zero.
    static final int MAGIC_OFFSET = 0;
    /// u32. A later version keeps magic, version and crc where they are.
    static final int FORMAT_VERSION_OFFSET = 8;
    /// u32.
    static final int PAGE_SIZE_OFFSET = 12;
    /// u64, the last commit.
    static final int TXID_OFFSET = 16;
    /// u64, root of the tree of top-level buckets, 0 if it is empty.
    static final int ROOT_OFFSET = 24;
    /// u64, the last freelist page, 0 if there is none.
    static final int FREELIST_OFFSET = 32;
    /// u64, pages of this id and above are not used.
    static final int HIGH_WATER_MARK_OFFSET = 40;
    /// u64, pages in the freelist.
    static final int FREE_PAGE_COUNT_OFFSET = 48;
    /// u32, the lower 32 bits of the txid that the root page carries.
    static final int ROOT_TXID_OFFSET = 56;
    /// u32, the same of the last freelist page.
    static final int FREELIST_TXID_OFFSET = 60;
    /// u32, how many pages of the commit are told: all of them, or 0 if they were synced before this record was written.
    static final int COMMIT_PAGE_COUNT_OFFSET = 64;
    /// For each of them u64 its id and u32 its checksum. Then zeros.
    static final int COMMIT_PAGES_OFFSET = 68;
    static final int COMMIT_PAGE_BYTES = 12;
    static final int COMMIT_PAGE_COUNT_MAX = 36;
    /// u32, CRC32C of the record before this field.
    static final int CRC_OFFSET = 508;
    static final int RECORD_BYTES = 512;
    static final int COPY_COUNT = 2;

    static final long MAGIC = 0x0054_426e_6f6e_6554L;
    static final int FORMAT_VERSION = 2;

    private MetaLayout() {}
}
