package tenon.server.replication;

import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import tenon.api.SnapshotMark;
import tenon.mvcc.AppliedIndex;
import tenon.raft.RecoveredState;

/// Lets the log and the consensus core forget what the store durably holds, every so many entries or bytes of them. Safe
/// for use by any thread.
public final class Checkpoints {
    private final Consumer<SnapshotMark> log;
    private final LongConsumer core;
    private final LongSupplier heldIndex;
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
        private static final long SIZE_MAX_BYTES = Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 16);
        /// While a snapshot is on its way, so many times as much may be kept for who gets it.
        private static final long HELD_FACTOR = 4;

        /// With a size that the memory of this process allows.
        public Pace(long entryCount, long catchUpEntryCount) {
            this(entryCount, catchUpEntryCount, SIZE_MAX_BYTES);
        }
    }

    /// Who is told.
    ///
    /// @param log may give back what is before a mark
    /// @param core may forget entries up to an index
    /// @param heldIndex behind which a peer will want entries when it has its snapshot; `Long.MAX_VALUE` for none
    public record Parties(Consumer<SnapshotMark> log, LongConsumer core, LongSupplier heldIndex) {}

    /// @param state what the log and the store held at the start
    public Checkpoints(Parties parties, Pace pace, RecoveredState state) {
        this.log = parties.log;
        this.core = parties.core;
        this.heldIndex = parties.heldIndex;
        this.pace = pace;
        this.lastMarkIndex = state.snapshot().raftIndex();
        this.sizes = new EntryBytes(lastMarkIndex);
        state.appliedEntries().forEach(entry -> sizes.add(entry.raftIndex(), entry.data().length));
    }

    /// Entries were handed out to be applied, in order.
    ///
    /// @param sizeBytes of their data
    public synchronized void onCommitted(long lastRaftIndex, long sizeBytes) {
        sizes.add(lastRaftIndex, sizeBytes);
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
        long held = heldIndex.getAsLong();
        long wanted = sizes.firstWithin(index - pace.catchUpEntryCount, index, pace.sizeBytes);
        long compactIndex =
                held >= wanted ? wanted : sizes.firstWithin(held, index, Pace.HELD_FACTOR * pace.sizeBytes);
        if (compactIndex > 0) {
            core.accept(compactIndex);
            sizes.forgetBefore(compactIndex);
        }
    }
}
