package tenon.server.replication;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import tenon.api.Entry;
import tenon.api.SnapshotMark;
import tenon.mvcc.AppliedIndex;

/// Lets the log and the consensus core forget what the store durably holds, every so many entries or bytes of them. Safe
/// for use by any thread.
public final class Checkpoints {
    private final Consumer<SnapshotMark> log;
    private final LongConsumer core;
    private final Pace pace;
    // All guarded by this.
    private final EntryBytes sizes;
    private long lastMarkIndex;
    private long lastMarkBytes;

    /// How often, and what stays in memory for peers that lag.
    ///
    /// @param entryCount no more entries than about this lie between two marks
    /// @param catchUpEntryCount no more entries before a mark are kept
    /// @param sizeBytes nor more data in either of them
    public record Pace(long entryCount, long catchUpEntryCount, long sizeBytes) {
        /// What is in memory is at most twice this, and what the store does not hold yet.
        private static final long SIZE_MAX_BYTES = Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 16);

        /// With a size that the memory of this process allows.
        public Pace(long entryCount, long catchUpEntryCount) {
            this(entryCount, catchUpEntryCount, SIZE_MAX_BYTES);
        }
    }

    /// @param log may give back what is before a mark
    /// @param core may forget entries up to an index
    /// @param lastMark the newest one in the log
    public Checkpoints(Consumer<SnapshotMark> log, LongConsumer core, Pace pace, SnapshotMark lastMark) {
        this.log = log;
        this.core = core;
        this.pace = pace;
        this.lastMarkIndex = lastMark.raftIndex();
        this.sizes = new EntryBytes(lastMarkIndex);
    }

    /// Entries were handed out to be applied, in order.
    public synchronized void onCommitted(List<Entry> entries) {
        sizes.add(entries);
    }

    /// The store durably holds everything up to here.
    public synchronized void onDurable(AppliedIndex durable) {
        long index = durable.raftIndex();
        long bytes = sizes.upTo(index);
        if (index - lastMarkIndex < pace.entryCount && bytes - lastMarkBytes < pace.sizeBytes) {
            return;
        }
        lastMarkIndex = index;
        lastMarkBytes = bytes;
        log.accept(new SnapshotMark(durable.term(), index));
        long compactIndex = Math.max(index - pace.catchUpEntryCount, sizes.firstWithin(index, pace.sizeBytes));
        if (compactIndex > 0) {
            core.accept(compactIndex);
            sizes.forgetBefore(compactIndex);
        }
    }
}
