package tenon.api.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tenon.api.Clock;

class SystemClockTest {
    private static final long MS = 1_000_000;

    private final Clock clock = new SystemClock();

    @Test
    void shouldNeverGoBack() {
        long before = clock.monotonicNs();
        for (int i = 0; i < 1000; i++) {
            long now = clock.monotonicNs();
            assertTrue(now - before >= 0);
            before = now;
        }
        assertTrue(clock.wallMs() > 1_700_000_000_000L);
    }

    @Test
    void shouldRunATaskOnceAfterItsDelayOnADaemonOfItsOwn() throws InterruptedException {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CountDownLatch ran = new CountDownLatch(1);
        long start = clock.monotonicNs();
        clock.after(20 * MS, () -> {
            thread.set(Thread.currentThread());
            ran.countDown();
        });
        assertTrue(ran.await(20, TimeUnit.SECONDS));
        assertTrue(clock.monotonicNs() - start >= 20 * MS);
        assertNotSame(Thread.currentThread(), thread.get());
        assertTrue(thread.get().isDaemon());
        assertEquals("tenon-clock", thread.get().getName());
    }

    @Test
    void shouldRepeatATaskEvenIfItFails() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(3);
        Clock.Timer timer = clock.every(MS, () -> {
            runs.countDown();
            throw new IllegalStateException("meant to fail");
        });
        assertTrue(runs.await(20, TimeUnit.SECONDS));
        timer.cancel();
    }

    @Test
    void shouldNotRunWhatWasCancelled() throws InterruptedException {
        AtomicInteger runs = new AtomicInteger();
        Clock.Timer cancelled = clock.after(5 * MS, runs::incrementAndGet);
        cancelled.cancel();
        CountDownLatch later = new CountDownLatch(1);
        clock.after(30 * MS, later::countDown);
        assertTrue(later.await(20, TimeUnit.SECONDS));
        assertEquals(0, runs.get());
        cancelled.cancel();
    }

    @Test
    void shouldStartNamedDaemons() throws InterruptedException {
        AtomicReference<String> name = new AtomicReference<>();
        Thread thread = new SystemThreads().start("tenon-test", () -> name.set(Thread.currentThread().getName()));
        thread.join();
        assertEquals("tenon-test", name.get());
        assertTrue(thread.isDaemon());
        assertFalse(thread.isVirtual());
    }
}
