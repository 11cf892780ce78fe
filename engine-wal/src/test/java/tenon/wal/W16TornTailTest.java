package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.api.HardState;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.format.RecordLayout;
import tenon.wal.format.SectorLayout;

/// W16: a tail is torn at each of its bytes, and the log continues without it; a record before it is damaged, and the
/// log is refused, by file and position. [LogDamageTest] goes through all bits.
class W16TornTailTest {
    private final LogWorld world = new LogWorld();

    private List<RecordInfo> records() {
        List<RecordInfo> records = new ArrayList<>();
        new LogInspector(world.disk, DIRECTORY).forEachRecord(records::add);
        return records;
    }

    /// Entries that were synced, one by one.
    private void makeLog() {
        world.options = LogOptions.DEFAULT.withSegmentSizeBytes(8 << 10);
        world.create();
        for (long i = 1; i <= 6; i++) {
            world.append(new HardState(1, 2, i - 1), entry(1, i, 20));
            world.sync();
        }
    }

    @Test
    void shouldCutATornTailAndContinue() {
        makeLog();
        int durableEnd = LogWorld.endPosition(records().getLast());
        byte[] durable = world.disk.content(records().getLast().file());
        world.append(null, entry(1, 7, 30));
        world.append(null, entry(1, 8, 10));
        world.log.write();
        List<RecordInfo> written = records();
        int writtenEnd = LogWorld.endPosition(written.getLast());
        byte[] whole = world.disk.content(written.getLast().file());
        assertTrue(writtenEnd > durableEnd + 60);
        for (int tornAt = durableEnd; tornAt < writtenEnd / 512 * 512 + 512; tornAt++) {
            byte[] torn = durable.clone();
            System.arraycopy(whole, durableEnd, torn, durableEnd, tornAt - durableEnd);
            SimulatedFileSystem disk = world.disk.copy();
            disk.setContent(written.getLast().file(), torn);
            assertContinues(disk, "torn at " + tornAt);
        }
    }

    private void assertContinues(SimulatedFileSystem disk, String when) {
        OpenedLog opened = SegmentedLog.open(LogWorld.platform(disk), DIRECTORY, world.options);
        long last = opened.log().lastRaftIndex();
        assertTrue(last >= 6 && last <= 8, when + ": " + last);
        assertEquals(world.model.entries().subList(0, (int) last), opened.contents().entries(), when);
        opened.log().append(null, List.of(entry(2, last + 1, 25)));
        opened.log().sync();
        opened.log().close();
        OpenedLog again = SegmentedLog.open(LogWorld.platform(disk), DIRECTORY, world.options);
        assertEquals(last + 1, again.log().lastRaftIndex(), when);
        assertEquals(0, again.contents().tailCutBytes(), when);
        again.log().close();
    }

    @Test
    void shouldRefuseDamageAnywhereElseAndSayWhere() {
        makeLog();
        world.log.close();
        List<RecordInfo> records = records();
        for (RecordInfo info : records.subList(2, records.size() - 2)) {
            int middle = LogWorld.streamPosition(info) + RecordLayout.DATA_OFFSET + info.lengthBytes() / 2;
            long position = SectorLayout.filePosition(middle);
            world.disk.corrupt(info.file(), position, 0x40);
            byte[] damaged = world.disk.content(info.file());
            CorruptDataException refusal = assertThrows(CorruptDataException.class, world::open);
            assertEquals(info.file(), refusal.path());
            assertEquals(info.positionBytes(), refusal.positionBytes());
            assertArrayEquals(damaged, world.disk.content(info.file()), "left as it is");
            world.disk.corrupt(info.file(), position, 0x40);
        }
        assertEquals(6, world.open().log().lastRaftIndex());
    }
}
