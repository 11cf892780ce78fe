package tenon.wal;

import tenon.wal.format.SegmentName;

/// A segment that the log holds.
final class Segment {
    final SegmentName name;
    /// Whether its sectors have marks.
    final boolean hasMarks;
    /// Whether it is of the version that is written now. Behind an older one the log goes on in a new segment.
    final boolean isCurrent;
    /// Of the file.
    long sizeBytes;
    /// The highest index of an entry in it, 0 if it has none. Stays when the entry is replaced in a later segment.
    long maxRaftIndex;

    Segment(SegmentName name, long sizeBytes, boolean hasMarks, boolean isCurrent) {
        this.name = name;
        this.hasMarks = hasMarks;
        this.isCurrent = isCurrent;
        this.sizeBytes = sizeBytes;
    }
}
