package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.api.HardState;
import tenon.wal.format.RecordLayout;
import tenon.wal.format.SegmentLayout;

/// W14: segments of records of five types, each under a CRC over all records before it, told from the bytes.
class W14SegmentFormatTest {
    private final LogWorld world = new LogWorld();
    private final List<RecordInfo> records = new ArrayList<>();
    private List<Path> segments;

    @BeforeEach
    void makeLog() {
        world.create();
        for (long i = 1; i <= 40; i++) {
            world.append(new HardState(1 + i / 20, 3, i - 1), entry(1 + i / 20, i, 32));
        }
        world.mark(1, 5);
        world.sync();
        world.log.close();
        new LogInspector(world.disk, DIRECTORY).forEachRecord(records::add);
        segments = records.stream().map(RecordInfo::file).distinct().toList();
        assertTrue(segments.size() > 3, "segments: " + segments.size());
    }

    private ByteBuffer bytes(Path segment) {
        return ByteBuffer.wrap(LogWorld.stream(world.disk.content(segment))).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int size(RecordInfo info) {
        return (int) RecordLayout.sizeBytes(info.lengthBytes());
    }

    @Test
    void shouldBeginEachSegmentWithTheLastCrcAndTheMetadata() {
        for (Path segment : segments) {
            List<RecordType> types =
                    records.stream().filter(info -> info.file().equals(segment)).map(RecordInfo::type).toList();
            assertEquals(List.of(RecordType.CRC, RecordType.METADATA), types.subList(0, 2));
            Set<RecordType> rest = Set.of(RecordType.ENTRIES, RecordType.STATE, RecordType.SNAPSHOT);
            assertTrue(rest.containsAll(types.subList(2, types.size())), types.toString());
            ByteBuffer head = bytes(segment);
            int metadata = (int) RecordLayout.sizeBytes(SegmentLayout.HEAD_BYTES) + RecordLayout.DATA_OFFSET;
            assertEquals(LogModel.IDENTITY.nodeId(), head.getLong(metadata + RecordLayout.METADATA_NODE_ID_OFFSET));
            assertEquals(
                    LogModel.IDENTITY.clusterId(), head.getLong(metadata + RecordLayout.METADATA_CLUSTER_ID_OFFSET));
        }
        Set<RecordType> met = EnumSet.noneOf(RecordType.class);
        records.forEach(info -> met.add(info.type()));
        assertEquals(EnumSet.complementOf(EnumSet.of(RecordType.ENTRY)), met);
    }

    @Test
    void shouldChainEachCrcOverAllRecordsBeforeIt() {
        int previousCrc = 0;
        for (RecordInfo info : records) {
            ByteBuffer segment = bytes(info.file());
            int position = LogWorld.streamPosition(info);
            if (position == 0) {
                int told = segment.getInt(RecordLayout.DATA_OFFSET + SegmentLayout.PREVIOUS_CRC_OFFSET);
                assertEquals(previousCrc, told, "the CRC record of " + info.file());
            }
            CRC32C crc = new CRC32C();
            crc.update(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(previousCrc).flip());
            int end = position + size(info) - RecordLayout.CRC_BYTES;
            crc.update(segment.slice(position, end - position));
            assertEquals((int) crc.getValue(), segment.getInt(end), info.toString());
            previousCrc = segment.getInt(end);
        }
    }

    @Test
    void shouldRefuseWholeRecordsInAnotherOrder() {
        List<RecordInfo> entries = records.stream()
                .filter(info -> info.file().equals(segments.get(1)) && info.type() == RecordType.ENTRIES)
                .limit(2)
                .toList();
        int size = size(entries.getFirst());
        assertEquals(size, size(entries.getLast()));
        byte[] content = world.disk.content(segments.get(1));
        byte[] first = new byte[size];
        int firstPosition = (int) entries.getFirst().positionBytes();
        int otherPosition = (int) entries.getLast().positionBytes();
        System.arraycopy(content, firstPosition, first, 0, size);
        System.arraycopy(content, otherPosition, content, firstPosition, size);
        System.arraycopy(first, 0, content, otherPosition, size);
        world.disk.setContent(segments.get(1), content);
        CorruptDataException refusal = assertThrows(CorruptDataException.class, world::open);
        assertEquals(firstPosition, refusal.positionBytes());
    }

    @Test
    void shouldTakeTheLastState() {
        assertEquals(new HardState(3, 3, 39), world.open().contents().hardState());
    }
}
