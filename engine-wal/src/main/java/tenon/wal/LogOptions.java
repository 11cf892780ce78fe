package tenon.wal;

import tenon.api.MisuseException;
import tenon.wal.format.SectorLayout;

/// How a log is opened.
///
/// @param segmentSizeBytes size that a segment is given before it is written; a batch that is larger makes a larger one
/// @param knownStoredIndex raft index up to which the state machine durably holds the effects of this log, 0 if that
///     is not known. The log refuses to open if it ends before it, for then synced entries are gone. The caller
///     therefore syncs entries here before it makes their effects durable there, and on receiving a snapshot appends
///     and syncs its mark before it puts the snapshot in place.
/// @param recycles whether released segments are written again; it saves the zeroing of new ones
public record LogOptions(long segmentSizeBytes, long knownStoredIndex, boolean recycles) {
    public static final long SEGMENT_SIZE_MIN_BYTES = 1024;
    public static final long SEGMENT_SIZE_MAX_BYTES = 1L << 30;
    public static final LogOptions DEFAULT = new LogOptions(64L << 20, 0, true);

    public LogOptions {
        if (segmentSizeBytes < SEGMENT_SIZE_MIN_BYTES || segmentSizeBytes > SEGMENT_SIZE_MAX_BYTES) {
            throw new MisuseException("a segment has from " + SEGMENT_SIZE_MIN_BYTES + " to " + SEGMENT_SIZE_MAX_BYTES
                    + " bytes, not " + segmentSizeBytes);
        }
        if (segmentSizeBytes % SectorLayout.SECTOR_BYTES != 0 || knownStoredIndex < 0) {
            throw new MisuseException("segment size " + segmentSizeBytes + " must be a multiple of 512 and known index "
                    + knownStoredIndex + " not negative");
        }
    }

    public LogOptions withSegmentSizeBytes(long sizeBytes) {
        return new LogOptions(sizeBytes, knownStoredIndex, recycles);
    }

    public LogOptions withKnownStoredIndex(long raftIndex) {
        return new LogOptions(segmentSizeBytes, raftIndex, recycles);
    }

    public LogOptions withRecycling(boolean wanted) {
        return new LogOptions(segmentSizeBytes, knownStoredIndex, wanted);
    }
}
