package tenon.server.maintenance;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import tenon.api.Clock;
import tenon.server.AutoCompaction;

/// Compacts without being asked to, as etcd does: by time, to the revision that was current a retention ago; or by
/// count, all but the last revisions, every five minutes. Runs on the clock's thread and only proposes.
public final class AutoCompactor implements AutoCloseable {
    private static final long NS_PER_MS = 1_000_000L;
    private static final long HOUR_NS = 3_600_000 * NS_PER_MS;
    private static final long REVISION_PERIOD_NS = HOUR_NS / 12;
    private static final int SAMPLES_PER_COMPACTION = 10;

    private final AutoCompaction wanted;
    private final Clock clock;
    private final LongSupplier currentRevision;
    private final LongConsumer compact;
    private final Clock.Timer timer;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long lastCompactionNs;

    private record Sample(long takenNs, long revision) {}

    private AutoCompactor(AutoCompaction wanted, Clock clock, LongSupplier currentRevision, LongConsumer compact) {
        this.wanted = wanted;
        this.clock = clock;
        this.currentRevision = currentRevision;
        this.compact = compact;
        this.lastCompactionNs = clock.monotonicNs();
        samples.add(new Sample(lastCompactionNs, currentRevision.getAsLong()));
        this.timer = switch (wanted.mode()) {
            case REVISION -> clock.every(REVISION_PERIOD_NS, this::keepRevisions);
            case PERIODIC -> clock.every(
                    Math.max(1, compactionPeriodNs() / SAMPLES_PER_COMPACTION), this::keepPeriod);
        };
    }

    /// @param compact proposes a compaction at a revision, without waiting
    /// @return null if automatic compaction is off
    public static AutoCompactor start(
            AutoCompaction wanted, Clock clock, LongSupplier currentRevision, LongConsumer compact) {
        return wanted.isOff() ? null : new AutoCompactor(wanted, clock, currentRevision, compact);
    }

    @Override
    public void close() {
        timer.cancel();
    }

    private synchronized void keepRevisions() {
        long revision = currentRevision.getAsLong() - wanted.retention();
        if (revision > 0) {
            compact.accept(revision);
        }
    }

    private synchronized void keepPeriod() {
        long nowNs = clock.monotonicNs();
        samples.add(new Sample(nowNs, currentRevision.getAsLong()));
        long retentionNs = wanted.retention() * NS_PER_MS;
        Sample old = null;
        while (nowNs - samples.peek().takenNs >= retentionNs) {
            old = samples.poll();
        }
        if (old == null) {
            return;
        }
        if (nowNs - lastCompactionNs < compactionPeriodNs()) {
            samples.addFirst(old);
            return;
        }
        lastCompactionNs = nowNs;
        compact.accept(old.revision);
    }

    /// At least once an hour.
    private long compactionPeriodNs() {
        return Math.min(wanted.retention() * NS_PER_MS, HOUR_NS);
    }
}
