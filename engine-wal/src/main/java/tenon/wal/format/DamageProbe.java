package tenon.wal.format;

/// Looks at the place where the valid records of a segment end, and behind it, for proof that a torn write does not
/// explain it.
public final class DamageProbe {
    /// Longer records are not looked at for a single wrong bit: a torn one could look like it by chance, with a
    /// probability of its number of bits in 2^32.
    static final int ONE_BIT_SIZE_MAX_BYTES = 4096;

    /// What a disk writes as a whole.
    static final int SECTOR_BYTES = 512;

    /// CRC-32C, reflected.
    private static final int POLYNOMIAL = 0x82F63B78;
    /// Checksummed bytes per byte of the file, after which a file made to keep us busy is given up.
    private static final int WORK_FACTOR_MAX = 4;

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

    /// Whether the record here is complete but for one bit. No interrupted write leaves that behind.
    public boolean isOneBitOff() {
        if (position + RecordLayout.DATA_OFFSET + RecordLayout.CRC_BYTES > image.sizeBytes()) {
            return false;
        }
        return isOneBitOffWithThisLength() || isOneBitOffInLength();
    }

    private boolean isOneBitOffWithThisLength() {
        if (!image.hasLength(position) || image.endPosition(position) - position > ONE_BIT_SIZE_MAX_BYTES) {
            return false;
        }
        int syndrome = image.computedCrc(position, rollingCrc) ^ image.storedCrc(position);
        if (Integer.bitCount(syndrome) == 1) {
            // The wrong bit is in the CRC; but then type and stamp are right.
            return image.isStamped(position);
        }
        int bits = (image.endPosition(position) - RecordLayout.CRC_BYTES - position) * Byte.SIZE;
        int effect = POLYNOMIAL;
        for (int i = 0; i < bits; i++) {
            if (effect == syndrome) {
                int bitIndex = bits - 1 - i;
                return isStampedButFor(bitIndex) && hasBytesInSectorOf(position + bitIndex / Byte.SIZE);
            }
            effect = effect >>> 1 ^ (effect & 1) * POLYNOMIAL;
        }
        return false;
    }

    /// Whether type and stamp are right once the bit is turned.
    private boolean isStampedButFor(int bitIndex) {
        return turned(bitIndex, () -> image.isStamped(position));
    }

    /// Whether the record shows anything but zeros in the sector of a byte. If not, the sector may be one that was not
    /// written, and should have had a single one in it.
    private boolean hasBytesInSectorOf(int at) {
        int from = Math.max(position, at / SECTOR_BYTES * SECTOR_BYTES);
        int to = Math.min(image.endPosition(position), (at / SECTOR_BYTES + 1) * SECTOR_BYTES);
        for (int i = from; i < to; i++) {
            if (image.bytes()[i] != 0) {
                return true;
            }
        }
        return false;
    }

    private boolean isOneBitOffInLength() {
        if (!image.isStamped(position)) {
            return false;
        }
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            if (turned(bit, () -> image.isFrame(position)
                    && image.endPosition(position) - position <= ONE_BIT_SIZE_MAX_BYTES
                    && image.isValid(position, rollingCrc))) {
                return true;
            }
        }
        return false;
    }

    private boolean turned(int bitIndex, java.util.function.BooleanSupplier question) {
        int at = position + bitIndex / Byte.SIZE;
        byte mask = (byte) (1 << bitIndex % Byte.SIZE);
        image.bytes()[at] ^= mask;
        boolean answer = question.getAsBoolean();
        image.bytes()[at] ^= mask;
        return answer;
    }

    /// Whether only the CRC of the record here is damaged, and a valid record follows that says it had been synced.
    /// Such a follower cannot be checked where it stands, since the four bytes before it are the damaged ones.
    public boolean isFollowedDespiteItsCrc() {
        if (!image.isFrame(position)) {
            return false;
        }
        int follower = image.endPosition(position);
        return image.isValid(follower, image.computedCrc(position, rollingCrc))
                && image.syncedPosition(follower) > position;
    }

    /// Finds a later record that was written when what is damaged here had been synced.
    ///
    /// @param syncedAnyway whether all of the segment is known to have been synced
    /// @return its position, or -1
    public int findProof(boolean syncedAnyway) {
        long work = (long) WORK_FACTOR_MAX * image.sizeBytes();
        int contentEnd = image.contentEnd(position);
        for (int at = position + RecordLayout.ALIGNMENT_BYTES; at < contentEnd; at += RecordLayout.ALIGNMENT_BYTES) {
            if (!image.isFrame(at) || image.syncedPosition(at) > at) {
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

    /// How far behind the position there are traces of records of this segment; 0 if there are none.
    public int traceBytes() {
        int traceEnd = position;
        int contentEnd = image.contentEnd(position);
        for (int at = position; at < contentEnd; at += RecordLayout.ALIGNMENT_BYTES) {
            if (image.isStamped(at)) {
                int end = image.hasLength(at) ? image.endPosition(at) : image.sizeBytes();
                traceEnd = Math.max(traceEnd, end);
            }
        }
        return traceEnd - position;
    }
}
