package tenon.wal.format;

/// Looks at the place where the valid records of a segment end, and behind it, for proof that a torn write does not
/// explain it.
public final class DamageProbe {
    /// Checksummed bytes per byte of the file, after which a file made to keep us busy is given up.
    private static final int WORK_FACTOR_MAX = 4;

    /// Length, type and stamp.
    private static final int HEAD_BYTES = RecordLayout.SYNCED_OFFSET;

    private final SegmentImage image;
    private final int position;
    private final int rollingCrc;

    /// @param position where the first record that is not valid should stand
    /// @param rollingCrc CRC of the last valid record
    public DamageProbe(SegmentImage image, int position, int rollingCrc) {
        this.image = image;
        this.position = position;
        this.rollingCrc = rollingCrc;
    }

    /// Whether what stands here had been written as a whole, though it is no valid record. No interrupted write leaves
    /// that behind.
    public boolean isDamaged() {
        boolean isWritten = image.isStamped(position)
                // What reaches behind the end of the file was written while the file was to grow.
                ? image.hasLength(position) && image.isWritten(position, image.endPosition(position))
                : image.hasMarks() && image.isWritten(position, position + HEAD_BYTES);
        return isWritten || isLongerThanItsWrite() || isOneBitOffInHead();
    }

    /// A write ends behind a record, but where it was made in pieces: then all sectors of a piece are full. So a record that
    /// reaches behind the end of a write has a wrong length, however many of its bits are wrong.
    private boolean isLongerThanItsWrite() {
        if (!image.isStamped(position) || !image.isWritten(position, position + HEAD_BYTES)) {
            return false;
        }
        long length = Integer.toUnsignedLong(image.lengthBytes(position));
        return image.hasEndOfWrite(position, position + RecordLayout.sizeBytes(length));
    }

    /// A wrong length may reach to where nothing was written, and without marks a wrong stamp looks like none.
    private boolean isOneBitOffInHead() {
        if (position + RecordLayout.DATA_OFFSET + RecordLayout.CRC_BYTES > image.sizeBytes()) {
            return false;
        }
        boolean isFound = false;
        for (int bit = 0; bit < HEAD_BYTES * Byte.SIZE && !isFound; bit++) {
            int at = position + bit / Byte.SIZE;
            byte mask = (byte) (1 << bit % Byte.SIZE);
            image.bytes()[at] ^= mask;
            isFound = image.isValid(position, rollingCrc);
            image.bytes()[at] ^= mask;
        }
        return isFound;
    }

    /// Finds a later record that was written when what is damaged here had been synced.
    ///
    /// @param syncedAnyway whether all of the segment is known to have been synced
    /// @return its position, or -1
    public int findProof(boolean syncedAnyway) {
        long work = (long) WORK_FACTOR_MAX * image.sizeBytes();
        int contentEnd = image.contentEnd(position);
        for (int at = position + RecordLayout.ALIGNMENT_BYTES; at < contentEnd; at += RecordLayout.ALIGNMENT_BYTES) {
            if (!image.isFrame(at) || image.syncedPosition(at) > at || !isWritten(at)) {
                continue;
            }
            if (!syncedAnyway && image.syncedPosition(at) <= position) {
                continue;
            }
            work -= image.endPosition(at) - at;
            if (work < 0 || image.isValidAlone(at)) {
                return at;
            }
        }
        return -1;
    }

    /// How far behind the position there are traces of what was written to this segment; 0 if there are none.
    public int traceBytes() {
        int traceEnd = image.markedEnd(position);
        int contentEnd = image.contentEnd(position);
        for (int at = position; at < contentEnd; at += RecordLayout.ALIGNMENT_BYTES) {
            if (image.isStamped(at) && image.isOfThisLife(at)) {
                int end = image.hasLength(at) ? image.endPosition(at) : image.sizeBytes();
                traceEnd = Math.max(traceEnd, end);
            }
        }
        return traceEnd - position;
    }

    /// What an earlier life of the file left behind proves nothing, whatever it looks like: in it are data that somebody
    /// may have chosen. Without marks, nobody knows.
    private boolean isWritten(int frame) {
        return !image.hasMarks() || image.isWritten(frame, image.endPosition(frame));
    }
}
