package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.testkit.Seeds;
import tenon.wal.LogDiagnosis.Verdict;
import tenon.wal.format.SectorLayout;
import tenon.wal.format.SegmentName;

/// W16: every single bit of logs of three segments, all of it synced, is turned: the log is refused, or holds what it held.
/// That goes for lengths, types, stamps, padding, CRCs, marks of sectors, what was never written, and what an earlier
/// life of the file left behind.
class LogBitFlipTest {
    private final LogWorld world = new LogWorld();

    /// Three segments whose last record is an entry of this data, synced last.
    private void makeLog(boolean isRecycled, byte[] last) {
        world.create();
        if (isRecycled) {
            // Seven segments full of what looks much like what comes; most of them are used again.
            while (world.log.stats().segmentCount() < 7) {
                appendAndSync(30);
            }
            world.mark(1, world.log.lastRaftIndex());
            world.sync();
            world.log.release(world.log.lastRaftIndex());
        }
        int segmentCount = world.log.stats().segmentCount();
        while (world.log.stats().segmentCount() < segmentCount + 2) {
            appendAndSync(30);
        }
        appendAndSync(31);
        world.append(null, new Entry(1, world.log.lastRaftIndex() + 1, EntryType.NORMAL, last));
        world.sync();
        world.log.close();
    }

    private void appendAndSync(int lengthBytes) {
        long raftIndex = world.log.lastRaftIndex() + 1;
        world.append(new HardState(1, 3, raftIndex - 1), entry(1, raftIndex, lengthBytes));
        world.sync();
    }

    private List<SegmentName> segments() {
        return new LogDirectory(world.disk, DIRECTORY).segmentNames();
    }

    private LogScan.Result scan() {
        return new LogScan(new LogDirectory(world.disk, DIRECTORY), 0).run();
    }

    private void turnEachBit() {
        LogScan.Result intact = scan();
        assertEquals(Verdict.CLEAN, intact.diagnosis().verdict());
        LogContents expected = intact.contents();
        for (SegmentName segment : segments()) {
            Path path = segment.in(DIRECTORY);
            boolean isLast = segment.equals(segments().getLast());
            long end = isLast ? intact.diagnosis().positionBytes() : endOf(path);
            int size = world.disk.content(path).length;
            for (int position = 0; position < size; position++) {
                boolean isRecord = position < end && !isMark(intact, position);
                for (int mask = 1; mask < 256; mask <<= 1) {
                    world.disk.corrupt(path, position, mask);
                    LogScan.Result scan = scan();
                    if (scan.diagnosis().verdict() == Verdict.CORRUPT) {
                        assertTrue(isRecord || isMark(intact, position), "refused: " + path + " " + position);
                    } else {
                        assertTrue(!isRecord, "silent: " + path + " position " + position + " mask " + mask);
                        assertEquals(expected, LogModel.withoutTail(scan.contents()));
                    }
                    world.disk.corrupt(path, position, mask);
                }
            }
        }
        assertEquals(expected, scan().contents());
    }

    private static boolean isMark(LogScan.Result scan, int position) {
        return scan.state().lastSegment().hasMarks
                && position % SectorLayout.SECTOR_BYTES >= SectorLayout.STREAM_BYTES;
    }

    private long endOf(Path segment) {
        long[] end = new long[1];
        new LogInspector(world.disk, DIRECTORY).forEachRecord(info -> {
            if (info.file().equals(segment)) {
                end[0] = LogWorld.endPosition(info);
            }
        });
        return end[0];
    }

    @Test
    void shouldFindEachWrongBitInFreshSegments() {
        makeLog(false, new byte[] {1, 2, 3});
        assertEquals(3, segments().size());
        turnEachBit();
    }

    @Test
    void shouldFindEachWrongBitInRecycledSegments() {
        makeLog(true, new byte[] {1, 2, 3});
        long recycled = segments().stream()
                .filter(name -> holdsAnEarlierLife(world.disk.content(name.in(DIRECTORY))))
                .count();
        assertTrue(recycled >= 2, recycled + " segments hold what is not theirs");
        turnEachBit();
    }

    /// The last segment is nearly empty; the others end with what a record did not fill.
    private boolean holdsAnEarlierLife(byte[] content) {
        for (int position = content.length - 100; position < content.length - 8; position++) {
            if (content[position] != 0) {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldFindEachWrongBitInALargeLastRecord() {
        byte[] data = new byte[9000];
        Seeds.random(LogBitFlipTest.class).nextBytes(data);
        makeLog(false, data);
        turnEachBit();
    }

    @Test
    void shouldFindEachWrongBitInALastRecordOfZeros() {
        makeLog(true, new byte[3000]);
        turnEachBit();
    }

    @Test
    void shouldFindTheOnlyBitOfASectorThatGetsLost() {
        byte[] data = new byte[3000];
        data[1500] = 1;
        makeLog(false, data);
        turnEachBit();
    }

    @Test
    void shouldFindEachWrongBitInFormatVersion1() throws IOException {
        for (String name : LogGoldenTest.NAMES.get(1)) {
            try (InputStream in = LogGoldenTest.class.getResourceAsStream("/testdata/format-1/" + name)) {
                assertNotNull(in, name);
                world.disk.setContent(DIRECTORY.resolve(name), in.readAllBytes());
            }
        }
        turnEachBit();
    }
}
