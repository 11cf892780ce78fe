package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.format.RecordLayout;
import tenon.wal.format.SectorLayout;

/// A log on a simulated disk, beside its model. Background work runs at once and on the same thread, so that each run
/// of a workload does the same operations.
final class LogWorld {
    static final Path DIRECTORY = Path.of("/node/wal");
    static final LogOptions SMALL = LogOptions.DEFAULT.withSegmentSizeBytes(1024);

    final LogModel model;
    SimulatedFileSystem disk;
    SegmentedLog log;
    LogOptions options = SMALL;

    LogWorld() {
        this(new SimulatedFileSystem(), new LogModel());
    }

    LogWorld(SimulatedFileSystem disk, LogModel model) {
        this.disk = disk;
        this.model = model;
    }

    static Platform platform(SimulatedFileSystem disk) {
        return new Platform(
                disk,
                new ManualClock(),
                (name, body) -> {
                    body.run();
                    return Thread.currentThread();
                },
                1);
    }

    void create() {
        log = SegmentedLog.create(platform(disk), DIRECTORY, LogModel.IDENTITY, options);
    }

    OpenedLog open() {
        OpenedLog opened = SegmentedLog.open(platform(disk), DIRECTORY, options);
        log = opened.log();
        log.validate();
        return opened;
    }

    void append(HardState hardState, Entry... entries) {
        append(hardState, List.of(entries));
    }

    void append(HardState hardState, List<Entry> entries) {
        model.append(hardState, entries);
        log.append(hardState, entries);
    }

    void mark(long term, long raftIndex) {
        SnapshotMark mark = new SnapshotMark(term, raftIndex);
        model.appendMark(mark);
        log.appendSnapshotMark(mark);
    }

    void sync() {
        log.sync();
        model.sync();
    }

    /// Gives all segments but the last back, so that they are used again.
    void releaseAll() {
        long last = log.lastRaftIndex();
        append(new HardState(1, 3, last));
        mark(1, last);
        sync();
        assertTrue(log.release(last) > 0, "nothing was released");
    }

    /// Appends until the segment at hand lies in a file that was used before.
    void useAgain(Runnable append) {
        int segmentCount = log.stats().segmentCount();
        do {
            append.run();
            assertTrue(log.stats().segmentCount() < segmentCount + 5, "no segment is used again");
        } while (!lastHoldsAnEarlierLife());
    }

    Path lastSegment() {
        return new LogDirectory(disk, DIRECTORY).segmentNames().getLast().in(DIRECTORY);
    }

    boolean lastHoldsAnEarlierLife() {
        return holdsAnEarlierLife(lastSegment());
    }

    /// Where the records of a segment end in its file.
    long endOf(Path segment) {
        long[] end = new long[1];
        new LogInspector(disk, DIRECTORY).forEachRecord(info -> {
            if (info.file().equals(segment)) {
                end[0] = endPosition(info);
            }
        });
        return end[0];
    }

    /// Whether an earlier life of its file has left something behind the end of a segment.
    private boolean holdsAnEarlierLife(Path segment) {
        byte[] content = disk.content(segment);
        long end = endOf(segment) + SectorLayout.SECTOR_BYTES;
        for (int position = (int) Math.min(end, content.length); position < content.length; position++) {
            if (content[position] != 0) {
                return true;
            }
        }
        return false;
    }

    /// Closes and opens again without a crash: everything appended is there.
    void reopen() {
        log.write();
        log.close();
        assertEquals(model.contents(), LogModel.withoutTail(open().contents()));
        assertEquals(model.lastRaftIndex(), log.lastRaftIndex());
        model.sync();
    }

    /// Takes over a disk after a crash and checks that the log holds all that was durable.
    OpenedLog recover(SimulatedFileSystem after) {
        disk = after;
        OpenedLog opened = open();
        model.cutTo(model.findExplanation(opened.contents()));
        assertEquals(model.lastRaftIndex(), log.lastRaftIndex());
        return opened;
    }

    /// Where in the stream of its segment a record begins.
    static int streamPosition(RecordInfo info) {
        long sector = info.positionBytes() / SectorLayout.SECTOR_BYTES;
        return (int) (sector * SectorLayout.STREAM_BYTES + info.positionBytes() % SectorLayout.SECTOR_BYTES);
    }

    /// Where in its file a record ends.
    static int endPosition(RecordInfo info) {
        return (int) SectorLayout.filePosition(streamPosition(info) + RecordLayout.sizeBytes(info.lengthBytes()));
    }

    /// The stream of a segment: what is left of a file without the marks.
    static byte[] stream(byte[] file) {
        byte[] stream = new byte[(int) SectorLayout.streamBytes(file.length)];
        for (int position = 0; position < stream.length; position++) {
            stream[position] = file[(int) SectorLayout.filePosition(position)];
        }
        return stream;
    }

    static Entry entry(long term, long raftIndex, int lengthBytes) {
        byte[] data = new byte[lengthBytes];
        for (int i = 0; i < lengthBytes; i++) {
            data[i] = (byte) (raftIndex * 31 + i * 7 + term);
        }
        EntryType type = raftIndex % 5 == 0 ? EntryType.CONF_CHANGE : EntryType.NORMAL;
        return new Entry(term, raftIndex, type, data);
    }

    /// One step that a Raft node might take.
    void step(RandomGenerator random) {
        HardState state = model.hardState();
        long last = model.lastRaftIndex();
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4 -> sync();
            case 5 -> releaseBehindSnapshot(random, state);
            case 6 -> receiveSnapshot(random, state, last);
            case 7 -> {
                // A new leader replaces what is not committed.
                long from = state.commitIndex() + 1 + random.nextLong(last - state.commitIndex() + 1);
                long term = state.term() + 1;
                append(new HardState(term, 0, state.commitIndex()), entries(random, term, from));
            }
            case 8 -> append(new HardState(state.term() + 1, random.nextLong(1, 4), state.commitIndex()));
            default -> {
                long term = Math.max(1, state.term());
                List<Entry> entries = entries(random, term, last + 1);
                long newLast = entries.isEmpty() ? last : entries.getLast().raftIndex();
                long commit = state.commitIndex() + random.nextLong(newLast - state.commitIndex() + 1);
                append(random.nextBoolean() ? new HardState(term, state.votedFor(), commit) : null, entries);
            }
        }
    }

    private void releaseBehindSnapshot(RandomGenerator random, HardState state) {
        long from = model.snapshot().raftIndex();
        if (state.commitIndex() > from) {
            long raftIndex = from + 1 + random.nextLong(state.commitIndex() - from);
            long term = model.entries().stream()
                    .filter(entry -> entry.raftIndex() == raftIndex)
                    .findAny()
                    .orElseThrow()
                    .term();
            mark(term, raftIndex);
            if (random.nextBoolean()) {
                log.release(raftIndex);
            }
        }
    }

    private void receiveSnapshot(RandomGenerator random, HardState state, long last) {
        if (random.nextInt(3) == 0) {
            long raftIndex = state.commitIndex() + 1 + random.nextLong(last - state.commitIndex() + 8);
            long term = state.term() + 1;
            mark(term, raftIndex);
            append(new HardState(term, 0, raftIndex));
        }
    }

    /// Mostly for one record; some have more than fits into it, or a term that rises on the way.
    private static List<Entry> entries(RandomGenerator random, long term, long from) {
        List<Entry> entries = new ArrayList<>();
        boolean isLarge = random.nextInt(60) == 0;
        int count = isLarge ? 12 : random.nextInt(5);
        for (int i = 0; i < count; i++) {
            boolean isLong = isLarge || random.nextInt(20) == 0;
            int length = isLong ? 600 + random.nextInt(1500) : random.nextInt(60);
            term += random.nextInt(16) == 0 ? 1 : 0;
            entries.add(entry(term, from + i, length));
        }
        return entries;
    }
}
