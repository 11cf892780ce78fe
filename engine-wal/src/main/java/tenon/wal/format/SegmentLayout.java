package tenon.wal.format;

/// The data of the CRC record at position 0 of each segment. The metadata record follows it.
///
/// ```
///  0        8         12             16         24                 32               40
///  +--------+---------+--------------+----------+------------------+----------------+
///  | magic  | version | previous CRC | sequence | first raft index | allocated size |
///  +--------+---------+--------------+----------+------------------+----------------+
/// ```
///
/// The frame of this record, the magic and the version stay where they are in every version to come.
public final class SegmentLayout {
    public static final int MAGIC_OFFSET = 0;
    public static final int VERSION_OFFSET = 8;
    public static final int PREVIOUS_CRC_OFFSET = 12;
    public static final int SEQUENCE_OFFSET = 16;
    public static final int FIRST_RAFT_INDEX_OFFSET = 24;
    public static final int ALLOCATED_SIZE_OFFSET = 32;
    public static final int HEAD_BYTES = 40;

    /// `TENONWAL` in ASCII, first byte first.
    public static final long MAGIC = 0x4C41_574E_4F4E_4554L;

    public static final int VERSION = 3;
    /// The first version whose sectors have marks.
    public static final int MARKS_VERSION = 2;

    public static final long FIRST_SEQUENCE = 1;

    /// Where records that are neither CRC nor metadata begin in the stream.
    public static final int BODY_POSITION =
            (int) (RecordLayout.sizeBytes(HEAD_BYTES) + RecordLayout.sizeBytes(RecordLayout.METADATA_BYTES));

    /// Segments are read as a whole.
    public static final long FILE_SIZE_MAX_BYTES = 1_500_000_000L;

    private SegmentLayout() {}
}
