package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.api.StorageFile;
import tenon.testkit.Seeds;
import tenon.wal.LogDiagnosis.Verdict;
import tenon.wal.format.SectorLayout;
import tenon.wal.format.SegmentName;

/// W16: every single bit of logs of three segments, all of it synced, is turned: the log is refused, or holds what it held.
/// That goes for lengths, types, stamps, padding, CRCs, marks of sectors, what was never written, and what an earlier
/// life of the file left behind.
class LogBitFlipTest {
    private final LogWorld world = new LogWorld();

    /// At least three segments whose last record is of entries of these data, synced last.
    private void makeLog(boolean isRecycled, byte[]... last) {
        if (isRecycled) {
            // Whole blocks are written: what was there before is found behind the block of the last record.
            world.options = LogWorld.SMALL.withSegmentSizeBytes(2 * StorageFile.BLOCK_BYTES);
        }
        world.create();
        if (isRecycled) {
            // Segments full of what looks much like what comes, which are used again.
            while (world.log.stats().segmentCount() < 7) {
                appendAndSync(30);
            }
            world.releaseAll();
            world.useAgain(() -> appendAndSync(30));
        }
        while (world.log.stats().segmentCount() < 3) {
            appendAndSync(30);
        }
        appendAndSync(31);
        List<Entry> entries = new ArrayList<>();
        for (byte[] data : last) {
            entries.add(new Entry(1, world.log.lastRaftIndex() + 1 + entries.size(), EntryType.NORMAL, data));
        }
        world.append(null, entries);
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
            long end = isLast ? intact.diagnosis().positionBytes() : world.endOf(path);
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

    @Test
    void shouldFindEachWrongBitInFreshSegments() {
        makeLog(false, new byte[] {1, 2, 3});
        assertEquals(3, segments().size());
        turnEachBit();
    }

    @Test
    void shouldFindEachWrongBitInASegmentThatWasUsedBefore() {
        makeLog(true, new byte[] {1, 2, 3});
        assertTrue(world.lastHoldsAnEarlierLife());
        turnEachBit();
    }

    @Test
    void shouldFindEachWrongBitInALargeLastRecord() {
        byte[] data = new byte[9000];
        Seeds.random(LogBitFlipTest.class).nextBytes(data);
        makeLog(false, data);
        turnEachBit();
    }

    @Test
    void shouldFindEachWrongBitInALastRecordOfManyEntries() {
        makeLog(true, new byte[0], new byte[700], new byte[] {1}, new byte[0], new byte[500], new byte[40]);
        assertTrue(world.lastHoldsAnEarlierLife());
        turnEachBit();
    }

    @Test
    void shouldFindEachWrongBitInALastRecordOfZeros() {
        makeLog(true, new byte[3000]);
        assertTrue(world.lastHoldsAnEarlierLife());
        turnEachBit();
    }

    @Test
    void shouldFindTheOnlyBitOfASectorThatGetsLost() {
        byte[] data = new byte[3000];
        data[1500] = 1;
        makeLog(false, data);
        turnEachBit();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldFindEachWrongBitInAnOlderFormat(int version) throws IOException {
        for (String name : LogGoldenTest.NAMES.get(version)) {
            String resource = "/testdata/format-" + version + "/" + name;
            try (InputStream in = LogGoldenTest.class.getResourceAsStream(resource)) {
                assertNotNull(in, name);
                world.disk.setContent(DIRECTORY.resolve(name), in.readAllBytes());
            }
        }
        turnEachBit();
    }
}
