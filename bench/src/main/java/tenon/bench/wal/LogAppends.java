package tenon.bench.wal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.NodeIdentity;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.wal.LogOptions;
import tenon.wal.SegmentedLog;

/// The log: an append with the commit index of the entries before, as a leader has it, and a sync.
final class LogAppends implements Appends {
    private static final long TERM = 1;

    private final SegmentedLog log;
    /// What the appenders bring.
    private final byte[][] records;

    private long lastRaftIndex;
    private long markIndex;

    LogAppends(Path directory, int count) {
        records = new byte[count][RECORD_BYTES];
        log = SegmentedLog.create(
                Platform.system(), directory.resolve("log"), new NodeIdentity(1, 1), LogOptions.DEFAULT);
    }

    @Override
    public void appendAndSync() {
        HardState state = new HardState(TERM, 1, lastRaftIndex);
        List<Entry> entries = new ArrayList<>(records.length);
        for (byte[] record : records) {
            lastRaftIndex++;
            ByteBuffer.wrap(record).putLong(lastRaftIndex);
            entries.add(new Entry(TERM, lastRaftIndex, EntryType.NORMAL, record));
        }
        log.append(state, entries);
        log.sync();
        if (state.commitIndex() - markIndex >= MARK_EVERY) {
            markIndex = state.commitIndex();
            log.appendSnapshotMark(new SnapshotMark(TERM, markIndex));
            log.sync();
            log.release(markIndex);
        }
    }

    @Override
    public void close() {
        log.close();
    }
}
