package tenon.server.cluster;

import tenon.api.Clock;

/// A clock whose ticks can be stopped: no election timeout passes then.
final class StoppableTicks implements Clock {
    private final Clock clock;
    private volatile boolean stopped;

    StoppableTicks(Clock clock) {
        this.clock = clock;
    }

    void stop() {
        stopped = true;
    }

    void goOn() {
        stopped = false;
    }

    @Override
    public long monotonicNs() {
        return clock.monotonicNs();
    }

    @Override
    public long wallMs() {
        return clock.wallMs();
    }

    @Override
    public Timer after(long delayNs, Runnable task) {
        return clock.after(delayNs, task);
    }

    @Override
    public Timer every(long periodNs, Runnable task) {
        return clock.every(periodNs, () -> {
            if (!stopped) {
                task.run();
            }
        });
    }
}
