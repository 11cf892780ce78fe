package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tenon.api.CorruptDataException;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.api.SnapshotMark;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.LogDiagnosis.Verdict;
import tenon.wal.format.SectorFrame;
import tenon.wal.format.SectorLayout;
import tenon.wal.format.SegmentName;

/// Damage of a log of three segments, all of it synced: it is refused, or it is harmless.
class LogDamageTest {
    private static final int SEGMENT_BYTES = 1024;
    static final String ADVICE = "; put this member's files back from a backup, or remove the member and add it anew";

    private final LogWorld world = new LogWorld();
    private LogContents expected;
    private List<Path> segments;
    private int endPosition;
    /// Where the last sync but one ended: what is behind it is proven by nothing but single bits.
    private int provenPosition;
    /// The last segment as it was then.
    private byte[] provenContent;

    @BeforeEach
    void makeLog() {
        world.create();
        long raftIndex = 1;
        while (world.log.stats().segmentCount() < 3) {
            world.append(new HardState(1, 3, raftIndex), entry(1, raftIndex, 30));
            world.sync();
            raftIndex++;
        }
        world.mark(1, 2);
        for (int i = 0; i < 3; i++) {
            world.append(new HardState(1, 3, raftIndex), entry(1, raftIndex, 30 + i));
            world.sync();
            raftIndex++;
        }
        LogDiagnosis proven = scan(0).diagnosis();
        provenPosition = (int) proven.positionBytes();
        provenContent = world.disk.content(proven.file());
        world.append(new HardState(1, 3, raftIndex), entry(1, raftIndex, 40));
        world.sync();
        world.log.close();
        expected = world.model.contents();
        LogScan.Result scan = scan(0);
        assertEquals(Verdict.CLEAN, scan.diagnosis().verdict());
        assertEquals(expected, scan.contents());
        endPosition = (int) scan.diagnosis().positionBytes();
        segments = new LogDirectory(world.disk, DIRECTORY)
                .segmentNames().stream().map(name -> name.in(DIRECTORY)).toList();
        assertEquals(3, segments.size());
    }

    private LogScan.Result scan(long knownStoredIndex) {
        return new LogScan(new LogDirectory(world.disk, DIRECTORY), knownStoredIndex).run();
    }

    private int endOf(Path segment) {
        if (segment.equals(segments.getLast())) {
            return endPosition;
        }
        int[] end = new int[1];
        new LogInspector(world.disk, DIRECTORY).forEachRecord(info -> {
            if (info.file().equals(segment)) {
                end[0] = LogWorld.endPosition(info);
            }
        });
        return end[0];
    }

    @Test
    void shouldSayWhereTheDamageIsAndChangeNothing() {
        Path segment = segments.get(1);
        world.disk.corrupt(segment, 100, 4);
        byte[] before = world.disk.content(segment);
        CorruptDataException e = assertThrows(CorruptDataException.class, world::open);
        assertEquals(segment, e.path());
        assertEquals(88, e.positionBytes());
        assertEquals(
                segment + " is corrupt at position 88: record 3: a later segment proves that synced records are damaged or"
                        + " missing here" + ADVICE,
                e.getMessage());
        assertTrue(Arrays.equals(before, world.disk.content(segment)));
        world.disk.corrupt(segment, 100, 4);
        world.open();
    }

    @Test
    void shouldRefuseAWrongLengthWhenTheStoreIsAheadAndSayWhatToDo() {
        long lastRaftIndex = expected.entries().getLast().raftIndex();
        Path last = segments.getLast();
        world.options = world.options.withKnownStoredIndex(lastRaftIndex);
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            world.disk.corrupt(last, provenPosition + bit / 8, 1 << bit % 8);
            byte[] damaged = world.disk.content(last);
            for (int attempt = 0; attempt < 2; attempt++) {
                CorruptDataException e = assertThrows(CorruptDataException.class, world::open, "bit " + bit);
                assertEquals(provenPosition, e.positionBytes());
                assertTrue(e.getMessage().endsWith(
                        "the record is damaged, though its sectors show that it had been written as a whole" + ADVICE));
            }
            assertTrue(Arrays.equals(damaged, world.disk.content(last)));
            world.disk.corrupt(last, provenPosition + bit / 8, 1 << bit % 8);
        }
        assertEquals(expected, world.open().contents());
    }

    @Test
    void shouldRefuseAnyDamageOfWhatIsProven() {
        RandomGenerator random = Seeds.random(LogDamageTest.class);
        for (int run = 0; run < 3000; run++) {
            Path segment = segments.get(random.nextInt(3));
            boolean isLast = segment.equals(segments.getLast());
            int end = isLast ? provenPosition : endOf(segment);
            byte[] intact = world.disk.content(segment);
            byte[] damaged = intact.clone();
            int from = random.nextInt(end);
            int to = from + 1 + random.nextInt(Math.min(SEGMENT_BYTES - from, 600));
            if (isLast) {
                // What proves it must be left.
                to = Math.min(to, end);
            }
            switch (random.nextInt(3)) {
                case 0 -> Arrays.fill(damaged, from, to, (byte) 0);
                case 1 -> Arrays.fill(damaged, from, to, (byte) 0xFF);
                default -> {
                    for (int i = from; i < to; i++) {
                        damaged[i] = (byte) random.nextInt();
                    }
                }
            }
            world.disk.setContent(segment, damaged);
            LogScan.Result scan = scan(0);
            if (holdsSameRecords(intact, damaged, end)) {
                assertEquals(expected, LogModel.withoutTail(scan.contents()));
            } else {
                assertEquals(Verdict.CORRUPT, scan.diagnosis().verdict(), segment + " from " + from + " to " + to);
            }
            world.disk.setContent(segment, intact);
        }
    }

    /// A mark alone says nothing where all records before it are valid.
    private static boolean holdsSameRecords(byte[] intact, byte[] damaged, int end) {
        for (int i = 0; i < end; i++) {
            if (intact[i] != damaged[i] && i % SectorLayout.SECTOR_BYTES < SectorLayout.STREAM_BYTES) {
                return false;
            }
        }
        return true;
    }

    @Test
    void shouldRefuseEveryTruncation() {
        for (Path segment : segments) {
            byte[] intact = world.disk.content(segment);
            for (int size = 0; size < SEGMENT_BYTES; size++) {
                world.disk.setContent(segment, Arrays.copyOf(intact, size));
                assertEquals(Verdict.CORRUPT, scan(0).diagnosis().verdict(), segment + " cut to " + size);
            }
            world.disk.setContent(segment, intact);
        }
    }

    @Test
    void shouldRefuseEveryMissingSegmentThatIsNeeded() {
        for (Path segment : segments.subList(0, 2)) {
            byte[] intact = world.disk.content(segment);
            world.disk.delete(segment);
            assertEquals(Verdict.CORRUPT, scan(0).diagnosis().verdict(), segment + " deleted");
            world.disk.setContent(segment, intact);
        }
        world.disk.delete(segments.getLast());
        long last = expected.entries().getLast().raftIndex();
        assertEquals(Verdict.CORRUPT, scan(last).diagnosis().verdict(), "the store knows better");
    }

    @Test
    void shouldRefuseARenamedOrDoubledSegment() {
        SegmentName second = SegmentName.parse(segments.get(1)).orElseThrow();
        Path other = new SegmentName(second.sequence(), second.firstRaftIndex() + 1).in(DIRECTORY);
        world.disk.rename(segments.get(1), other);
        assertEquals(Verdict.CORRUPT, scan(0).diagnosis().verdict());
        world.disk.setContent(segments.get(1), world.disk.content(other));
        assertEquals(Verdict.CORRUPT, scan(0).diagnosis().verdict(), "doubled");
        world.disk.delete(other);
        world.disk.setContent(segments.get(1), world.disk.content(segments.get(0)));
        assertEquals(Verdict.CORRUPT, scan(0).diagnosis().verdict(), "the content of another one");
    }

    @Test
    void shouldCutWhatWasWrittenAfterTheLastSyncButOneOnlyIfNothingProvesIt() {
        Path last = segments.getLast();
        byte[] torn = provenContent.clone();
        System.arraycopy(world.disk.content(last), provenPosition, torn, provenPosition, 20);
        world.disk.setContent(last, torn);
        LogDiagnosis cut = scan(0).diagnosis();
        assertEquals(Verdict.TORN, cut.verdict());
        assertEquals(
                "a write of about 80 bytes was interrupted before it was synced; opening the log cuts it", cut.finding());
        long lastRaftIndex = expected.entries().getLast().raftIndex();
        assertEquals(Verdict.TORN, scan(lastRaftIndex - 1).diagnosis().verdict());
        LogDiagnosis known = scan(lastRaftIndex).diagnosis();
        assertEquals(Verdict.CORRUPT, known.verdict(), "the store holds the entry");
        assertEquals(
                "the log ends with entry " + (lastRaftIndex - 1) + ", but the store holds entries up to " + lastRaftIndex
                        + ADVICE,
                known.finding());
        world.options = world.options.withKnownStoredIndex(lastRaftIndex);
        assertThrows(CorruptDataException.class, world::open);
    }

    @Test
    void shouldTellDamageOfTheLastBatchFromItsInterruption() {
        world.open();
        long raftIndex = world.log.lastRaftIndex() + 1;
        int start = (int) scan(0).diagnosis().positionBytes();
        world.append(null, entry(1, raftIndex, 6000));
        world.sync();
        Path segment = scan(0).diagnosis().file();
        start = segment.equals(segments.getLast()) ? start : 88;
        byte[] intact = world.disk.content(segment);
        int sectors = 0;
        for (int from = start; from < start + 6000; from += 100) {
            // All that a sector holds of the record is worthless, but its mark says that it was written.
            byte[] damaged = intact.clone();
            int end = from / 512 * 512 + 504;
            Arrays.fill(damaged, Math.min(from, end - 1), end, (byte) 0);
            world.disk.setContent(segment, damaged);
            assertEquals(Verdict.CORRUPT, scan(0).diagnosis().verdict(), "damaged from " + from);
            // The sector is as before the write, with its mark.
            if (from / 512 > start / 512) {
                Arrays.fill(damaged, from / 512 * 512, end + 8, (byte) 0x5A);
                world.disk.setContent(segment, damaged);
                assertEquals(Verdict.TORN, scan(0).diagnosis().verdict(), "sector lost at " + from);
                assertEquals(Verdict.CORRUPT, scan(raftIndex).diagnosis().verdict(), "but the store holds the entry");
                sectors++;
            }
        }
        assertTrue(sectors > 50);
    }

    @Test
    void shouldTakeALostSectorForTornAlsoIfItOnlyHeldZerosAndTheCrc() {
        LogWorld larger = new LogWorld();
        larger.options = larger.options.withSegmentSizeBytes(8192);
        larger.create();
        int start = 88;
        // The record ends with a sector, so that its follower is in another one.
        int end = 3 * SectorLayout.STREAM_BYTES;
        tenon.api.EntryType type = tenon.api.EntryType.NORMAL;
        tenon.api.Entry zeros = new tenon.api.Entry(1, 1, type, new byte[end - start - 36]);
        larger.log.append(null, List.of(zeros));
        larger.log.append(null, List.of(entry(1, 2, 10)));
        larger.log.write();
        Path segment = new SegmentName(1, 1).in(DIRECTORY);
        LogInspector inspector = new LogInspector(larger.disk, DIRECTORY);
        assertEquals(Verdict.CLEAN, inspector.verify().verdict());
        for (int sector = 1; sector < 4; sector++) {
            byte[] torn = larger.disk.content(segment);
            byte[] intact = torn.clone();
            Arrays.fill(torn, sector * 512, (sector + 1) * 512, (byte) 0);
            larger.disk.setContent(segment, torn);
            Verdict expectedVerdict = sector == 2 ? Verdict.TORN : Verdict.CLEAN;
            assertEquals(expectedVerdict, inspector.verify().verdict(), "sector " + sector);
            larger.disk.setContent(segment, intact);
        }
    }

    @Test
    void shouldTakeALostCrcForTornUntilASyncProvesIt() {
        LogWorld larger = new LogWorld();
        larger.options = larger.options.withSegmentSizeBytes(8192);
        larger.create();
        LogInspector inspector = new LogInspector(larger.disk, DIRECTORY);
        // The CRC of the first one is the first thing in a sector.
        larger.log.append(null, List.of(entry(1, 1, 504 - 88 - 36 + 4)));
        larger.log.write();
        assertEquals(520, inspector.verify().positionBytes());
        larger.log.append(null, List.of(entry(1, 2, 600)));
        larger.log.write();
        Path segment = new SegmentName(1, 1).in(DIRECTORY);
        byte[] lost = larger.disk.content(segment);
        Arrays.fill(lost, 512, 1024, (byte) 0);
        larger.disk.setContent(segment, lost);
        assertEquals(Verdict.TORN, inspector.verify().verdict());
        larger.log.sync();
        larger.log.append(null, List.of(entry(1, 3, 500)));
        // Written alone; the sync would write the whole block again, with what was lost.
        larger.log.write();
        assertEquals(Verdict.CORRUPT, inspector.verify().verdict());
    }

    @Test
    void shouldNotBelieveHostileLengths() {
        Path last = segments.getLast();
        byte[] intact = world.disk.content(last);
        for (int length : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -8, SEGMENT_BYTES, Integer.MAX_VALUE - 8}) {
            for (int position : new int[] {0, 56, 88, provenPosition}) {
                byte[] damaged = intact.clone();
                ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(position, length);
                world.disk.setContent(last, damaged);
                LogScan.Result scan = scan(0);
                assertTrue(position == provenPosition || scan.diagnosis().verdict() == Verdict.CORRUPT);
            }
        }
    }

    @Test
    void shouldEndOnFilesMadeToKeepItBusy() {
        // Every other place looks like the head of a record that reaches to the end and follows on a sync.
        byte[] hostile = new byte[2000 * SectorLayout.STREAM_BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(hostile).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(world.disk.content(segments.getFirst()), 0, 88);
        int typeAndStamp = buffer.getInt(60);
        for (int at = 96; at + 24 < hostile.length; at += 16) {
            buffer.putInt(at, hostile.length - at - 24);
            buffer.putInt(at + 4, typeAndStamp);
            buffer.putInt(at + 8, at / 8);
        }
        SectorFrame sectors = new SectorFrame();
        sectors.begin(1, 0, new byte[0]);
        ByteBuffer file = sectors.layOut(ByteBuffer.wrap(hostile)).laidOut();
        byte[] content = new byte[file.remaining()];
        file.get(content);
        world.disk.setContent(segments.getFirst(), content);
        world.disk.delete(segments.get(1));
        world.disk.delete(segments.get(2));
        LogDiagnosis diagnosis = assertTimeout(Duration.ofSeconds(20), () -> scan(0).diagnosis());
        assertEquals(Verdict.CORRUPT, diagnosis.verdict());
    }

    @Test
    void shouldDeleteASegmentThatWasNeverBegun() {
        world.open().log().close();
        SegmentName last = SegmentName.parse(segments.getLast()).orElseThrow();
        Path unbegun = new SegmentName(
                        last.sequence() + 1, expected.entries().getLast().raftIndex() + 1)
                .in(DIRECTORY);
        byte[] earlierLife = world.disk.content(segments.getFirst());
        world.disk.setContent(unbegun, earlierLife);
        LogDiagnosis diagnosis = scan(0).diagnosis();
        assertEquals(Verdict.TORN, diagnosis.verdict());
        assertEquals(
                "segment " + unbegun.getFileName() + " behind it was never begun; opening the log deletes it",
                diagnosis.finding());
        // It shows that what is before it had been synced.
        world.disk.corrupt(segments.getLast(), endPosition - 10, 0x55);
        assertEquals(Verdict.CORRUPT, scan(0).diagnosis().verdict());
        world.disk.corrupt(segments.getLast(), endPosition - 10, 0x55);
        LogContents contents = world.open().contents();
        assertEquals(expected, contents);
        assertTrue(!world.disk.exists(unbegun));
    }

    @Test
    void shouldRefuseRecordsOfAnotherNode() {
        SimulatedFileSystem other = new SimulatedFileSystem();
        SegmentedLog.create(
                        LogWorld.platform(other), DIRECTORY, new tenon.api.NodeIdentity(9, 9), world.options)
                .close();
        byte[] head = other.content(segments.getFirst());
        byte[] mixed = world.disk.content(segments.getFirst());
        System.arraycopy(head, 0, mixed, 0, 88);
        world.disk.setContent(segments.getFirst(), mixed);
        assertEquals(Verdict.CORRUPT, scan(0).diagnosis().verdict());
    }

    @Test
    void shouldShowAllRecordsAndThoseBehindDamage() {
        List<RecordInfo> intact = new java.util.ArrayList<>();
        LogInspector inspector = new LogInspector(world.disk, DIRECTORY);
        inspector.forEachRecord(intact::add);
        assertTrue(intact.stream().allMatch(RecordInfo::isValid));
        assertEquals(
                List.of(RecordType.CRC, RecordType.METADATA, RecordType.ENTRIES, RecordType.STATE),
                intact.stream().limit(4).map(RecordInfo::type).toList());
        assertEquals(1, intact.stream().filter(info -> info.type() == RecordType.SNAPSHOT).count());
        RecordInfo third = intact.get(2);
        assertEquals(
                new RecordInfo(
                        segments.getFirst(), 88, 3, RecordType.ENTRIES, 1, 1, 50, true, List.of(entry(1, 1, 30))),
                third);

        world.disk.corrupt(segments.getFirst(), third.positionBytes() + 30, 0x10);
        List<RecordInfo> damaged = new java.util.ArrayList<>();
        inspector.forEachRecord(damaged::add);
        assertEquals(intact.size(), damaged.size());
        assertEquals(List.of(third.positionBytes()), damaged.stream()
                .filter(info -> !info.isValid())
                .map(RecordInfo::positionBytes)
                .toList());
        assertEquals(Verdict.CORRUPT, inspector.verify().verdict());
        assertEquals(new SnapshotMark(1, 2), expected.snapshot());
    }
}
