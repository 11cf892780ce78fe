package tenon.server.metrics;

import java.util.concurrent.atomic.AtomicLong;

/// When the oldest change was made that is not committed yet. Safe for use by any thread.
public final class BatchAge {
    private static final long NONE = Long.MIN_VALUE;

    private final AtomicLong oldestNs = new AtomicLong(NONE);

    /// A change was made.
    public void onChange(long nowNs) {
        if (oldestNs.getPlain() == NONE) {
            oldestNs.compareAndSet(NONE, nowNs);
        }
    }

    /// A batch was committed.
    ///
    /// @return the age of its oldest change, -1 if it had none
    public long onCommit(long nowNs) {
        long oldest = oldestNs.getAndSet(NONE);
        return oldest == NONE ? -1 : nowNs - oldest;
    }
}
