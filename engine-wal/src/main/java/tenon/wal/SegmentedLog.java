package tenon.wal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import tenon.api.CorruptDataException;
import tenon.api.Entry;
import tenon.api.FileSystem;
import tenon.api.HardState;
import tenon.api.Log;
import tenon.api.LogContents;
import tenon.api.LogStats;
import tenon.api.MisuseException;
import tenon.api.NodeIdentity;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.api.StorageFailedException;
import tenon.api.StorageFile;
import tenon.api.WrongFileException;
import tenon.wal.format.RecordEncoder;
import tenon.wal.format.RecordLayout;
import tenon.wal.format.SectorFrame;
import tenon.wal.format.SectorLayout;
import tenon.wal.format.SegmentLayout;
import tenon.wal.format.SegmentName;

/// A [Log] in segment files of one directory. One thread at a time; see the package for the rules.
public final class SegmentedLog implements Log {
    /// A larger batch is appended in pieces, each to one segment.
    private static final int PIECE_BYTES_MAX = 16 << 20;
    /// The first segment is no larger, for a new log waits for its zeros; those of the next are written meanwhile.
    private static final long FIRST_SEGMENT_BYTES_MAX = 4 << 20;
    /// The data of one entry.
    public static final int ENTRY_BYTES_MAX = 256 << 20;

    private final LogDirectory directory;
    private final LogOptions options;
    private final NodeIdentity identity;
    private final LogState state;
    private final SegmentSupply supply;
    private final StorageFile lock;
    private final RecordEncoder encoder = new RecordEncoder();
    private final SectorFrame sectors = new SectorFrame();
    private final ByteBuffer[] writeSources = new ByteBuffer[1];

    private StorageFile file;
    // Positions in the stream of the last segment: where the records end, and up to where they were written and synced.
    // Invariant: syncedPosition <= writtenPosition <= position; what is between the last two waits in the sectors.
    private long position;
    private long writtenPosition;
    private long syncedPosition;
    /// Where the body of the last segment begins in its stream, or before.
    private long bodyPosition = SegmentLayout.BODY_POSITION;
    private Throwable firstFailure;
    private boolean isClosed;
    private long appendedBytes;
    private long recordCount;
    private long syncCount;

    /// Makes a new log, durably, and opens it. The directory is made if it is missing.
    ///
    /// @throws MisuseException if there is a log in the directory
    /// @throws tenon.api.FileInUseException if it is open elsewhere
    public static SegmentedLog create(Platform platform, Path path, NodeIdentity identity, LogOptions options) {
        platform.files().createDirectories(path);
        LogDirectory directory = new LogDirectory(platform.files(), path);
        StorageFile lock = directory.lock();
        try {
            if (!directory.segmentNames().isEmpty()) {
                throw new MisuseException("there is a log in " + path + " already");
            }
            directory.deleteTemporaries();
            long sizeBytes = Math.min(options.segmentSizeBytes(), FIRST_SEGMENT_BYTES_MAX);
            makeFirstSegment(directory, identity, new SegmentSupply(platform, directory, sizeBytes));
            return openLocked(platform, directory, options, lock).log();
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /// Whether there is a log in a directory, whole or damaged.
    public static boolean exists(FileSystem files, Path path) {
        return files.exists(path) && !new LogDirectory(files, path).segmentNames().isEmpty();
    }

    /// Opens a log: reads it, cuts a torn tail, and makes durable what was read. Whose log it is, the caller checks by
    /// [LogContents#identity].
    ///
    /// @throws CorruptDataException if synced records are damaged or missing; nothing is changed then
    /// @throws WrongFileException if there is no log
    /// @throws tenon.api.FormatTooNewException if a later version wrote it
    /// @throws tenon.api.FileInUseException if it is open elsewhere
    public static OpenedLog open(Platform platform, Path path, LogOptions options) {
        LogDirectory directory = new LogDirectory(platform.files(), path);
        if (!exists(platform.files(), path)) {
            throw new WrongFileException(path, "there is no log in it");
        }
        StorageFile lock = directory.lock();
        try {
            return openLocked(platform, directory, options, lock);
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static void makeFirstSegment(LogDirectory directory, NodeIdentity identity, SegmentSupply supply) {
        SegmentName name = new SegmentName(SegmentLayout.FIRST_SEQUENCE, 1);
        Path spare = supply.take();
        try (StorageFile file = directory.files.open(spare, OpenMode.READ_WRITE)) {
            RecordEncoder encoder = new RecordEncoder();
            encoder.begin(name.sequence(), 0);
            encoder.head(name, 0, file.sizeBytes());
            encoder.metadata(identity);
            SectorFrame sectors = new SectorFrame();
            sectors.begin(name.sequence(), 0, new byte[0]);
            file.write(0, sectors.layOut(encoder.encoded()).laidOut());
            file.sync();
        }
        directory.files.rename(spare, name.in(directory.path));
        directory.files.syncDirectory(directory.path);
    }

    private static OpenedLog openLocked(
            Platform platform, LogDirectory directory, LogOptions options, StorageFile lock) {
        LogScan.Result scan = new LogScan(directory, options.knownStoredIndex()).run();
        scan.diagnosis().checkNotCorrupt();
        directory.deleteTemporaries();
        SegmentedLog log = new SegmentedLog(platform, directory, options, lock, scan);
        return new OpenedLog(log, scan.contents());
    }

    private SegmentedLog(
            Platform platform, LogDirectory directory, LogOptions options, StorageFile lock, LogScan.Result scan) {
        this.directory = directory;
        this.options = options;
        this.identity = scan.contents().identity();
        this.state = scan.state();
        this.lock = lock;
        this.supply = new SegmentSupply(platform, directory, options.segmentSizeBytes());
        SegmentName last = state.lastSegment().name;
        try {
            file = directory.files.open(last.in(directory.path), OpenMode.READ_WRITE);
            position = scan.endPosition();
            writtenPosition = position;
            encoder.begin(last.sequence(), scan.rollingCrc());
            sectors.begin(last.sequence(), position, scan.sectorBytes());
            TailRepair repair = new TailRepair(file, state.lastSegment(), sectors);
            repair.wipe(position, position + scan.traceBytes());
            if (scan.unbegun() != null) {
                directory.files.delete(scan.unbegun().in(directory.path));
            }
            repair.writeAgain(scan.syncedPosition(), position);
            file.sync();
            directory.files.syncDirectory(directory.path);
            syncedPosition = position;
            encoder.setSynced(syncedPosition);
            supply.prepareAhead();
        } catch (RuntimeException | Error e) {
            closeFiles();
            throw e;
        }
    }

    // ---- appending

    @Override
    public void append(HardState hardState, List<Entry> entries) {
        checkUsable();
        checkAppend(hardState, entries);
        guard(() -> {
            List<EntryGroup> groups = EntryGroup.groupsOf(entries);
            int from = 0;
            do {
                int to = from;
                long bytes = 0;
                while (to < groups.size() && bytes < PIECE_BYTES_MAX) {
                    bytes += groups.get(to).recordBytes();
                    to++;
                }
                HardState behind = to == groups.size() ? hardState : null;
                appendPiece(entries, groups.subList(from, to), behind, bytes);
                from = to;
            } while (from < groups.size());
        });
    }

    private void appendPiece(List<Entry> entries, List<EntryGroup> groups, HardState behind, long groupsBytes) {
        makeRoom(groupsBytes + (behind == null ? 0 : RecordLayout.sizeBytes(RecordLayout.STATE_BYTES)));
        for (EntryGroup group : groups) {
            Entry first = entries.get(group.from());
            state.onEntries(first.term(), first.raftIndex(), group.count(), Math.toIntExact(position));
            encoder.reserve(group.recordBytes());
            encoder.entries(entries, group.from(), group.to());
            layOut(1);
        }
        if (behind != null) {
            encoder.state(behind);
            state.onState(behind);
            layOut(1);
        }
    }

    /// Lays out what was encoded, while it is in the nearest cache, and writes what there is no room for.
    private void layOut(int encodedCount) {
        ByteBuffer stream = encoder.encoded();
        while (stream.hasRemaining()) {
            int remaining = stream.remaining();
            sectors.layOut(stream);
            position += remaining - stream.remaining();
            if (stream.hasRemaining()) {
                write();
            }
        }
        encoder.taken();
        recordCount += encodedCount;
    }

    @Override
    public void appendSnapshotMark(SnapshotMark mark) {
        checkUsable();
        if (!LogState.isPlace(mark.term(), mark.raftIndex())) {
            throw new MisuseException(
                    "there is no snapshot mark of term " + mark.term() + " at index " + mark.raftIndex());
        }
        guard(() -> {
            makeRoom(RecordLayout.sizeBytes(RecordLayout.SNAPSHOT_BYTES));
            encoder.snapshot(mark);
            state.onMark(mark);
            layOut(1);
        });
    }

    private void checkAppend(HardState hardState, List<Entry> entries) {
        long lastRaftIndex = state.lastRaftIndex();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            long raftIndex = entry.raftIndex();
            if (!LogState.isPlace(entry.term(), raftIndex)) {
                throw new MisuseException("there is no entry of term " + entry.term() + " at index " + raftIndex);
            }
            if (i == 0 ? state.leavesGap(raftIndex) : raftIndex != lastRaftIndex + 1) {
                throw new MisuseException("entry " + raftIndex + " cannot follow on entry " + lastRaftIndex);
            }
            if (raftIndex <= state.hardState().commitIndex()) {
                throw new MisuseException("entry " + raftIndex + " is committed and cannot be replaced");
            }
            if (entry.data().length > ENTRY_BYTES_MAX) {
                throw new MisuseException(
                        "entry " + raftIndex + " has " + entry.data().length + " bytes, above " + ENTRY_BYTES_MAX);
            }
            lastRaftIndex = raftIndex;
        }
        if (hardState != null && !LogState.isPossible(hardState)) {
            throw new MisuseException("there is no state of term " + hardState.term() + " with commit index "
                    + hardState.commitIndex());
        }
        if (hardState != null && hardState.commitIndex() > lastRaftIndex) {
            throw new MisuseException("commit index " + hardState.commitIndex() + " is behind the last entry "
                    + lastRaftIndex + ": append the entries or the snapshot mark first");
        }
    }

    /// Sees to it that this many bytes of records fit, in a new segment if need be.
    private void makeRoom(long bytes) {
        Segment segment = state.lastSegment();
        boolean hasBody = position > bodyPosition;
        if (hasBody && position + bytes > SectorLayout.streamBytes(segment.sizeBytes) || !segment.isCurrent) {
            cut();
        }
    }

    /// Hands what waits to the operating system; a sync need not.
    void write() {
        if (writtenPosition < position) {
            writeSources[0] = sectors.laidOut();
            file.write(sectors.filePosition(), writeSources);
            onWritten();
        }
    }

    /// Writes what waits, durably. Whole blocks are written: the disk takes them as they are.
    private void writeDurably() {
        file.writeDurably(sectors.blockPosition(), sectors.laidOutBlocks(state.lastSegment().sizeBytes));
        onWritten();
    }

    private void onWritten() {
        sectors.taken();
        appendedBytes += position - writtenPosition;
        writtenPosition = position;
        Segment segment = state.lastSegment();
        segment.sizeBytes = Math.max(segment.sizeBytes, SectorLayout.fileSizeBytes(position));
    }

    /// Goes on in a new segment. Its name shows that everything before it is durable, so that is made true first.
    private void cut() {
        syncFile();
        Path spare = supply.take();
        SegmentName name = new SegmentName(state.lastSegment().name.sequence() + 1, state.lastRaftIndex() + 1);
        Path path = name.in(directory.path);
        directory.files.rename(spare, path);
        directory.files.syncDirectory(directory.path);
        StorageFile next = directory.files.open(path, OpenMode.READ_WRITE);
        StorageFile previous = file;
        file = next;
        previous.close();
        supply.prepareAhead();

        int previousCrc = encoder.rollingCrc();
        position = 0;
        writtenPosition = 0;
        syncedPosition = 0;
        encoder.begin(name.sequence(), previousCrc);
        sectors.begin(name.sequence(), 0, new byte[0]);
        state.onSegment(new Segment(name, file.sizeBytes(), true, true));
        encoder.head(name, previousCrc, file.sizeBytes());
        encoder.metadata(identity);
        layOut(2);
        if (!state.hardState().equals(HardState.INITIAL)) {
            encoder.state(state.hardState());
            state.onState(state.hardState());
            layOut(1);
        }
        for (SnapshotMark mark : state.marksToRepeat()) {
            encoder.snapshot(mark);
            state.onMark(mark);
            layOut(1);
        }
        bodyPosition = position;
    }

    // ---- durability

    @Override
    public void sync() {
        checkUsable();
        guard(this::syncFile);
    }

    private void syncFile() {
        if (syncedPosition < position) {
            if (syncedPosition < writtenPosition) {
                write();
                file.sync();
            } else {
                writeDurably();
            }
            syncCount++;
            syncedPosition = position;
            encoder.setSynced(syncedPosition);
        }
    }

    @Override
    public int release(long raftIndex) {
        checkUsable();
        int[] released = new int[1];
        guard(() -> {
            int count = state.releasableCount(raftIndex);
            if (count > 0) {
                // What repeats the released records must be durable first.
                syncFile();
            }
            for (; released[0] < count; released[0]++) {
                giveBack(state.segments().getFirst());
                state.onReleased(raftIndex);
            }
        });
        return released[0];
    }

    /// The oldest first, each durably: a crash in between leaves no gap.
    private void giveBack(Segment segment) {
        Path path = segment.name.in(directory.path);
        // What was written without marks is not told from what is written next.
        boolean isOfUse = options.recycles()
                && supply.wantsMore()
                && segment.hasMarks
                && segment.sizeBytes >= options.segmentSizeBytes()
                && segment.sizeBytes <= 2 * options.segmentSizeBytes();
        Path spare = isOfUse ? supply.nextPath() : null;
        if (isOfUse) {
            directory.files.rename(path, spare);
        } else {
            directory.files.delete(path);
        }
        directory.files.syncDirectory(directory.path);
        if (isOfUse) {
            supply.offer(spare);
        }
    }

    // ---- state

    @Override
    public List<Entry> read(long raftIndex, int sizeBytesMax) {
        checkUsable();
        if (raftIndex < state.firstRaftIndex() || raftIndex > state.lastRaftIndex() || sizeBytesMax < 0) {
            throw new MisuseException("the log holds the entries from " + state.firstRaftIndex() + " to "
                    + state.lastRaftIndex() + ", not " + sizeBytesMax + " bytes of those from " + raftIndex);
        }
        guard(this::write);
        return new EntryReader(directory, state.index(), state.lastRaftIndex(), sizeBytesMax).read(raftIndex);
    }

    @Override
    public long firstRaftIndex() {
        return state.firstRaftIndex();
    }

    @Override
    public long lastRaftIndex() {
        return state.lastRaftIndex();
    }

    @Override
    public LogStats stats() {
        long sizeBytes = 0;
        for (Segment segment : state.segments()) {
            sizeBytes += segment.sizeBytes;
        }
        return new LogStats(state.segments().size(), sizeBytes, appendedBytes, recordCount, syncCount);
    }

    /// Checks the invariants of the log in memory.
    ///
    /// @throws IllegalStateException if one is broken
    public void validate() {
        state.validate();
        if (syncedPosition > writtenPosition
                || writtenPosition > position
                || SectorLayout.filePosition(writtenPosition) > state.lastSegment().sizeBytes) {
            throw new IllegalStateException("broken invariant of the log: synced <= written <= end and size");
        }
    }

    private void checkUsable() {
        if (isClosed) {
            throw new MisuseException("the log in " + directory.path + " is closed");
        }
        if (firstFailure != null) {
            throw new StorageFailedException(directory.path, firstFailure);
        }
    }

    /// After a failure nothing is known about what is on the disk, so nothing more is written there.
    private void guard(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            firstFailure = e;
            throw e;
        }
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            closeFiles();
        }
    }

    private void closeFiles() {
        supply.close();
        try {
            if (file != null) {
                file.close();
            }
        } finally {
            lock.close();
        }
    }
}
