package tenon.wal.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.NodeIdentity;
import tenon.api.SnapshotMark;
import tenon.wal.RecordType;

/// Encodes records, one behind the other, into one buffer that is used again and again. Keeps the rolling CRC.
public final class RecordEncoder {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int INITIAL_BYTES = 64 * 1024;
    /// The rolling CRC stands right before the first record, so that each record is checksummed as one run.
    private static final int START = 8;

    // On the heap: entries are copied here array by array, for which the JVM has nothing quicker.
    private byte[] bytes = new byte[INITIAL_BYTES];
    // Invariant: START <= end <= bytes.length, and the four bytes before it are the rolling CRC.
    private int end = START;
    private final CRC32C crc = new CRC32C();
    private int stamp;
    private int syncedWord;

    /// Starts in another segment. What was encoded and not taken is forgotten.
    public void begin(long sequence, int rollingCrc) {
        stamp = RecordLayout.stamp(sequence);
        syncedWord = 0;
        restart(rollingCrc);
    }

    private void restart(int rollingCrc) {
        end = START;
        INT.set(bytes, START - RecordLayout.CRC_BYTES, rollingCrc);
    }

    /// @param positionBytes before this, all of the segment is durable; goes into the records to come
    public void setSynced(long positionBytes) {
        syncedWord = Math.toIntExact(positionBytes / RecordLayout.ALIGNMENT_BYTES);
    }

    public int rollingCrc() {
        return (int) INT.get(bytes, end - RecordLayout.CRC_BYTES);
    }

    /// Makes room for this many bytes of records in all; keeps what is encoded.
    public void reserve(long sizeBytes) {
        if (START + sizeBytes > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.toIntExact(Long.highestOneBit(START + sizeBytes - 1) << 1));
        }
    }

    /// The encoded records, to be written in one piece. Call [#taken] afterwards.
    public ByteBuffer encoded() {
        return ByteBuffer.wrap(bytes, START, end - START);
    }

    public void taken() {
        restart(rollingCrc());
    }

    public void head(SegmentName name, int previousCrc, long allocatedSizeBytes) {
        int data = end + RecordLayout.DATA_OFFSET;
        LONG.set(bytes, data + SegmentLayout.MAGIC_OFFSET, SegmentLayout.MAGIC);
        INT.set(bytes, data + SegmentLayout.VERSION_OFFSET, SegmentLayout.VERSION);
        INT.set(bytes, data + SegmentLayout.PREVIOUS_CRC_OFFSET, previousCrc);
        LONG.set(bytes, data + SegmentLayout.SEQUENCE_OFFSET, name.sequence());
        LONG.set(bytes, data + SegmentLayout.FIRST_RAFT_INDEX_OFFSET, name.firstRaftIndex());
        LONG.set(bytes, data + SegmentLayout.ALLOCATED_SIZE_OFFSET, allocatedSizeBytes);
        finishRecord(RecordType.CRC, data + SegmentLayout.HEAD_BYTES);
    }

    public void metadata(NodeIdentity identity) {
        int data = end + RecordLayout.DATA_OFFSET;
        LONG.set(bytes, data + RecordLayout.METADATA_NODE_ID_OFFSET, identity.nodeId());
        LONG.set(bytes, data + RecordLayout.METADATA_CLUSTER_ID_OFFSET, identity.clusterId());
        finishRecord(RecordType.METADATA, data + RecordLayout.METADATA_BYTES);
    }

    public void state(HardState state) {
        int data = end + RecordLayout.DATA_OFFSET;
        LONG.set(bytes, data + RecordLayout.STATE_TERM_OFFSET, state.term());
        LONG.set(bytes, data + RecordLayout.STATE_VOTED_FOR_OFFSET, state.votedFor());
        LONG.set(bytes, data + RecordLayout.STATE_COMMIT_INDEX_OFFSET, state.commitIndex());
        finishRecord(RecordType.STATE, data + RecordLayout.STATE_BYTES);
    }

    public void snapshot(SnapshotMark mark) {
        int data = end + RecordLayout.DATA_OFFSET;
        LONG.set(bytes, data + RecordLayout.SNAPSHOT_TERM_OFFSET, mark.term());
        LONG.set(bytes, data + RecordLayout.SNAPSHOT_RAFT_INDEX_OFFSET, mark.raftIndex());
        finishRecord(RecordType.SNAPSHOT, data + RecordLayout.SNAPSHOT_BYTES);
    }

    /// Some entries of a list in one record.
    ///
    /// @param from place in the list of the first one
    /// @param to place behind the last one; all have the same term, and indexes without gaps
    public void entries(List<Entry> entries, int from, int to) {
        int data = end + RecordLayout.DATA_OFFSET;
        Entry first = entries.get(from);
        LONG.set(bytes, data + RecordLayout.ENTRIES_TERM_OFFSET, first.term());
        LONG.set(bytes, data + RecordLayout.ENTRIES_RAFT_INDEX_OFFSET, first.raftIndex());
        int at = data + RecordLayout.ENTRIES_FIRST_OFFSET;
        for (int i = from; i < to; i++) {
            Entry entry = entries.get(i);
            byte[] source = entry.data();
            INT.set(bytes, at, RecordLayout.entryWord(number(entry.type()), source.length));
            at += RecordLayout.ENTRIES_WORD_BYTES;
            System.arraycopy(source, 0, bytes, at, source.length);
            at += source.length;
        }
        finishRecord(RecordType.ENTRIES, at);
    }

    private static int number(EntryType type) {
        return switch (type) {
            case NORMAL -> 0;
            case CONF_CHANGE -> 1;
        };
    }

    /// Puts the frame around data that are in place.
    private void finishRecord(RecordType type, int dataEnd) {
        int start = end;
        int lengthBytes = dataEnd - start - RecordLayout.DATA_OFFSET;
        INT.set(bytes, start + RecordLayout.LENGTH_OFFSET, lengthBytes);
        INT.set(bytes, start + RecordLayout.TYPE_OFFSET, RecordLayout.typeAndStamp(type.number(), stamp));
        INT.set(bytes, start + RecordLayout.SYNCED_OFFSET, syncedWord);
        end = start + (int) RecordLayout.sizeBytes(lengthBytes);
        int crcPosition = end - RecordLayout.CRC_BYTES;
        Arrays.fill(bytes, dataEnd, crcPosition, (byte) 0);
        int from = start - RecordLayout.CRC_BYTES;
        crc.reset();
        crc.update(bytes, from, crcPosition - from);
        INT.set(bytes, crcPosition, (int) crc.getValue());
    }
}
