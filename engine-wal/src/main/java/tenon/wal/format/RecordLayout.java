package tenon.wal.format;

/// The frame of a record. Little-endian, 8-byte aligned.
///
/// ```
///  0         4      5         8             12                       size-4   size
///  +---------+------+---------+-------------+----------------+---------+-------+
///  | length  | type |  stamp  | synced / 8  | data (length)  | 0 … 0   |  CRC  |
///  +---------+------+---------+-------------+----------------+---------+-------+
/// ```
///
/// - `length`: bytes of data, without the padding.
/// - `stamp`: 24 bits made from the segment's sequence number. What an earlier life of a recycled file left behind has
///   another one.
/// - `synced`: the position in this segment before which everything was durable when the record was written. A valid
///   record thereby proves that damage before that position is no torn write.
/// - `CRC`: CRC-32C over the CRC of the record before it and over all of this record up to here. Since the former lies
///   right in front of the record, that is one run of bytes.
public final class RecordLayout {
    public static final int LENGTH_OFFSET = 0;
    public static final int TYPE_OFFSET = 4;
    public static final int STAMP_OFFSET = 5;
    public static final int SYNCED_OFFSET = 8;
    public static final int DATA_OFFSET = 12;
    public static final int CRC_BYTES = 4;
    public static final int ALIGNMENT_BYTES = 8;

    /// Data of entries: term, raft index of the first one, then for each a word and its bytes. The last one ends where the
    /// data end.
    public static final int ENTRIES_TERM_OFFSET = 0;

    public static final int ENTRIES_RAFT_INDEX_OFFSET = 8;
    public static final int ENTRIES_FIRST_OFFSET = 16;
    /// Length of the entry in the lower bits, its type in those above.
    public static final int ENTRIES_WORD_BYTES = 4;

    public static final int ENTRIES_LENGTH_BITS = 29;

    /// A record is read as a whole, also for the sake of one entry in it; so entries share one up to this many bytes of
    /// data.
    public static final int ENTRIES_SHARED_BYTES_MAX = 16 << 10;

    /// Data of an entry in versions 1 and 2: term, raft index, type, then the bytes of the entry.
    public static final int ENTRY_TERM_OFFSET = 0;

    public static final int ENTRY_RAFT_INDEX_OFFSET = 8;
    public static final int ENTRY_TYPE_OFFSET = 16;
    public static final int ENTRY_DATA_OFFSET = 20;

    public static final int METADATA_NODE_ID_OFFSET = 0;
    public static final int METADATA_CLUSTER_ID_OFFSET = 8;
    public static final int METADATA_BYTES = 16;

    public static final int STATE_TERM_OFFSET = 0;
    public static final int STATE_VOTED_FOR_OFFSET = 8;
    public static final int STATE_COMMIT_INDEX_OFFSET = 16;
    public static final int STATE_BYTES = 24;

    public static final int SNAPSHOT_TERM_OFFSET = 0;
    public static final int SNAPSHOT_RAFT_INDEX_OFFSET = 8;
    public static final int SNAPSHOT_BYTES = 16;

    private static final int ENTRIES_LENGTH_MASK = (1 << ENTRIES_LENGTH_BITS) - 1;
    private static final int STAMP_BITS = 24;
    private static final int STAMP_MASK = (1 << STAMP_BITS) - 1;
    /// Odd, hence different sequence numbers modulo 2^24 have different stamps; and not small, hence a stamp is not
    /// likely to be met by chance in somebody's data.
    private static final long STAMP_FACTOR = 0x9E3779B1L;

    private RecordLayout() {}

    /// Bytes of a whole record.
    public static long sizeBytes(long lengthBytes) {
        long unaligned = DATA_OFFSET + lengthBytes + CRC_BYTES;
        return (unaligned + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    }

    /// The word before the bytes of an entry.
    static int entryWord(int typeNumber, int lengthBytes) {
        return typeNumber << ENTRIES_LENGTH_BITS | lengthBytes;
    }

    static int entryLengthBytes(int word) {
        return word & ENTRIES_LENGTH_MASK;
    }

    static int entryTypeNumber(int word) {
        return word >>> ENTRIES_LENGTH_BITS;
    }

    public static int stamp(long sequence) {
        return (int) (sequence * STAMP_FACTOR) & STAMP_MASK;
    }

    /// The four bytes at [#TYPE_OFFSET].
    public static int typeAndStamp(int typeNumber, int stamp) {
        return typeNumber | stamp << 8;
    }
}
