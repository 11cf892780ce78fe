package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.LogDiagnosis.Verdict;
import tenon.wal.format.RecordLayout;
import tenon.wal.format.SectorFrame;
import tenon.wal.format.SegmentLayout;
import tenon.wal.format.SegmentName;

/// Records of entries that somebody made to do harm: the checksum is right, what they say of themselves is not.
class LogHostileEntriesTest {
    private static final SegmentName FIRST = new SegmentName(1, 1);
    private static final int RECORD = SegmentLayout.BODY_POSITION;
    private static final int DATA = RECORD + RecordLayout.DATA_OFFSET;
    private static final int WORDS = DATA + RecordLayout.ENTRIES_FIRST_OFFSET;
    private static final String FORM = "its data has not the form of its type";

    /// A log of one record.
    ///
    /// @param words what stands behind term and index
    private static SimulatedFileSystem disk(long term, long raftIndex, int lengthBytes, int... words) {
        LogWorld world = new LogWorld();
        world.create();
        world.log.close();
        byte[] stream = LogWorld.stream(world.disk.content(FIRST.in(DIRECTORY)));
        ByteBuffer bytes = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(RECORD + RecordLayout.LENGTH_OFFSET, lengthBytes);
        int typeAndStamp = RecordLayout.typeAndStamp(RecordType.ENTRIES.number(), RecordLayout.stamp(1));
        bytes.putInt(RECORD + RecordLayout.TYPE_OFFSET, typeAndStamp);
        bytes.putLong(DATA + RecordLayout.ENTRIES_TERM_OFFSET, term);
        bytes.putLong(DATA + RecordLayout.ENTRIES_RAFT_INDEX_OFFSET, raftIndex);
        for (int i = 0; i < words.length; i++) {
            bytes.putInt(WORDS + i * Integer.BYTES, words[i]);
        }
        int end = RECORD + (int) RecordLayout.sizeBytes(lengthBytes);
        CRC32C crc = new CRC32C();
        crc.update(stream, RECORD - RecordLayout.CRC_BYTES, end - RECORD);
        bytes.putInt(end - RecordLayout.CRC_BYTES, (int) crc.getValue());
        SectorFrame sectors = new SectorFrame();
        sectors.begin(FIRST.sequence(), 0, new byte[0]);
        byte[] content = world.disk.content(FIRST.in(DIRECTORY));
        ByteBuffer laidOut = sectors.layOut(ByteBuffer.wrap(stream, 0, end)).laidOut();
        laidOut.get(content, 0, laidOut.remaining());
        world.disk.setContent(FIRST.in(DIRECTORY), content);
        return world.disk;
    }

    private static void checkRefused(String finding, SimulatedFileSystem disk) {
        LogInspector inspector = new LogInspector(disk, DIRECTORY);
        LogDiagnosis diagnosis = inspector.verify();
        assertEquals(Verdict.CORRUPT, diagnosis.verdict(), diagnosis.toString());
        assertTrue(diagnosis.finding().startsWith(finding), diagnosis.toString());
        assertEquals(RECORD, diagnosis.positionBytes());
        assertThrows(
                CorruptDataException.class,
                () -> SegmentedLog.open(LogWorld.platform(disk), DIRECTORY, LogWorld.SMALL));
        boolean[] isShown = new boolean[1];
        inspector.forEachRecord(info -> isShown[0] |= info.positionBytes() == RECORD);
        assertTrue(isShown[0]);
    }

    @Test
    void shouldTakeWhatIsWellFormed() {
        SimulatedFileSystem disk = disk(1, 1, 16 + 3 * 4 + 8, 0, 8, 0x2222_2222, 0x3333_3333, 1 << 29);
        LogWorld world = new LogWorld(disk, new LogModel());
        assertEquals(3, world.open().contents().entries().size());
        assertEquals(8, world.log.read(2, 0).getFirst().data().length);
    }

    @Test
    void shouldRefuseLengthsThatDoNotEndWithTheRecord() {
        int[] wrong = {1, 2, 3, 5, 6, 7, 9, 12, 1 << 20, (1 << 29) - 1};
        for (int length : wrong) {
            checkRefused(FORM, disk(1, 1, 16 + 4 + 8, length));
            checkRefused(FORM, disk(1, 1, 16 + 4 + 4 + 8, 0, length));
        }
    }

    @Test
    void shouldRefuseTypesThatThereAreNot() {
        for (int type = 2; type < 8; type++) {
            checkRefused(FORM, disk(1, 1, 16 + 4, type << 29));
            checkRefused(FORM, disk(1, 1, 16 + 8, 0, type << 29));
        }
    }

    @Test
    void shouldRefuseARecordWithoutAWholeEntry() {
        for (int lengthBytes = 0; lengthBytes < 20; lengthBytes++) {
            checkRefused(FORM, disk(1, 1, lengthBytes));
        }
    }

    @Test
    void shouldRefuseIndexesThatThereAreNot() {
        long last = Long.MAX_VALUE - 1;
        checkRefused("there is no entry of term 1 at index " + Long.MAX_VALUE, disk(1, last, 24, 0, 0));
        checkRefused("there is no entry of term 1 at index " + Long.MIN_VALUE, disk(1, last, 28, 0, 0, 0));
        checkRefused("there is no entry of term 1 at index -1", disk(1, -1, 28, 0, 0, 0));
        checkRefused("there is no entry of term -1 at index 1", disk(-1, 1, 24, 0, 0));
        checkRefused("entry 2 follows on entry 0", disk(1, 2, 24, 0, 0));
    }
}
