package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Entry;
import tenon.api.FileInUseException;
import tenon.api.FormatTooNewException;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.api.LogStats;
import tenon.api.MisuseException;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.api.StorageFailedException;
import tenon.api.StorageFile;
import tenon.api.StorageIoException;
import tenon.api.WrongFileException;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.format.RecordEncoder;
import tenon.wal.format.SectorFrame;
import tenon.wal.format.SegmentLayout;
import tenon.wal.format.SegmentName;

class SegmentedLogTest {
    private final LogWorld world = new LogWorld();

    @BeforeEach
    void createLog() {
        world.create();
    }

    @Test
    void shouldBeEmptyWhenNew() {
        assertEquals(0, world.log.lastRaftIndex());
        world.reopen();
        assertEquals(new LogStats(1, 1024, 0, 0, 0), world.log.stats());
    }

    @Test
    void shouldHoldWhatWasAppended() {
        world.append(new HardState(1, 2, 0), entry(1, 1, 10), entry(1, 2, 0));
        world.append(new HardState(1, 2, 2));
        world.append(null, entry(1, 3, 100));
        world.sync();
        world.reopen();
        world.append(null, entry(1, 4, 5));
        world.reopen();
        assertEquals(4, world.log.lastRaftIndex());
    }

    @Test
    void shouldReplaceEntriesWhenALeaderChanges() {
        world.append(new HardState(1, 0, 1), entry(1, 1, 4), entry(1, 2, 4), entry(1, 3, 4));
        world.append(new HardState(2, 0, 1), entry(2, 2, 4));
        assertEquals(2, world.log.lastRaftIndex());
        world.reopen();
        assertThrows(MisuseException.class, () -> world.log.append(null, List.of(entry(2, 4, 1))));
        assertThrows(MisuseException.class, () -> world.log.append(null, List.of(entry(2, 1, 1))), "committed");
        world.append(null, entry(2, 3, 1));
        world.reopen();
    }

    @Test
    void shouldRefuseWhatContradictsItself() {
        assertThrows(MisuseException.class, () -> world.log.append(null, List.of(entry(1, 2, 1))));
        assertThrows(MisuseException.class, () -> world.log.append(null, List.of(entry(1, 0, 1))));
        assertThrows(
                MisuseException.class, () -> world.log.append(null, List.of(entry(1, 1, 1), entry(1, 3, 1))));
        assertThrows(MisuseException.class, () -> world.log.append(new HardState(1, 0, 1), List.of()));
        assertThrows(MisuseException.class, () -> world.log.appendSnapshotMark(SnapshotMark.NONE));
        world.append(null, entry(1, 1, 1));
        world.reopen();
        world.log.close();
        assertThrows(MisuseException.class, () -> world.log.sync());
    }

    @Test
    void shouldWriteOnceAndSyncOnceForABatch() {
        long before = world.disk.operationCount();
        world.append(new HardState(1, 1, 0), entry(1, 1, 10), entry(1, 2, 10), entry(1, 3, 10));
        world.append(null, entry(1, 4, 10));
        assertEquals(before, world.disk.operationCount(), "it waits for the sync");
        world.sync();
        assertEquals(before + 2, world.disk.operationCount());
        world.sync();
        assertEquals(before + 2, world.disk.operationCount(), "nothing to make durable");
        assertEquals(1, world.log.stats().syncCount());
    }

    @Test
    void shouldNotKeepMuchInMemory() {
        world.options = LogOptions.DEFAULT.withSegmentSizeBytes(8 << 20);
        world.log.close();
        world.disk = new SimulatedFileSystem();
        world.create();
        long before = world.disk.operationCount();
        Entry[] large = {entry(1, 1, 700_000), entry(1, 2, 700_000)};
        world.append(null, large);
        assertTrue(world.disk.operationCount() > before, "a megabyte and more is written at once");
        world.append(null, entry(1, 3, 10));
        world.reopen();
        world.sync();
        world.append(null, entry(1, 4, 700_000));
        world.append(null, entry(1, 5, 700_000));
        world.sync();
        world.reopen();
    }

    @Test
    void shouldCutSegmentsAndReleaseThem() {
        for (int i = 1; i <= 60; i++) {
            world.append(new HardState(1, 1, i), entry(1, i, 20));
        }
        int segmentCount = world.log.stats().segmentCount();
        assertTrue(segmentCount > 5, "segments: " + segmentCount);
        assertEquals(0, world.log.release(60), "no snapshot mark yet");
        world.mark(1, 40);
        world.reopen();
        int released = world.log.release(60);
        assertTrue(released > 2, "released: " + released);
        assertEquals(segmentCount - released, world.log.stats().segmentCount());
        world.sync();
        world.reopen();
        assertEquals(41, world.model.entries().getFirst().raftIndex());
        assertEquals(0, world.log.release(60), "entries behind the mark stay");
    }

    @Test
    void shouldKeepStateAndMarkWhenAllSegmentsButTheLastAreReleased() {
        world.append(new HardState(3, 2, 0));
        for (int i = 1; i <= 40; i++) {
            world.append(null, entry(3, i, 50));
        }
        world.append(new HardState(3, 2, 40));
        world.mark(3, 40);
        world.sync();
        for (int i = 41; i <= 80; i++) {
            world.append(null, entry(3, i, 50));
        }
        world.sync();
        assertTrue(world.log.release(40) > 0);
        world.reopen();
        world.append(new HardState(3, 2, 80));
        world.mark(3, 80);
        world.sync();
        world.log.release(80);
        world.reopen();
        assertEquals(new HardState(3, 2, 80), world.model.hardState());
    }

    @Test
    void shouldWriteABatchThatIsLargerThanASegment() {
        world.append(null, entry(1, 1, 5000));
        world.append(null, entry(1, 2, 10), entry(1, 3, 9000), entry(1, 4, 10));
        world.sync();
        world.reopen();
        assertEquals(4, world.log.lastRaftIndex());
    }

    @Test
    void shouldWriteAHugeBatchInPieces() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            entries.add(entry(1, i, 2 << 20));
        }
        world.append(new HardState(1, 0, 20), entries);
        world.sync();
        world.reopen();
    }

    @Test
    void shouldGoOnBehindAReceivedSnapshot() {
        world.append(new HardState(1, 0, 2), entry(1, 1, 4), entry(1, 2, 4), entry(1, 3, 4));
        world.mark(5, 100);
        assertEquals(100, world.log.lastRaftIndex());
        world.append(new HardState(5, 0, 100), entry(5, 101, 3));
        world.sync();
        world.reopen();
        assertEquals(List.of(entry(5, 101, 3)), world.model.entries());
        assertEquals(new SnapshotMark(5, 100), world.model.snapshot());
    }

    @Test
    void shouldIgnoreAMarkUntilItsSnapshotIsInPlace() {
        world.append(new HardState(1, 7, 2), entry(1, 1, 4), entry(1, 2, 4), entry(1, 3, 4));
        world.mark(5, 100);
        world.sync();
        world.log.write();
        world.log.close();
        LogContents before = world.open().contents();
        assertEquals(SnapshotMark.NONE, before.snapshot());
        assertEquals(3, world.log.lastRaftIndex());
        world.log.write();
        world.log.close();

        world.options = world.options.withKnownStoredIndex(100);
        LogContents after = world.open().contents();
        assertEquals(new SnapshotMark(5, 100), after.snapshot());
        assertEquals(List.of(), after.entries());
        assertEquals(new HardState(5, 0, 100), after.hardState());
        assertEquals(100, world.log.lastRaftIndex());
        world.log.append(null, List.of(entry(5, 101, 1)));
        world.log.write();
        world.log.close();
        world.options = world.options.withKnownStoredIndex(0);
        assertEquals(new SnapshotMark(5, 100), world.open().contents().snapshot(), "an entry follows on it");
    }

    @Test
    void shouldTakeAMarkBackWhenTheLogGoesOnBeforeIt() {
        world.append(new HardState(1, 7, 2), entry(1, 1, 4), entry(1, 2, 4), entry(1, 3, 4));
        world.mark(5, 5);
        world.log.write();
        world.log.close();
        world.open();
        world.append(new HardState(6, 0, 6), entry(6, 4, 1), entry(6, 5, 1), entry(6, 6, 1));
        world.reopen();
        assertEquals(SnapshotMark.NONE, world.model.snapshot());
    }

    @Test
    void shouldDropEntriesThatASnapshotContradicts() {
        world.append(new HardState(3, 0, 2), entry(3, 1, 4), entry(3, 2, 4), entry(3, 3, 4), entry(3, 4, 4));
        world.mark(7, 3);
        assertEquals(3, world.log.lastRaftIndex());
        world.append(new HardState(7, 0, 3));
        world.reopen();
        assertEquals(List.of(), world.model.entries());
    }

    @Test
    void shouldDropContradictedEntriesAlsoBehindAMarkThatWasTakenBack() {
        world.append(new HardState(2, 0, 3), entry(2, 1, 4), entry(2, 2, 4), entry(2, 3, 4), entry(2, 4, 4));
        world.append(null, entry(2, 5, 4), entry(2, 6, 4));
        world.mark(5, 8);
        world.log.write();
        world.log.close();
        world.open();
        world.append(null, entry(2, 7, 4));
        world.mark(6, 5);
        world.append(new HardState(6, 0, 5));
        world.reopen();
        assertEquals(List.of(), world.model.entries());
    }

    @Test
    void shouldTakeNoMoreWritesAfterAFailure() {
        world.disk.failAt(world.disk.operationCount() + 2, Fault.IO_ERROR);
        world.append(null, entry(1, 1, 1));
        assertThrows(StorageIoException.class, () -> world.log.sync());
        long operations = world.disk.operationCount();
        assertThrows(StorageFailedException.class, () -> world.log.sync());
        assertThrows(StorageFailedException.class, () -> world.log.append(null, List.of(entry(1, 2, 1))));
        assertThrows(StorageFailedException.class, () -> world.log.appendSnapshotMark(new SnapshotMark(1, 1)));
        assertThrows(StorageFailedException.class, () -> world.log.release(1));
        assertEquals(operations, world.disk.operationCount(), "a sync is never retried");
        world.log.write();
        world.log.close();
    }

    @Test
    void shouldRefuseASecondOpener() {
        Platform platform = LogWorld.platform(world.disk);
        assertThrows(FileInUseException.class, () -> SegmentedLog.open(platform, DIRECTORY, world.options));
        world.log.close();
        assertThrows(
                MisuseException.class,
                () -> SegmentedLog.create(platform, DIRECTORY, LogModel.IDENTITY, world.options));
        world.reopen();
    }

    @Test
    void shouldMakeDurableWhatItReadBack() {
        // The process dies, the machine does not: what was not synced is read from memory, and then acted upon.
        world.append(new HardState(1, 1, 0), entry(1, 1, 10));
        world.reopen();
        world.recover(world.disk.crash(CrashPlan.dropAll()));
        assertEquals(1, world.log.lastRaftIndex());
    }

    @Test
    void shouldSayThatThereIsNoLog() {
        Path nowhere = Path.of("/nowhere");
        assertFalse(SegmentedLog.exists(world.disk, nowhere));
        assertTrue(SegmentedLog.exists(world.disk, DIRECTORY));
        Platform platform = LogWorld.platform(world.disk);
        assertThrows(WrongFileException.class, () -> SegmentedLog.open(platform, nowhere, world.options));
    }

    @Test
    void shouldRemoveWhatAnEarlierRunPrepared() {
        world.disk.setContent(DIRECTORY.resolve("spare-77.tmp"), new byte[100]);
        world.disk.setContent(DIRECTORY.resolve("notes.txt"), new byte[1]);
        world.reopen();
        List<Path> names = world.disk.list(DIRECTORY);
        assertFalse(names.contains(DIRECTORY.resolve("spare-77.tmp")));
        assertTrue(names.contains(DIRECTORY.resolve("notes.txt")));
    }

    @Test
    void shouldNameTheVersionOfALaterFormat() {
        SegmentName name = new SegmentName(1, 1);
        byte[] bytes = new byte[1024];
        RecordEncoder encoder = new RecordEncoder();
        encoder.begin(1, 0);
        encoder.head(name, 0, 1024);
        encoder.encoded().get(bytes, 0, 56);
        bytes[12 + SegmentLayout.VERSION_OFFSET] = 9;
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(new byte[4]);
        crc.update(bytes, 0, 52);
        java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(52, (int) crc.getValue());
        world.log.close();
        world.disk.setContent(name.in(DIRECTORY), bytes);
        FormatTooNewException e = assertThrows(FormatTooNewException.class, world::open);
        assertTrue(e.getMessage().contains("version 9"), e.getMessage());
    }

    @Test
    void shouldUseReleasedSegmentsAgain() {
        fillAndRelease(4);
        assertTrue(
                world.disk.list(DIRECTORY).stream().anyMatch(path -> path.toString().endsWith(".tmp")),
                "a released segment waits to be used again");
        fillAndRelease(4);
        world.reopen();
    }

    private void fillAndRelease(int rounds) {
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < 30; i++) {
                long raftIndex = world.log.lastRaftIndex() + 1;
                // Equal data in each segment: what is left in a recycled one looks just like what is written.
                world.append(
                        new HardState(1, 1, raftIndex),
                        new Entry(1, raftIndex, tenon.api.EntryType.NORMAL, new byte[20]));
            }
            world.sync();
            world.mark(1, world.log.lastRaftIndex());
            world.log.release(world.log.lastRaftIndex());
            world.model.findExplanation(LogModel.withoutTail(copyContents()));
        }
    }

    private LogContents copyContents() {
        SimulatedFileSystem copy = world.disk.copy();
        OpenedLog opened = SegmentedLog.open(LogWorld.platform(copy), DIRECTORY, world.options);
        opened.log().close();
        return opened.contents();
    }

    @Test
    void shouldNotTakeRecordsOfAnEarlierLifeForItsOwnEvenIfTheirCrcFits() {
        world.append(new HardState(1, 1, 1), entry(1, 1, 20));
        world.sync();
        LogScan.Result scan = new LogScan(new LogDirectory(world.disk, DIRECTORY), 0).run();
        world.log.close();
        Path file = new SegmentName(1, 1).in(DIRECTORY);
        try (StorageFile segment = world.disk.open(file, OpenMode.READ_WRITE)) {
            RecordEncoder encoder = new RecordEncoder();
            encoder.begin(77, scan.rollingCrc());
            encoder.entries(List.of(entry(1, 2, 20)), 0, 1);
            SectorFrame sectors = new SectorFrame();
            sectors.begin(1, scan.endPosition(), scan.sectorBytes());
            long filePosition = sectors.filePosition();
            byte[] written = new byte[512];
            sectors.layOut(encoder.encoded()).laidOut().get(written);
            // All of it but the mark, which would prove that it is of this life.
            segment.write(filePosition, ByteBuffer.wrap(written, 0, 504));
        }
        assertEquals(world.model.contents(), world.open().contents());
    }

    @Test
    void shouldWorkOnRealFiles(@TempDir Path directory) {
        Platform platform = Platform.system();
        LogOptions options = LogOptions.DEFAULT.withSegmentSizeBytes(16 << 10);
        LogModel model = new LogModel();
        try (SegmentedLog log = SegmentedLog.create(platform, directory.resolve("wal"), LogModel.IDENTITY, options)) {
            for (int i = 1; i <= 500; i++) {
                HardState state = new HardState(1, 1, i);
                model.append(state, List.of(entry(1, i, i)));
                log.append(state, List.of(entry(1, i, i)));
                if (i % 100 == 0) {
                    log.sync();
                    SnapshotMark mark = new SnapshotMark(1, i - 50);
                    model.appendMark(mark);
                    log.appendSnapshotMark(mark);
                    log.release(i - 50);
                }
            }
            log.sync();
            log.validate();
        }
        OpenedLog opened = SegmentedLog.open(platform, directory.resolve("wal"), options);
        opened.log().close();
        assertEquals(model.contents(), opened.contents());
    }

    @Test
    void shouldBeInspectedWhileItIsWritten(@TempDir Path directory) throws InterruptedException {
        Platform platform = Platform.system();
        LogOptions options = LogOptions.DEFAULT.withSegmentSizeBytes(64 << 10);
        try (SegmentedLog log = SegmentedLog.create(platform, directory, LogModel.IDENTITY, options)) {
            Thread writer = platform.threads().start("writer", () -> {
                for (int i = 1; i <= 3000; i++) {
                    log.append(new HardState(1, 1, i), List.of(entry(1, i, 200)));
                    if (i % 10 == 0) {
                        log.sync();
                    }
                    if (i % 500 == 0) {
                        log.appendSnapshotMark(new SnapshotMark(1, i));
                        log.release(i);
                    }
                }
                log.sync();
            });
            LogInspector inspector = new LogInspector(platform.files(), directory);
            while (writer.isAlive()) {
                LogDiagnosis diagnosis = inspector.verify();
                assertTrue(diagnosis.verdict() != LogDiagnosis.Verdict.CORRUPT, diagnosis.toString());
                inspector.forEachRecord(record -> assertTrue(record.lengthBytes() != -1));
            }
            writer.join();
            assertEquals(LogDiagnosis.Verdict.CLEAN, inspector.verify().verdict());
        }
    }

    @Test
    void shouldOpenAfterACrashInTheMidstOfCreation() {
        SimulatedFileSystem whole = new SimulatedFileSystem();
        SegmentedLog.create(LogWorld.platform(whole), DIRECTORY, LogModel.IDENTITY, world.options)
                .close();
        for (long n = 1; n <= whole.operationCount(); n++) {
            SimulatedFileSystem disk = new SimulatedFileSystem();
            disk.failAt(n, Fault.POWER_CUT);
            assertThrows(
                    tenon.testkit.SimulatedPowerCut.class,
                    () -> SegmentedLog.create(
                            LogWorld.platform(disk), DIRECTORY, LogModel.IDENTITY, world.options));
            for (CrashPlan plan : List.of(CrashPlan.dropAll(), CrashPlan.keepAll())) {
                SimulatedFileSystem after = disk.crash(plan);
                Platform platform = LogWorld.platform(after);
                SegmentedLog log = SegmentedLog.exists(after, DIRECTORY)
                        ? SegmentedLog.open(platform, DIRECTORY, world.options).log()
                        : SegmentedLog.create(platform, DIRECTORY, LogModel.IDENTITY, world.options);
                assertEquals(0, log.lastRaftIndex());
                log.close();
            }
        }
    }

    /// Before a new log takes its first entry, someone waits for all these zeros.
    @Test
    void shouldBeginWithASmallSegmentAndGoOnWithWholeOnes(@TempDir Path directory) {
        Path path = directory.resolve("log");
        LogOptions options = LogOptions.DEFAULT.withSegmentSizeBytes(8 << 20);
        try (SegmentedLog log = SegmentedLog.create(Platform.system(), path, LogModel.IDENTITY, options)) {
            assertEquals(new LogStats(1, 4 << 20, 0, 0, 0), log.stats());
            for (int i = 1; i <= 5; i++) {
                log.append(null, List.of(entry(1, i, 1 << 20)));
            }
            log.sync();
            assertEquals(2, log.stats().segmentCount());
            assertEquals(12 << 20, log.stats().sizeBytes());
            log.validate();
        }
        try (SegmentedLog log = SegmentedLog.open(Platform.system(), path, options).log()) {
            assertEquals(5, log.lastRaftIndex());
        }
    }
}
