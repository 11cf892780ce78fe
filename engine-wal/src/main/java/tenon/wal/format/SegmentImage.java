package tenon.wal.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import tenon.api.CorruptDataException;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.NodeIdentity;
import tenon.api.SnapshotMark;
import tenon.api.StorageFile;
import tenon.wal.RecordType;

/// The stream of a segment as it was read from the file, without the marks of the sectors: nothing in it is trusted
/// before [#isValid] said so. Positions are those in the stream, see [#filePosition].
public final class SegmentImage {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int READ_BYTES_MAX = 1 << 20;
    private static final byte[] ZEROS = new byte[4096];

    private final SegmentName name;
    private final byte[] bytes;
    private final long fileSizeBytes;
    private final int sizeBytes;
    /// Where in the stream the bytes begin; 0 but in a window.
    private final long base;
    private final int stamp;
    private final boolean hasMarks;
    /// How much of each sector its mark says was written; null without marks and in a window.
    private final short[] fills;
    private final CRC32C crc = new CRC32C();

    private SegmentImage(SegmentName name, byte[] bytes, int readBytes, long base, boolean hasMarks, short[] fills) {
        this.name = name;
        this.bytes = bytes;
        this.fileSizeBytes = readBytes;
        this.base = base;
        this.stamp = RecordLayout.stamp(name.sequence());
        this.hasMarks = hasMarks;
        this.fills = fills;
        this.sizeBytes = hasMarks ? takeMarksOut(readBytes / SectorLayout.SECTOR_BYTES) : readBytes;
    }

    /// Reads a file.
    ///
    /// @param reuse taken for the bytes if it is long enough
    public static SegmentImage read(StorageFile file, SegmentName name, byte[] reuse) {
        long size = file.sizeBytes();
        if (size > SegmentLayout.FILE_SIZE_MAX_BYTES) {
            throw new CorruptDataException(file.path(), 0, "no segment has a size of " + size + " bytes");
        }
        byte[] bytes = reuse.length >= size ? reuse : new byte[(int) size];
        int end = read(file, 0, bytes, (int) size);
        boolean hasMarks = isMarked(name, bytes, end);
        short[] fills = hasMarks ? new short[end / SectorLayout.SECTOR_BYTES] : null;
        return new SegmentImage(name, bytes, end, 0, hasMarks, fills);
    }

    /// Reads a part of a file, to look at records that are known to be there.
    ///
    /// @param position of a record in the stream, behind the head of the segment
    /// @param lengthBytes at least so much of the stream from there on, if the file has it
    public static SegmentImage readWindow(
            StorageFile file, SegmentName name, boolean hasMarks, long position, int lengthBytes) {
        // With the CRC before it.
        long from = position - RecordLayout.ALIGNMENT_BYTES;
        long to = position + lengthBytes;
        long base = hasMarks ? from - from % SectorLayout.STREAM_BYTES : from;
        long filePosition = hasMarks ? SectorLayout.filePosition(base) : base;
        long fileEnd = Math.min(hasMarks ? SectorLayout.fileSizeBytes(to) : to, file.sizeBytes());
        byte[] bytes = new byte[(int) Math.max(0, fileEnd - filePosition)];
        int end = read(file, filePosition, bytes, bytes.length);
        return new SegmentImage(name, bytes, end, base, hasMarks, null);
    }

    /// @return bytes read, less if the file is shorter
    private static int read(StorageFile file, long filePosition, byte[] target, int sizeBytes) {
        int end = 0;
        while (end < sizeBytes) {
            int wanted = Math.min(READ_BYTES_MAX, sizeBytes - end);
            int count = file.read(filePosition + end, ByteBuffer.wrap(target, end, wanted));
            end += count;
            if (count < wanted) {
                break;
            }
        }
        return end;
    }

    /// A head that is damaged or was never written tells no version. The marks then decide.
    private static boolean isMarked(SegmentName name, byte[] bytes, int fileSizeBytes) {
        if (fileSizeBytes < SectorLayout.SECTOR_BYTES) {
            return false;
        }
        return isWholeHead(bytes)
                ? (int) INT.get(bytes, RecordLayout.DATA_OFFSET + SegmentLayout.VERSION_OFFSET) >= SegmentLayout.MARKS_VERSION
                : hasMark(name, bytes, fileSizeBytes / SectorLayout.SECTOR_BYTES);
    }

    /// Any sector may be the one that is left.
    private static boolean hasMark(SegmentName name, byte[] bytes, int sectorCount) {
        for (int sector = 0; sector < sectorCount; sector++) {
            if (fillBytes(name, bytes, sector) > 0) {
                return true;
            }
        }
        return false;
    }

    /// Whether a file begins with the head of a segment, be it of an earlier life.
    private static boolean isWholeHead(byte[] bytes) {
        int crcPosition = (int) RecordLayout.sizeBytes(SegmentLayout.HEAD_BYTES) - RecordLayout.CRC_BYTES;
        CRC32C crc = new CRC32C();
        crc.update(bytes, RecordLayout.DATA_OFFSET + SegmentLayout.PREVIOUS_CRC_OFFSET, RecordLayout.CRC_BYTES);
        crc.update(bytes, 0, crcPosition);
        return (int) INT.get(bytes, RecordLayout.LENGTH_OFFSET) == SegmentLayout.HEAD_BYTES
                && (long) LONG.get(bytes, RecordLayout.DATA_OFFSET + SegmentLayout.MAGIC_OFFSET) == SegmentLayout.MAGIC
                && (int) INT.get(bytes, crcPosition) == (int) crc.getValue();
    }

    private static int fillBytes(SegmentName name, byte[] bytes, int sector) {
        long mark = (long) LONG.get(bytes, sector * SectorLayout.SECTOR_BYTES + SectorLayout.STAMP_OFFSET);
        return SectorLayout.fillBytes(mark, name.sequence(), sector);
    }

    /// Moves the stream together.
    ///
    /// @return its size
    private int takeMarksOut(int sectorCount) {
        for (int sector = 0; sector < sectorCount; sector++) {
            if (fills != null) {
                fills[sector] = (short) fillBytes(name, bytes, sector);
            }
            System.arraycopy(
                    bytes, sector * SectorLayout.SECTOR_BYTES,
                    bytes, sector * SectorLayout.STREAM_BYTES,
                    SectorLayout.STREAM_BYTES);
        }
        return sectorCount * SectorLayout.STREAM_BYTES;
    }

    public SegmentName name() {
        return name;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    public long fileSizeBytes() {
        return fileSizeBytes;
    }

    /// The buffer, to be used again when this image is not needed any more.
    public byte[] bytes() {
        return bytes;
    }

    // ---- sectors

    /// Whether the segment is of a version whose sectors have marks.
    public boolean hasMarks() {
        return hasMarks;
    }

    /// Where a position of the stream is in this image.
    public int positionOf(long streamPosition) {
        return (int) (streamPosition - base);
    }

    /// Where a position lies in the file.
    public long filePosition(int position) {
        return hasMarks ? SectorLayout.filePosition(base + position) : base + position;
    }

    /// What the sector of a position holds before it.
    public byte[] sectorBytes(int position) {
        return Arrays.copyOfRange(bytes, position - position % SectorLayout.STREAM_BYTES, position);
    }

    /// Whether the sector of a position is not as an earlier life of the file left it. Without marks, nobody knows.
    boolean isOfThisLife(int position) {
        int sector = position / SectorLayout.STREAM_BYTES;
        return fills == null || sector < fills.length && fills[sector] > 0;
    }

    /// Whether each sector of a range shows that it was written as far as the range goes. Without marks that is
    /// so unless a sector is all zeros.
    boolean isWritten(int from, int to) {
        int streamBytes = fills == null ? SectorLayout.SECTOR_BYTES : SectorLayout.STREAM_BYTES;
        for (int sector = from / streamBytes; sector * (long) streamBytes < to; sector++) {
            int start = sector * streamBytes;
            int end = (int) Math.min(to, (long) start + streamBytes);
            boolean isWritten = fills == null
                    ? !isZero(Math.max(from, start), end)
                    : sector < fills.length && fills[sector] >= end - start;
            if (!isWritten) {
                return false;
            }
        }
        return true;
    }

    /// Whether a write ended in a sector of a range, and before its end: the sector is not full. Without marks, nobody
    /// knows.
    boolean hasEndOfWrite(int from, long to) {
        int first = from / SectorLayout.STREAM_BYTES;
        for (int sector = first; fills != null && sector < fills.length; sector++) {
            long start = (long) sector * SectorLayout.STREAM_BYTES;
            if (start >= to) {
                return false;
            }
            long end = start + fills[sector];
            boolean isPartlyFilled = fills[sector] > 0 && fills[sector] < SectorLayout.STREAM_BYTES;
            if (isPartlyFilled && end > from && end < to) {
                return true;
            }
        }
        return false;
    }

    private boolean isZero(int from, int to) {
        return Arrays.equals(bytes, from, to, ZEROS, 0, to - from);
    }

    /// The end of what marks of later sectors show to have been written.
    ///
    /// @param position that end if there are none
    int markedEnd(int position) {
        int from = position / SectorLayout.STREAM_BYTES;
        for (int sector = fills == null ? -1 : fills.length - 1; sector > from; sector--) {
            if (fills[sector] > 0) {
                return sector * SectorLayout.STREAM_BYTES + fills[sector];
            }
        }
        return position;
    }

    /// Behind it there is nothing but zeros, and so no record: none has type 0. Found block by block, which is far
    /// quicker than to ask of each position what stands there.
    ///
    /// @param from where to look from; not behind the end of the file
    /// @return up to a block more than need be
    int contentEnd(int from) {
        int end = sizeBytes;
        while (end - from >= ZEROS.length && Arrays.equals(bytes, end - ZEROS.length, end, ZEROS, 0, ZEROS.length)) {
            end -= ZEROS.length;
        }
        return end;
    }

    // ---- frames

    /// Whether a whole frame of this segment, with a known type and a length that fits, stands here. Says nothing
    /// about its CRC.
    public boolean isFrame(int position) {
        return isStamped(position) && hasLength(position);
    }

    /// Whether the length that stands here leaves the record inside the file.
    public boolean hasLength(int position) {
        return position + RecordLayout.DATA_OFFSET + RecordLayout.CRC_BYTES <= sizeBytes
                && lengthBytes(position) >= 0
                && RecordLayout.sizeBytes(lengthBytes(position)) <= sizeBytes - position;
    }

    /// Whether type and stamp of a record of this segment stand here.
    public boolean isStamped(int position) {
        if (position + RecordLayout.SYNCED_OFFSET > sizeBytes) {
            return false;
        }
        int word = getInt(position + RecordLayout.TYPE_OFFSET);
        return word >>> 8 == stamp && RecordType.findByNumber(word & 0xFF) != null;
    }

    public int stamp() {
        return stamp;
    }

    public int lengthBytes(int position) {
        return getInt(position + RecordLayout.LENGTH_OFFSET);
    }

    public RecordType type(int position) {
        return RecordType.findByNumber(bytes[position + RecordLayout.TYPE_OFFSET] & 0xFF);
    }

    /// Where the segment was durable up to when this record was written.
    public long syncedPosition(int position) {
        return Integer.toUnsignedLong(getInt(position + RecordLayout.SYNCED_OFFSET)) * RecordLayout.ALIGNMENT_BYTES;
    }

    public int endPosition(int position) {
        return position + (int) RecordLayout.sizeBytes(lengthBytes(position));
    }

    public int storedCrc(int position) {
        return getInt(endPosition(position) - RecordLayout.CRC_BYTES);
    }

    /// The CRC that the record should have behind a record with the given CRC.
    public int computedCrc(int position, int previousCrc) {
        crc.reset();
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            crc.update(previousCrc >>> shift);
        }
        crc.update(bytes, position, endPosition(position) - RecordLayout.CRC_BYTES - position);
        return (int) crc.getValue();
    }

    /// Whether a record stands here whose CRC continues the given one.
    public boolean isValid(int position, int previousCrc) {
        return isFrame(position) && computedCrc(position, previousCrc) == storedCrc(position);
    }

    /// Whether a record stands here that fits the four bytes before it, whatever is before them.
    public boolean isValidAlone(int position) {
        return isFrame(position) && isValid(position, previousCrc(position));
    }

    private int previousCrc(int position) {
        return position == 0
                ? getInt(RecordLayout.DATA_OFFSET + SegmentLayout.PREVIOUS_CRC_OFFSET)
                : getInt(position - RecordLayout.CRC_BYTES);
    }

    // ---- data of valid records

    public NodeIdentity metadata(int position) {
        return new NodeIdentity(
                dataLong(position, RecordLayout.METADATA_NODE_ID_OFFSET),
                dataLong(position, RecordLayout.METADATA_CLUSTER_ID_OFFSET));
    }

    public HardState state(int position) {
        return new HardState(
                dataLong(position, RecordLayout.STATE_TERM_OFFSET),
                dataLong(position, RecordLayout.STATE_VOTED_FOR_OFFSET),
                dataLong(position, RecordLayout.STATE_COMMIT_INDEX_OFFSET));
    }

    public SnapshotMark snapshot(int position) {
        return new SnapshotMark(
                dataLong(position, RecordLayout.SNAPSHOT_TERM_OFFSET),
                dataLong(position, RecordLayout.SNAPSHOT_RAFT_INDEX_OFFSET));
    }

    /// The entries of a record that is well-formed.
    public List<Entry> entries(int position) {
        if (type(position) == RecordType.ENTRY) {
            return List.of(entry(position));
        }
        long term = dataLong(position, RecordLayout.ENTRIES_TERM_OFFSET);
        long raftIndex = dataLong(position, RecordLayout.ENTRIES_RAFT_INDEX_OFFSET);
        int end = dataEnd(position);
        List<Entry> entries = new ArrayList<>();
        for (int at = firstWord(position); at < end; at = nextWord(at)) {
            EntryType type = entryType(RecordLayout.entryTypeNumber(getInt(at)));
            byte[] data = Arrays.copyOfRange(bytes, at + RecordLayout.ENTRIES_WORD_BYTES, nextWord(at));
            entries.add(new Entry(term, raftIndex + entries.size(), type, data));
        }
        return entries;
    }

    private Entry entry(int position) {
        int data = position + RecordLayout.DATA_OFFSET;
        return new Entry(
                dataLong(position, RecordLayout.ENTRY_TERM_OFFSET),
                dataLong(position, RecordLayout.ENTRY_RAFT_INDEX_OFFSET),
                entryType(getInt(data + RecordLayout.ENTRY_TYPE_OFFSET)),
                Arrays.copyOfRange(bytes, data + RecordLayout.ENTRY_DATA_OFFSET, dataEnd(position)));
    }

    private static EntryType entryType(int number) {
        return number == 0 ? EntryType.NORMAL : EntryType.CONF_CHANGE;
    }

    private static boolean isEntryType(int number) {
        return (number & ~1) == 0;
    }

    private int dataEnd(int position) {
        return position + RecordLayout.DATA_OFFSET + lengthBytes(position);
    }

    private static int firstWord(int position) {
        return position + RecordLayout.DATA_OFFSET + RecordLayout.ENTRIES_FIRST_OFFSET;
    }

    private int nextWord(int at) {
        return at + RecordLayout.ENTRIES_WORD_BYTES + RecordLayout.entryLengthBytes(getInt(at));
    }

    /// Whether data of this length, and with these contents, can be of the record's type.
    public boolean isWellFormed(int position) {
        int length = lengthBytes(position);
        return switch (type(position)) {
            case METADATA -> length == RecordLayout.METADATA_BYTES;
            case STATE -> length == RecordLayout.STATE_BYTES;
            case SNAPSHOT -> length == RecordLayout.SNAPSHOT_BYTES;
            case CRC -> length == SegmentLayout.HEAD_BYTES && position == 0;
            case ENTRY ->
                length >= RecordLayout.ENTRY_DATA_OFFSET
                        && isEntryType(getInt(position + RecordLayout.DATA_OFFSET + RecordLayout.ENTRY_TYPE_OFFSET));
            case ENTRIES -> isWellFormedEntries(position);
        };
    }

    /// There is an entry, each is of a known type, the last one ends where the data end, and several are not longer than
    /// records are that are shared.
    private boolean isWellFormedEntries(int position) {
        int end = dataEnd(position);
        int at = firstWord(position);
        boolean isLong = lengthBytes(position) > RecordLayout.ENTRIES_SHARED_BYTES_MAX;
        if (at >= end || isLong && nextWord(at) != end) {
            return false;
        }
        while (at <= end - RecordLayout.ENTRIES_WORD_BYTES) {
            int word = getInt(at);
            if (!isEntryType(RecordLayout.entryTypeNumber(word))
                    || RecordLayout.entryLengthBytes(word) > end - at - RecordLayout.ENTRIES_WORD_BYTES) {
                return false;
            }
            at = nextWord(at);
        }
        return at == end;
    }

    public int headInt(int offset) {
        return getInt(RecordLayout.DATA_OFFSET + offset);
    }

    public long headLong(int offset) {
        return dataLong(0, offset);
    }

    public int getInt(int position) {
        return (int) INT.get(bytes, position);
    }

    private long dataLong(int position, int offset) {
        return (long) LONG.get(bytes, position + RecordLayout.DATA_OFFSET + offset);
    }
}
