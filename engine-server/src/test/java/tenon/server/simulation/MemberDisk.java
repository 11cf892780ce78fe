package tenon.server.simulation;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.api.Message;
import tenon.api.NodeIdentity;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.Ready;
import tenon.api.SnapshotMark;
import tenon.api.StorageFile;
import tenon.raft.RecoveredState;
import tenon.server.simulation.Tally.Event;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.LogOptions;
import tenon.wal.OpenedLog;
import tenon.wal.SegmentedLog;

/// The disk of a member: its log, and a checkpoint of its state machine in a file that is replaced as a whole. What is
/// stored when follows the rules of [tenon.api.Log], as a server must.
final class MemberDisk {
    private static final Path DIRECTORY = Path.of("/member");
    private static final Path LOG = DIRECTORY.resolve("log");
    private static final Path CHECKPOINT = DIRECTORY.resolve("checkpoint");
    private static final Path NEW_CHECKPOINT = DIRECTORY.resolve("checkpoint.new");

    final StoredLog stored = new StoredLog();
    SimulatedFileSystem files = new SimulatedFileSystem();

    /// A snapshot's mark is stored, and the snapshot is not in its place: a crash now is of the most interesting kind.
    boolean isInstalling;

    private final long nodeId;
    private final LogOptions options;
    private final Tally tally;

    /// Null while the member is down.
    private SegmentedLog log;

    /// Whether the power is to go in the middle of a Ready that brings several changes of the configuration.
    private boolean tears;

    /// Whether it went, and nobody asked yet.
    private boolean isTorn;

    /// At which operation of the next installation the power goes, counted from 0; -1 for never.
    private int installationOperations = -1;

    private HardState hardState = HardState.INITIAL;
    private StateMachine checkpoint;

    MemberDisk(long nodeId, Shape shape, Tally tally) {
        this.nodeId = nodeId;
        this.tally = tally;
        options = LogOptions.DEFAULT.withSegmentSizeBytes(shape.segmentSizeBytes());
    }

    private Platform platform() {
        return new Platform(
                files,
                new ManualClock(),
                (name, body) -> {
                    body.run();
                    return Thread.currentThread();
                },
                nodeId);
    }

    /// Makes the files of a node that starts for the first time, and closes them again.
    void create(RecoveredState first) {
        checkpoint = StateMachine.initial(first.confState());
        log = SegmentedLog.create(platform(), LOG, new NodeIdentity(nodeId, 1), options);
        writeCheckpoint(checkpoint);
        if (!first.entries().isEmpty()) {
            append(first.hardState(), first.entries());
            sync();
        }
        close();
    }

    /// @throws tenon.api.CorruptDataException if the log is damaged
    RecoveredState open() {
        byte[] bytes = new byte[1024];
        try (StorageFile file = files.open(CHECKPOINT, OpenMode.READ)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            int count = file.read(0, buffer);
            checkpoint = StateMachine.decode(java.util.Arrays.copyOf(bytes, count));
        }
        OpenedLog opened =
                SegmentedLog.open(platform(), LOG, options.withKnownStoredIndex(checkpoint.raftIndex()));
        log = opened.log();
        log.validate();
        LogContents contents = opened.contents();
        if (contents.tailCutBytes() > 0) {
            tally.count(Event.TORN_TAILS_CUT);
        }
        stored.onRecovered(contents);
        HardState found = contents.hardState();
        hardState = new HardState(
                found.term(), found.votedFor(), Math.max(found.commitIndex(), checkpoint.raftIndex()));
        return new RecoveredState(
                contents.snapshot(), hardState, contents.entries(), checkpoint.confState(), checkpoint.raftIndex());
    }

    StateMachine checkpoint() {
        return checkpoint;
    }

    /// Hands to the operating system what a Ready without a snapshot asks for.
    void append(HardState newHardState, List<Entry> entries) {
        if (tears && newHardState != null && bringsChanges(entries)) {
            tear(newHardState, entries);
        } else if (newHardState != null || !entries.isEmpty()) {
            if (!entries.isEmpty()) {
                stored.onReplacing(entries.getFirst().raftIndex());
            }
            log.append(newHardState, entries);
            stored.onAppended(newHardState, entries);
        }
        if (newHardState != null) {
            hardState = newHardState;
        }
    }

    /// More than one change that is not known to be committed; by one whose state machine knows the founders.
    private boolean bringsChanges(List<Entry> entries) {
        return checkpoint.raftIndex() > 0
                && entries.stream()
                                .filter(entry -> entry.raftIndex() > hardState.commitIndex()
                                        && entry.type() == EntryType.CONF_CHANGE)
                                .count()
                        > 1;
    }

    /// The entries get to the disk before the power goes, and what was to follow them does, if at all, by chance.
    private void tear(HardState newHardState, List<Entry> entries) {
        tears = false;
        isTorn = true;
        tally.count(Event.READIES_TORN);
        stored.onReplacing(entries.getFirst().raftIndex());
        log.append(null, entries);
        log.sync();
        stored.onAppended(null, entries);
        failAfter(0, Fault.POWER_CUT);
        log.append(newHardState, List.of());
    }

    /// Whether that happened since this was last asked.
    boolean takeTorn() {
        boolean was = isTorn;
        isTorn = false;
        return was;
    }

    /// The power goes in the middle of the next Ready that brings several changes of the configuration.
    void tearChanges() {
        tears = true;
    }

    void sync() {
        log.sync();
        stored.onSynced();
    }

    /// Puts a received snapshot in the place of log and state machine, then the rest of its Ready.
    void install(Ready ready, StateMachine state) {
        Message.InstallSnapshot snapshot = ready.snapshot();
        SnapshotMark mark = snapshot.mark();
        isInstalling = true;
        stored.onReplacing(mark.raftIndex());
        if (installationOperations >= 0) {
            failAfter(installationOperations, Fault.POWER_CUT);
            installationOperations = -1;
        }
        log.appendSnapshotMark(mark);
        log.sync();
        writeCheckpoint(state);
        isInstalling = false;
        stored.onRestored(mark.raftIndex(), mark.term());
        append(ready.hardState(), ready.entriesToStore());
    }

    /// Makes the state machine durable, and gives back the log before it.
    void checkpoint(StateMachine state) {
        writeCheckpoint(state);
        if (hardState.commitIndex() < state.raftIndex()) {
            append(new HardState(hardState.term(), hardState.votedFor(), state.raftIndex()), List.of());
        }
        log.appendSnapshotMark(new SnapshotMark(state.term(), state.raftIndex()));
        sync();
        stored.onCompacted(state.raftIndex());
        log.release(state.raftIndex());
        log.validate();
    }

    private void writeCheckpoint(StateMachine state) {
        try (StorageFile file = files.open(NEW_CHECKPOINT, OpenMode.CREATE)) {
            byte[] bytes = state.encode();
            file.truncate(bytes.length);
            file.write(0, ByteBuffer.wrap(bytes));
            file.sync();
        }
        files.rename(NEW_CHECKPOINT, CHECKPOINT);
        files.syncDirectory(DIRECTORY);
        checkpoint = state;
    }

    /// The operation of that number from now on, counted from 0, goes wrong.
    void failAfter(int operations, Fault fault) {
        files.failAt(files.operationCount() + 1 + operations, fault);
    }

    /// The power goes during the next installation of a snapshot.
    void failInstallationAfter(int operations) {
        installationOperations = operations;
    }

    /// Leaves room for so many bytes.
    void fill(int roomBytes) {
        files.setCapacityBytes(files.usedBytes() + roomBytes);
    }

    void heal() {
        installationOperations = -1;
        tears = false;
        files.clearFaults();
        files.setCapacityBytes(1L << 40);
    }

    void close() {
        if (log != null) {
            log.close();
            log = null;
        }
    }

    /// The power goes: what was not synced is kept, dropped or torn.
    void cutPower(RandomGenerator random) {
        close();
        CrashPlan plan = switch (random.nextInt(4)) {
            case 0 -> CrashPlan.dropAll();
            case 1 -> CrashPlan.keepAll();
            default -> CrashPlan.random(random);
        };
        files = files.crash(new Counted(plan, tally));
        isInstalling = false;
    }

    private record Counted(CrashPlan plan, Tally tally) implements CrashPlan {
        @Override
        public Fate fate() {
            Fate fate = plan.fate();
            if (fate == Fate.DROPPED) {
                tally.count(Event.WRITES_DROPPED_IN_CRASH);
            } else if (fate == Fate.TORN) {
                tally.count(Event.WRITES_TORN_IN_CRASH);
            }
            return fate;
        }

        @Override
        public boolean keepsSector() {
            return plan.keepsSector();
        }
    }

    /// Turns a bit of the log: of the last 200 bytes that are not zero, or of any before them.
    ///
    /// @return which
    String rot(RandomGenerator random, boolean inTail) {
        List<Path> segments = new ArrayList<>(files.list(LOG).stream()
                .filter(path -> path.toString().endsWith(".wal"))
                .toList());
        Path last = segments.getLast();
        int end = contentEnd(last);
        int tail = Math.max(0, end - 200);
        Path path = last;
        int position;
        if (inTail) {
            position = tail + random.nextInt(Math.max(1, end - tail));
        } else {
            path = segments.get(random.nextInt(segments.size()));
            position = random.nextInt(Math.max(1, path.equals(last) ? tail : contentEnd(path)));
        }
        int bit = random.nextInt(Byte.SIZE);
        files.corrupt(path, position, 1 << bit);
        return path.getFileName() + " byte " + position + " bit " + bit;
    }

    private int contentEnd(Path path) {
        byte[] content = files.content(path);
        int end = content.length;
        while (end > 0 && content[end - 1] == 0) {
            end--;
        }
        return end;
    }
}
