package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.CorruptDataException;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.api.MisuseException;
import tenon.api.NodeIdentity;
import tenon.api.SnapshotMark;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.LogDiagnosis.Verdict;
import tenon.wal.format.RecordEncoder;
import tenon.wal.format.SectorFrame;
import tenon.wal.format.SegmentName;

/// Logs that somebody made to do harm: every checksum is right, but lengths, indexes, terms and names are not. Each
/// is refused with what is wrong, where; none makes an index overflow or asks for much memory.
class LogHostileTest {
    private static final SegmentName FIRST = new SegmentName(1, 1);
    private static final int SIZE_BYTES = 2048;

    private final Map<String, SimulatedFileSystem> disks = new LinkedHashMap<>();
    private final Map<String, String> findings = new LinkedHashMap<>();

    private static byte[] segment(SegmentName name, long allocatedSize, Consumer<RecordEncoder> records) {
        RecordEncoder encoder = new RecordEncoder();
        encoder.begin(name.sequence(), 0);
        encoder.head(name, 0, allocatedSize);
        encoder.metadata(LogModel.IDENTITY);
        records.accept(encoder);
        SectorFrame sectors = new SectorFrame();
        sectors.begin(name.sequence(), 0, new byte[0]);
        byte[] content = new byte[SIZE_BYTES];
        ByteBuffer laidOut = sectors.layOut(encoder.encoded()).laidOut();
        laidOut.get(content, 0, laidOut.remaining());
        return content;
    }

    private static SimulatedFileSystem disk(SegmentName name, Consumer<RecordEncoder> records) {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.setContent(name.in(DIRECTORY), segment(name, SIZE_BYTES, records));
        return disk;
    }

    private void add(String name, SimulatedFileSystem disk, String finding) {
        disks.put(name, disk);
        findings.put(name, finding);
    }

    private void add(String name, String finding, Consumer<RecordEncoder> records) {
        add(name, disk(FIRST, records), finding);
    }

    private static Entry at(long term, long raftIndex) {
        return new Entry(term, raftIndex, EntryType.NORMAL, new byte[3]);
    }

    private static void entry(RecordEncoder to, long term, long raftIndex) {
        to.entries(List.of(at(term, raftIndex)), 0, 1);
    }

    private void makeHostileLogs() {
        for (long raftIndex : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            add("entry " + raftIndex, "there is no entry of term 1 at index " + raftIndex,
                    to -> entry(to, 1, raftIndex));
            add("mark " + raftIndex, "there is no snapshot mark of term 1 at index " + raftIndex,
                    to -> to.snapshot(new SnapshotMark(1, raftIndex)));
        }
        for (long raftIndex : new long[] {2, 1L << 32, 1L << 55, Long.MAX_VALUE - 1}) {
            add("gap " + raftIndex, "entry " + raftIndex + " follows on entry 0", to -> entry(to, 1, raftIndex));
            add("commit " + raftIndex, "but entries up to " + raftIndex + " are committed",
                    to -> to.state(new HardState(1, 0, raftIndex)));
        }
        for (long commitIndex : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            add("commit " + commitIndex, "there is no state of term 1 with commit index " + commitIndex,
                    to -> to.state(new HardState(1, 0, commitIndex)));
        }
        for (long term : new long[] {-1, Long.MIN_VALUE}) {
            add("entry of term " + term, "there is no entry of term " + term, to -> entry(to, term, 1));
            add("mark of term " + term, "there is no snapshot mark of term " + term,
                    to -> to.snapshot(new SnapshotMark(term, 1)));
            add("state of term " + term, "there is no state of term " + term,
                    to -> to.state(new HardState(term, 0, 0)));
        }
        add("last", "there is no entry of term 1 at index " + Long.MAX_VALUE, to -> {
            to.snapshot(new SnapshotMark(1, Long.MAX_VALUE - 1));
            to.state(new HardState(1, 0, Long.MAX_VALUE - 1));
            entry(to, 1, Long.MAX_VALUE);
        });
        add("replaced", "entry 1 replaces one that is committed", to -> {
            entry(to, 1, 1);
            to.state(new HardState(1, 0, 1));
            entry(to, 2, 1);
        });
        add("synced", "it claims that bytes behind it had been synced", to -> {
            to.setSynced(8L * Integer.MAX_VALUE);
            entry(to, 1, 1);
        });
        add("metadata", "the log before it of", to -> to.metadata(new NodeIdentity(-1, Long.MIN_VALUE)));
        add("head", "its data has not the form of its type", to -> to.head(FIRST, 0, SIZE_BYTES));
        for (long size : new long[] {SIZE_BYTES + 1, 1L << 31, 1L << 55, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            SimulatedFileSystem disk = new SimulatedFileSystem();
            disk.setContent(FIRST.in(DIRECTORY), segment(FIRST, size, to -> entry(to, 1, 1)));
            add("allocated " + size, disk, "the file has been cut short: it had " + size + " bytes");
        }
        for (long number : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            if (number != Long.MAX_VALUE) {
                add("first index " + number, disk(new SegmentName(1, number), to -> {}), "no segment has such a name");
            }
            add("sequence " + number, disk(new SegmentName(number, 1), to -> {}), "no segment has such a name");
        }
        SimulatedFileSystem beside = disk(FIRST, to -> entry(to, 1, 1));
        beside.setContent(new SegmentName(-1, 2).in(DIRECTORY), new byte[SIZE_BYTES]);
        add("a second name", beside, "no segment has such a name");
        SimulatedFileSystem skipped = disk(FIRST, to -> entry(to, 1, 1));
        skipped.setContent(new SegmentName(1L << 55, 2).in(DIRECTORY), new byte[SIZE_BYTES]);
        add("a far name", skipped, "a segment is missing or doubled before it");
    }

    @Test
    void shouldSayWhatIsWrong() {
        makeHostileLogs();
        disks.forEach((name, disk) -> {
            LogInspector inspector = new LogInspector(disk, DIRECTORY);
            LogDiagnosis diagnosis = inspector.verify();
            assertEquals(Verdict.CORRUPT, diagnosis.verdict(), name);
            assertTrue(diagnosis.finding().startsWith(findings.get(name))
                    || diagnosis.finding().contains(findings.get(name)), name + ": " + diagnosis);
            assertTrue(diagnosis.finding().endsWith(LogDamageTest.ADVICE), name + ": " + diagnosis);
            CorruptDataException refusal = assertThrows(
                    CorruptDataException.class,
                    () -> SegmentedLog.open(LogWorld.platform(disk), DIRECTORY, LogWorld.SMALL), name);
            assertEquals(diagnosis.file(), refusal.path());
            inspector.forEachRecord(info -> assertTrue(info.positionBytes() < SIZE_BYTES));
        });
        assertTrue(disks.size() > 35, disks.size() + " logs");
    }

    /// A process of 12 MB looks at all of them, and at one whose records claim all lengths.
    @Test
    void shouldNotAskForMuchMemory(@TempDir Path directory) throws Exception {
        makeHostileLogs();
        for (int length : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -8, 1 << 30, Integer.MAX_VALUE - 16}) {
            byte[] content = segment(FIRST, SIZE_BYTES, to -> entry(to, 1, 1));
            ByteBuffer.wrap(content).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(88, length);
            SimulatedFileSystem disk = new SimulatedFileSystem();
            disk.setContent(FIRST.in(DIRECTORY), content);
            // Of the right length, it is valid: one wrong bit is found, more look like the write of a larger record.
            add("length " + length, disk, "");
        }
        List<Path> logs = new ArrayList<>();
        for (Map.Entry<String, SimulatedFileSystem> disk : disks.entrySet()) {
            Path log = Files.createDirectory(directory.resolve(disk.getKey().replace(' ', '-')));
            for (SegmentName name : new LogDirectory(disk.getValue(), DIRECTORY).segmentNames()) {
                Files.write(name.in(log), disk.getValue().content(name.in(DIRECTORY)));
            }
            logs.add(log);
        }
        try (LogProcess process = LogProcess.verifying(logs, "-Xmx12m")) {
            for (String name : disks.keySet()) {
                String line = process.line();
                boolean isTorn = name.startsWith("length") && line.startsWith("TORN");
                assertTrue(line.startsWith("CORRUPT") || isTorn, name + ": " + line);
            }
            assertEquals(0, process.end());
        }
    }

    @Test
    void shouldHoldTheLastIndexThatThereIs() {
        long last = Long.MAX_VALUE - 1;
        SimulatedFileSystem disk = disk(new SegmentName(7, last - 1), to -> {
            to.snapshot(new SnapshotMark(3, last - 2));
            entry(to, Long.MAX_VALUE, last - 1);
            entry(to, Long.MAX_VALUE, last);
            to.state(new HardState(Long.MAX_VALUE, -1, last - 1));
        });
        LogWorld world = new LogWorld(disk, new LogModel());
        LogContents contents = world.open().contents();
        assertEquals(2, contents.entries().size());
        assertEquals(last, world.log.lastRaftIndex());
        assertEquals(last - 1, world.log.firstRaftIndex());
        assertEquals(contents.entries(), world.log.read(last - 1, 100));
        assertThrows(MisuseException.class, () -> world.log.append(null, List.of(at(1, Long.MAX_VALUE))));
        assertThrows(MisuseException.class, () -> world.log.append(null, List.of(at(1, Long.MIN_VALUE))));
        assertThrows(MisuseException.class, () -> world.log.append(new HardState(1, 0, Long.MAX_VALUE), List.of()));
        assertThrows(MisuseException.class, () -> world.log.append(new HardState(-1, 0, 0), List.of()));
        assertThrows(MisuseException.class, () -> world.log.append(null, List.of(at(-1, last))));
        assertThrows(MisuseException.class, () -> world.log.appendSnapshotMark(new SnapshotMark(1, Long.MAX_VALUE)));
        assertThrows(MisuseException.class, () -> world.log.appendSnapshotMark(new SnapshotMark(-1, 1)));
        // A cut names the next segment by the index behind the last one.
        for (int i = 0; i < 100; i++) {
            world.log.append(new HardState(Long.MAX_VALUE, i, last), List.of());
        }
        assertTrue(world.log.stats().segmentCount() > 1);
        world.log.sync();
        world.log.close();
        assertEquals(last, world.open().log().lastRaftIndex());
        world.log.appendSnapshotMark(new SnapshotMark(Long.MAX_VALUE, last));
        world.log.sync();
        assertTrue(world.log.release(last) >= 0);
        world.log.validate();
        world.log.close();
        assertEquals(last, world.open().contents().snapshot().raftIndex());
    }

    /// A client chooses the data of entries. When their segment is used again, they lie behind the records that are
    /// written then, and must prove nothing there.
    @Test
    void shouldNotTakeDataOfAnEarlierLifeForRecords() {
        LogWorld world = new LogWorld();
        world.options = LogOptions.DEFAULT.withSegmentSizeBytes(8192);
        world.create();
        while (world.log.stats().segmentCount() < 5) {
            long raftIndex = world.log.lastRaftIndex() + 1;
            world.append(null, new Entry(1, raftIndex, EntryType.NORMAL, recordsOfSegmentsToCome()));
            world.sync();
        }
        world.releaseAll();
        world.useAgain(() -> {
            long raftIndex = world.log.lastRaftIndex() + 1;
            world.append(null, new Entry(1, raftIndex, EntryType.NORMAL, new byte[100]));
            world.sync();
        });
        world.log.close();
        assertEquals(Verdict.CLEAN, new LogInspector(world.disk, DIRECTORY).verify().verdict());
        world.open();
        assertEquals(100, world.log.read(world.log.lastRaftIndex(), 1000).getLast().data().length);
        world.log.close();
    }

    private static byte[] recordsOfSegmentsToCome() {
        ByteBuffer records = ByteBuffer.allocate(19 * 5 * 40);
        for (long sequence = 2; sequence <= 20; sequence++) {
            RecordEncoder encoder = new RecordEncoder();
            encoder.begin(sequence, 0);
            encoder.setSynced(2000);
            for (int i = 0; i < 5; i++) {
                encoder.state(new HardState(1, 1, 1));
            }
            records.put(encoder.encoded());
        }
        return records.array();
    }
}
