package tenon.wal.format;

/// How the records of a segment lie in its file: as one stream, in sectors that each end with a mark.
///
/// ```
///  0                                                                504              511      512
///  +----------------------------------------------------------------+----------------+----------+
///  | the stream of records goes on                                  |     stamp      | fill / 8 |
///  +----------------------------------------------------------------+----------------+----------+
/// ```
///
/// - `stamp`: 56 bits made from the sequence number of the segment and the number of the sector. What an earlier life
///   of a recycled file left behind has another one.
/// - `fill`: how many bytes of the sector hold records; the others are zero.
///
/// A disk writes a sector as a whole or not at all. So a mark proves that all it counts had been written: where a
/// record is broken nevertheless, the medium lost it, and no interrupted write.
public final class SectorLayout {
    public static final int SECTOR_BYTES = 512;
    /// Bytes of the stream in a sector.
    public static final int STREAM_BYTES = 504;

    public static final int STAMP_OFFSET = 504;
    public static final int FILL_OFFSET = 511;

    private static final int STAMP_BITS = 56;
    private static final long STAMP_MASK = (1L << STAMP_BITS) - 1;
    private static final int FILL_UNIT_BYTES = RecordLayout.ALIGNMENT_BYTES;
    /// Odd, hence no two sequence numbers are mapped to one.
    private static final long SEQUENCE_FACTOR = 0x9E3779B97F4A7C15L;

    private SectorLayout() {}

    /// Where a position of the stream lies in the file.
    public static long filePosition(long position) {
        return position / STREAM_BYTES * SECTOR_BYTES + position % STREAM_BYTES;
    }

    /// Bytes of the stream that fit into a file.
    public static long streamBytes(long fileSizeBytes) {
        return fileSizeBytes / SECTOR_BYTES * STREAM_BYTES;
    }

    /// Size of the file that has this much of a stream in it.
    public static long fileSizeBytes(long streamBytes) {
        return (streamBytes + STREAM_BYTES - 1) / STREAM_BYTES * SECTOR_BYTES;
    }

    /// The last eight bytes of a sector.
    ///
    /// @param fillBytes how many of the bytes before it hold records
    public static long mark(long sequence, long sector, int fillBytes) {
        return stamp(sequence, sector) | (long) (fillBytes / FILL_UNIT_BYTES) << STAMP_BITS;
    }

    /// How many bytes of a sector hold records, as its mark says. One wrong bit in the stamp is forgiven.
    ///
    /// @return 0 if the mark is not of this sector
    static int fillBytes(long mark, long sequence, long sector) {
        long difference = mark & STAMP_MASK ^ stamp(sequence, sector);
        return Long.bitCount(difference) > 1
                ? 0
                : Math.min((int) (mark >>> STAMP_BITS) * FILL_UNIT_BYTES, STREAM_BYTES);
    }

    private static long stamp(long sequence, long sector) {
        long mixed = sequence * SEQUENCE_FACTOR + sector;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return (mixed ^ mixed >>> 31) & STAMP_MASK;
    }
}
