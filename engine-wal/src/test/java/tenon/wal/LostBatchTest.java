package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.api.Entry;
import tenon.wal.LogDiagnosis.Verdict;
import tenon.wal.format.SectorLayout;

/// Damage of batches that were synced without a state behind them, so that nothing but records of entries and the marks of
/// sectors tell that they were.
class LostBatchTest {
    private static final int SEGMENT_BYTES = 16 << 10;
    private static final int BATCH_COUNT = 3;

    private final LogWorld world = new LogWorld();
    private long raftIndex = 1;

    @BeforeEach
    void makeLog() {
        world.options = LogOptions.DEFAULT.withSegmentSizeBytes(SEGMENT_BYTES);
        world.create();
        while (world.log.stats().segmentCount() < 2) {
            appendAndSync(2);
        }
        for (int i = 0; i < BATCH_COUNT; i++) {
            appendAndSync(2);
        }
        world.log.close();
    }

    private void appendAndSync(int count) {
        List<Entry> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(entry(1, raftIndex++, 900));
        }
        world.append(null, batch);
        world.sync();
    }

    private LogDiagnosis diagnosis() {
        return new LogScan(new LogDirectory(world.disk, DIRECTORY), 0).run().diagnosis();
    }

    private List<RecordInfo> recordsOf(Path segment) {
        List<RecordInfo> records = new ArrayList<>();
        new LogInspector(world.disk, DIRECTORY).forEachRecord(info -> {
            if (info.file().equals(segment)) {
                records.add(info);
            }
        });
        return records;
    }

    /// It looks as if the segment had never been begun, but for what stands behind.
    @Test
    void shouldRefuseASegmentWhoseFirstSectorIsGone() {
        Path last = world.lastSegment();
        byte[] content = world.disk.content(last);
        for (int position = 0; position < SectorLayout.SECTOR_BYTES; position++) {
            world.disk.corrupt(last, position, content[position]);
        }
        CorruptDataException e = assertThrows(CorruptDataException.class, world::open);
        assertEquals(last, e.path());
        assertTrue(e.getMessage().contains("the head of the segment is damaged, though it had been written"), e.getMessage());
    }

    /// The longer a record claims to be, the less of it seems to have been written.
    @Test
    void shouldRefuseALengthThatIsWrongInSeveralBits() {
        Path last = world.lastSegment();
        RecordInfo record = recordsOf(last).getLast();
        int position = (int) record.positionBytes();
        for (int bit = 11; bit < Integer.SIZE; bit++) {
            for (int other = bit + 1; other < Integer.SIZE; other++) {
                world.disk.corrupt(last, position + bit / 8, 1 << bit % 8);
                world.disk.corrupt(last, position + other / 8, 1 << other % 8);
                LogDiagnosis found = diagnosis();
                assertEquals(Verdict.CORRUPT, found.verdict(), bit + ", " + other);
                assertEquals(position, found.positionBytes());
                world.disk.corrupt(last, position + bit / 8, 1 << bit % 8);
                world.disk.corrupt(last, position + other / 8, 1 << other % 8);
            }
        }
        assertEquals(Verdict.CLEAN, diagnosis().verdict());
    }
}
