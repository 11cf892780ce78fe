package tenon.testkit;

import java.util.ArrayList;
import java.util.List;
import tenon.api.Clock;

/// A clock that stands still until the test advances it; due tasks run on the advancing thread, in order of time.
public final class ManualClock implements Clock {
    private static final long EPOCH_MS = 1_700_000_000_000L;

    private final List<Task> tasks = new ArrayList<>();
    private long nowNs;

    private static final class Task {
        private final long periodNs;
        private final Runnable body;
        private long dueNs;

        Task(long dueNs, long periodNs, Runnable body) {
            this.dueNs = dueNs;
            this.periodNs = periodNs;
            this.body = body;
        }
    }

    @Override
    public synchronized long monotonicNs() {
        return nowNs;
    }

    @Override
    public synchronized long wallMs() {
        return EPOCH_MS + nowNs / 1_000_000;
    }

    @Override
    public Timer after(long delayNs, Runnable task) {
        return schedule(delayNs, 0, task);
    }

    @Override
    public Timer every(long periodNs, Runnable task) {
        return schedule(periodNs, periodNs, task);
    }

    /// Moves the time on and runs what is due on the way.
    public void advanceNs(long durationNs) {
        long targetNs = monotonicNs() + durationNs;
        for (Task task = nextDue(targetNs); task != null; task = nextDue(targetNs)) {
            task.body.run();
        }
        synchronized (this) {
            nowNs = targetNs;
        }
    }

    private synchronized Timer schedule(long delayNs, long periodNs, Runnable body) {
        Task task = new Task(nowNs + delayNs, periodNs, body);
        tasks.add(task);
        return () -> {
            synchronized (this) {
                tasks.remove(task);
            }
        };
    }

    private synchronized Task nextDue(long untilNs) {
        Task next = null;
        for (Task task : tasks) {
            if (task.dueNs <= untilNs && (next == null || task.dueNs < next.dueNs)) {
                next = task;
            }
        }
        if (next != null) {
            nowNs = Math.max(nowNs, next.dueNs);
            if (next.periodNs > 0) {
                next.dueNs += next.periodNs;
            } else {
                tasks.remove(next);
            }
        }
        return next;
    }
}
