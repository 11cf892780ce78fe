package tenon.server.replication;

import tenon.api.SnapshotMark;
import tenon.mvcc.AppliedIndex;

/// Lets the log and the consensus core forget what the store durably holds, every so many entries. Safe for use by
/// any thread.
public final class Checkpoints {
    private final LogWriter log;
    private final ReplicationLoop loop;
    private final long entryCount;
    private final long catchUpEntryCount;
    // Guarded by this.
    private long lastMarkIndex;

    /// How often.
    ///
    /// @param entryCount so many entries lie between two marks
    /// @param catchUpEntryCount so many entries before a mark are kept in memory, for peers that lag
    public record Pace(long entryCount, long catchUpEntryCount) {}

    /// @param lastMark the newest one in the log
    public Checkpoints(LogWriter log, ReplicationLoop loop, Pace pace, SnapshotMark lastMark) {
        this.log = log;
        this.loop = loop;
        this.entryCount = pace.entryCount;
        this.catchUpEntryCount = pace.catchUpEntryCount;
        this.lastMarkIndex = lastMark.raftIndex();
    }

    /// The store durably holds everything up to here.
    public synchronized void onDurable(AppliedIndex durable) {
        if (durable.raftIndex() - lastMarkIndex < entryCount) {
            return;
        }
        lastMarkIndex = durable.raftIndex();
        log.submit(new SnapshotMark(durable.term(), durable.raftIndex()));
        if (durable.raftIndex() > catchUpEntryCount) {
            loop.compact(durable.raftIndex() - catchUpEntryCount);
        }
    }

    /// The index of the newest mark.
    public synchronized long lastMarkIndex() {
        return lastMarkIndex;
    }
}
