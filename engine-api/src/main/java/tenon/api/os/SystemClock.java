package tenon.api.os;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import tenon.api.Clock;

/// The machine's time. Its one thread starts with the first task and ends after ten idle seconds.
public final class SystemClock implements Clock {
    private static final long IDLE_SECONDS = 10;
    private static final System.Logger LOG = System.getLogger(SystemClock.class.getName());

    private final ScheduledThreadPoolExecutor tasks;

    public SystemClock() {
        tasks = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("tenon-clock").daemon().factory());
        tasks.setRemoveOnCancelPolicy(true);
        tasks.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        tasks.allowCoreThreadTimeOut(true);
    }

    @Override
    public long monotonicNs() {
        return System.nanoTime();
    }

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }

    @Override
    public Timer after(long delayNs, Runnable task) {
        return cancelling(tasks.schedule(guarded(task), delayNs, TimeUnit.NANOSECONDS));
    }

    @Override
    public Timer every(long periodNs, Runnable task) {
        return cancelling(tasks.scheduleWithFixedDelay(guarded(task), periodNs, periodNs, TimeUnit.NANOSECONDS));
    }

    private static Timer cancelling(ScheduledFuture<?> future) {
        return () -> future.cancel(false);
    }

    /// One task that throws must not end its own repetition unseen.
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a timer task failed", e);
            }
        };
    }
}
