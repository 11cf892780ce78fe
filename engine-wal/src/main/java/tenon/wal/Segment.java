package tenon.wal;

import tenon.wal.format.SegmentName;

/// A segment that the log holds.
final class Segment {
    final SegmentName name;
    long sizeBytes;
    /// The highest index of an entry in it, 0 if it has none. Stays when the entry is replaced in a later segment.
    long maxRaftIndex;

    Segment(SegmentName name, long sizeBytes) {
        this.name = name;
        this.sizeBytes = sizeBytes;
    }
}
