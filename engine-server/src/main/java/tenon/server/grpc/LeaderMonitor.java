package tenon.server.grpc;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import tenon.api.Clock;

/// Ends streams whose clients want a leader, once none was known at several looks in a row: to begin a stream elsewhere
/// costs more than to ask elsewhere, so a short election ends none. Safe for use by any thread.
final class LeaderMonitor implements AutoCloseable {
    private static final int LOOK_COUNT = 3;

    private final BooleanSupplier hasLeader;
    private final Executor executor;
    private final Clock.Timer timer;
    private final Map<Object, Runnable> streams = new ConcurrentHashMap<>();
    // Of the clock's thread.
    private int missingCount;

    /// @param intervalNs between two looks
    /// @param executor where streams are ended
    LeaderMonitor(Clock clock, long intervalNs, BooleanSupplier hasLeader, Executor executor) {
        this.hasLeader = hasLeader;
        this.executor = executor;
        this.timer = clock.every(intervalNs, this::look);
    }

    /// @param onLost ends the stream; called once at most
    void add(Object stream, Runnable onLost) {
        streams.put(stream, onLost);
    }

    void remove(Object stream) {
        streams.remove(stream);
    }

    private void look() {
        missingCount = hasLeader.getAsBoolean() ? 0 : missingCount + 1;
        if (missingCount < LOOK_COUNT) {
            return;
        }
        for (Object stream : List.copyOf(streams.keySet())) {
            Runnable onLost = streams.remove(stream);
            try {
                if (onLost != null) {
                    executor.execute(onLost);
                }
            } catch (RejectedExecutionException _) {
                // At the next look.
                streams.put(stream, onLost);
            }
        }
    }

    @Override
    public void close() {
        timer.cancel();
        streams.clear();
    }
}
