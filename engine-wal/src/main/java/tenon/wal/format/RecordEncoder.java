package tenon.wal.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.NodeIdentity;
import tenon.api.SnapshotMark;
import tenon.wal.RecordType;

/// Encodes records, one behind the other, into one off-heap buffer that is used again and again. Keeps the rolling CRC.
public final class RecordEncoder {
    private static final int INITIAL_BYTES = 64 * 1024;
    /// The rolling CRC stands right before the first record, so that each record is checksummed as one run.
    private static final int START = 8;

    // Invariant: the four bytes before the buffer's position are the rolling CRC.
    private ByteBuffer buffer;
    private final CRC32C crc = new CRC32C();
    private int stamp;
    private int syncedWord;

    public RecordEncoder() {
        buffer = newBuffer(INITIAL_BYTES).position(START);
    }

    private static ByteBuffer newBuffer(int sizeBytes) {
        return ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Starts in another segment. What was encoded and not taken is forgotten.
    public void begin(long sequence, int rollingCrc) {
        stamp = RecordLayout.stamp(sequence);
        syncedWord = 0;
        buffer.clear().putInt(START - Integer.BYTES, rollingCrc).position(START);
    }

    /// @param positionBytes before this, all of the segment is durable; goes into the records to come
    public void setSynced(long positionBytes) {
        syncedWord = Math.toIntExact(positionBytes / RecordLayout.ALIGNMENT_BYTES);
    }

    public int rollingCrc() {
        return buffer.getInt(buffer.position() - Integer.BYTES);
    }

    public int encodedBytes() {
        return buffer.position() - START;
    }

    /// Makes room for this many bytes of records in all; keeps what is encoded.
    public void reserve(long sizeBytes) {
        if (START + sizeBytes > buffer.capacity()) {
            int size = Math.toIntExact(Long.highestOneBit(START + sizeBytes - 1) << 1);
            buffer = newBuffer(size).put(buffer.flip());
        }
    }

    /// The encoded records, to be written in one piece. Call [#taken] afterwards.
    public ByteBuffer encoded() {
        return buffer.flip().position(START);
    }

    public void taken() {
        int rolling = buffer.getInt(buffer.limit() - Integer.BYTES);
        buffer.clear().putInt(START - Integer.BYTES, rolling).position(START);
    }

    public void head(SegmentName name, int previousCrc, long allocatedSizeBytes) {
        int start = startRecord(RecordType.CRC, SegmentLayout.HEAD_BYTES);
        buffer.putLong(SegmentLayout.MAGIC)
                .putInt(SegmentLayout.VERSION)
                .putInt(previousCrc)
                .putLong(name.sequence())
                .putLong(name.firstRaftIndex())
                .putLong(allocatedSizeBytes);
        finishRecord(start);
    }

    public void metadata(NodeIdentity identity) {
        int start = startRecord(RecordType.METADATA, RecordLayout.METADATA_BYTES);
        buffer.putLong(identity.nodeId()).putLong(identity.clusterId());
        finishRecord(start);
    }

    public void state(HardState state) {
        int start = startRecord(RecordType.STATE, RecordLayout.STATE_BYTES);
        buffer.putLong(state.term()).putLong(state.votedFor()).putLong(state.commitIndex());
        finishRecord(start);
    }

    public void snapshot(SnapshotMark mark) {
        int start = startRecord(RecordType.SNAPSHOT, RecordLayout.SNAPSHOT_BYTES);
        buffer.putLong(mark.term()).putLong(mark.raftIndex());
        finishRecord(start);
    }

    public void entry(Entry entry) {
        int start = startRecord(RecordType.ENTRY, RecordLayout.ENTRY_DATA_OFFSET + entry.data().length);
        buffer.putLong(entry.term())
                .putLong(entry.raftIndex())
                .putInt(number(entry.type()))
                .put(entry.data());
        finishRecord(start);
    }

    private static int number(EntryType type) {
        return switch (type) {
            case NORMAL -> 0;
            case CONF_CHANGE -> 1;
        };
    }

    private int startRecord(RecordType type, int lengthBytes) {
        int start = buffer.position();
        buffer.putInt(lengthBytes).putInt(RecordLayout.typeAndStamp(type.number(), stamp)).putInt(syncedWord);
        return start;
    }

    private void finishRecord(int start) {
        while ((buffer.position() + RecordLayout.CRC_BYTES) % RecordLayout.ALIGNMENT_BYTES != 0) {
            buffer.put((byte) 0);
        }
        int end = buffer.position();
        crc.reset();
        crc.update(buffer.limit(end).position(start - RecordLayout.CRC_BYTES));
        buffer.limit(buffer.capacity());
        buffer.putInt((int) crc.getValue());
    }
}
