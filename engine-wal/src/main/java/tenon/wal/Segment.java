package tenon.wal;

import tenon.wal.format.SegmentName;

/// A segment that the log holds.
final class Segment {
    final SegmentName name;
    /// Whether its sectors have marks, as those of each segment that is appended to.
    final boolean hasMarks;
    /// Of the file.
    long sizeBytes;
    /// The highest index of an entry in it, 0 if it has none. Stays when the entry is replaced in a later segment.
    long maxRaftIndex;

    Segment(SegmentName name, long sizeBytes, boolean hasMarks) {
        this.name = name;
        this.hasMarks = hasMarks;
        this.sizeBytes = sizeBytes;
    }
}
