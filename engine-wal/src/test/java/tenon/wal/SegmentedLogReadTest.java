package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.DIRECTORY;
import static tenon.wal.LogWorld.entry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tenon.api.CorruptDataException;
import tenon.api.Entry;
import tenon.api.HardState;
import tenon.api.MisuseException;
import tenon.api.StorageFailedException;
import tenon.api.StorageIoException;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.wal.format.SegmentName;

/// W14: entries are read back from any index: after cuts, replacements, received snapshots, releases and restarts.
class SegmentedLogReadTest {
    private final LogWorld world = new LogWorld();

    /// Compares what is read with the model, which knows nothing of segments.
    private static void checkReads(LogWorld world, RandomGenerator random) {
        long first = world.log.firstRaftIndex();
        long last = world.log.lastRaftIndex();
        assertThrows(MisuseException.class, () -> world.log.read(first - 1, Integer.MAX_VALUE));
        assertThrows(MisuseException.class, () -> world.log.read(last + 1, Integer.MAX_VALUE));
        assertThrows(MisuseException.class, () -> world.log.read(Long.MIN_VALUE, 1));
        assertThrows(MisuseException.class, () -> world.log.read(Long.MAX_VALUE, 1));
        if (first > last) {
            assertEquals(last + 1, first);
            return;
        }
        List<Entry> expected = List.copyOf(
                world.model.entriesEver().subMap(first, true, last, true).values());
        assertEquals(last - first + 1, expected.size(), "from " + first + " to " + last);
        assertEquals(expected, world.log.read(first, Integer.MAX_VALUE));
        int from = random.nextInt(expected.size());
        int sizeBytesMax = random.nextInt(3000);
        List<Entry> limited = new ArrayList<>();
        int sizeBytes = 0;
        for (Entry entry : expected.subList(from, expected.size())) {
            sizeBytes += entry.data().length;
            if (!limited.isEmpty() && sizeBytes > sizeBytesMax) {
                break;
            }
            limited.add(entry);
        }
        assertEquals(limited, world.log.read(first + from, sizeBytesMax));
    }

    @Test
    void shouldReadWhatTheModelHolds() {
        RandomGenerator random = Seeds.random(SegmentedLogReadTest.class);
        for (int run = 0; run < 40; run++) {
            LogWorld other = new LogWorld();
            other.options = other.options.withRecycling(random.nextBoolean());
            other.create();
            for (int step = 0; step < 100; step++) {
                other.step(random);
                other.log.validate();
                checkReads(other, random);
                if (random.nextInt(20) == 0) {
                    other.reopen();
                    checkReads(other, random);
                }
            }
        }
    }

    @Test
    void shouldReadEachEntryOfSegmentsThatWereNotGivenBack() {
        world.create();
        for (int i = 1; i <= 60; i++) {
            world.append(new HardState(1, 1, i), entry(1, i, 20));
        }
        world.mark(1, 40);
        world.sync();
        assertEquals(1, world.log.firstRaftIndex(), "the mark alone takes nothing away");
        world.reopen();
        assertEquals(1, world.log.firstRaftIndex());
        int released = world.log.release(40);
        assertTrue(released > 2);
        long first = world.log.firstRaftIndex();
        assertTrue(first > 10 && first <= 41, "first: " + first);
        world.reopen();
        assertEquals(first, world.log.firstRaftIndex());
        for (long i = first; i <= 60; i++) {
            assertEquals(List.of(entry(1, i, 20)), world.log.read(i, 0));
        }
    }

    @Test
    void shouldNotReadWhatIsBeforeAReceivedSnapshot() {
        world.create();
        world.append(new HardState(1, 0, 2), entry(1, 1, 4), entry(1, 2, 4), entry(1, 3, 4));
        world.mark(5, 100);
        assertEquals(101, world.log.firstRaftIndex());
        world.append(new HardState(5, 0, 100), entry(5, 101, 3));
        assertEquals(101, world.log.firstRaftIndex());
        assertEquals(List.of(entry(5, 101, 3)), world.log.read(101, 10));
        world.reopen();
        assertEquals(101, world.log.firstRaftIndex());
    }

    @Test
    void shouldFindAnEntryWithoutReadingWhatIsFarBeforeIt() {
        world.options = LogOptions.DEFAULT.withSegmentSizeBytes(4 << 20);
        world.create();
        List<Entry> batch = new ArrayList<>();
        for (int i = 1; i <= 20_000; i++) {
            batch.add(entry(1, i, 100));
        }
        world.append(null, batch);
        world.sync();
        for (long i : new long[] {1, 2, 777, 10_000, 19_999, 20_000}) {
            long before = world.disk.readCount();
            assertEquals(List.of(entry(1, i, 100)), world.log.read(i, 1));
            assertEquals(before + 1, world.disk.readCount(), "reads for entry " + i);
        }
        assertEquals(20_000, world.log.read(1, Integer.MAX_VALUE).size());
        assertEquals(5, world.log.read(9_000, 599).size());
        assertEquals(6, world.log.read(9_000, 600).size());
    }

    @Test
    void shouldReadEntriesOfAnySize() {
        world.options = LogOptions.DEFAULT.withSegmentSizeBytes(1 << 20);
        world.create();
        int[] sizes = {0, 1, 503, 504, 505, 65_000, 65_536, 300_000, 2 << 20, 7};
        for (int i = 0; i < sizes.length; i++) {
            world.append(new HardState(1, 1, i), entry(1, i + 1, sizes[i]));
        }
        for (int i = 0; i < sizes.length; i++) {
            assertEquals(List.of(entry(1, i + 1, sizes[i])), world.log.read(i + 1, 0));
        }
        assertEquals(sizes.length, world.log.read(1, Integer.MAX_VALUE).size());
    }

    @Test
    void shouldSayWhereARecordIsDamaged() {
        world.create();
        for (int i = 1; i <= 3; i++) {
            world.append(null, entry(1, i, 20));
        }
        world.sync();
        Path segment = new SegmentName(1, 1).in(DIRECTORY);
        long[] position = new long[4];
        new LogInspector(world.disk, DIRECTORY).forEachRecord(info -> {
            if (info.type() == RecordType.ENTRIES) {
                position[(int) info.raftIndex()] = info.positionBytes();
            }
        });
        for (int offset = 0; offset < 50; offset++) {
            world.disk.corrupt(segment, position[2] + offset, 0x20);
            CorruptDataException e = assertThrows(CorruptDataException.class, () -> world.log.read(1, 1000));
            assertEquals(position[2], e.positionBytes());
            assertEquals(segment, e.path());
            world.disk.corrupt(segment, position[2] + offset, 0x20);
        }
        assertEquals(3, world.log.read(1, 1000).size());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldReadAnOlderFormatAndGoOnInANewSegment(int version) throws IOException {
        for (String name : LogGoldenTest.NAMES.get(version)) {
            try (InputStream in = LogGoldenTest.class.getResourceAsStream(
                    "/testdata/format-" + version + "/" + name)) {
                world.disk.setContent(DIRECTORY.resolve(name), in.readAllBytes());
            }
        }
        List<Entry> held = world.open().contents().entries();
        assertEquals(held, world.log.read(held.getFirst().raftIndex(), Integer.MAX_VALUE));
        assertEquals(entry(1, 1, 0), world.log.read(1, 0).getFirst());
        world.log.append(null, List.of(entry(3, 14, 50)));
        world.log.sync();
        assertEquals(List.of(held.getLast(), entry(3, 14, 50)), world.log.read(13, 1000));
        assertEquals(3, world.log.stats().segmentCount(), "it goes on in a segment of today's format");
        world.log.append(null, List.of(entry(3, 15, 50)));
        assertEquals(3, world.log.stats().segmentCount(), "and stays in it");
        world.log.sync();
        world.log.close();
        world.open();
        assertEquals(List.of(held.getLast(), entry(3, 14, 50), entry(3, 15, 50)), world.log.read(13, 1000));
    }

    @Test
    void shouldReadNothingWhenItIsClosedOrFailed() {
        world.create();
        world.append(null, entry(1, 1, 20));
        world.disk.failReadAt(world.disk.readCount() + 1);
        assertThrows(StorageIoException.class, () -> world.log.read(1, 0));
        assertEquals(List.of(entry(1, 1, 20)), world.log.read(1, 0), "a read that failed harms nothing");
        world.disk.failAt(world.disk.operationCount() + 1, Fault.IO_ERROR);
        assertThrows(StorageIoException.class, () -> world.log.sync());
        assertThrows(StorageFailedException.class, () -> world.log.read(1, 0));
        world.log.close();
        assertThrows(MisuseException.class, () -> world.log.read(1, 0));
    }
}
