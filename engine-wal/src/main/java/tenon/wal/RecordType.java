package tenon.wal;

/// What a record of the log holds. The numbers are part of the format.
public enum RecordType {
    /// Node id and cluster id; the second record of each segment.
    METADATA(1),
    /// One entry of the replicated log, as format versions 1 and 2 have it.
    ENTRY(2),
    /// Term, vote and commit index; the last one wins.
    STATE(3),
    /// The head of a segment: the rolling CRC of the segment before it, and what the segment is.
    CRC(4),
    /// Term and index up to which the state machine holds everything.
    SNAPSHOT(5),
    /// Entries of the replicated log, of one term and with ascending indexes.
    ENTRIES(6);

    private final int number;

    RecordType(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /// @return null if no type has this number
    public static RecordType findByNumber(int number) {
        return switch (number) {
            case 1 -> METADATA;
            case 2 -> ENTRY;
            case 3 -> STATE;
            case 4 -> CRC;
            case 5 -> SNAPSHOT;
            case 6 -> ENTRIES;
            default -> null;
        };
    }
}
