package tenon.server.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Platform;
import tenon.server.kv.Deadlines;
import tenon.server.kv.ReaderThreads;
import tenon.testkit.ManualClock;

@Timeout(60)
class HealthDeadlineTest {
    private static final long TIMEOUT_NS = 7_000_000_000L;

    /// A disk that does not answer keeps those who read waiting.
    @Test
    void shouldNotWaitForAReadLongerThanARequestWould() {
        ManualClock clock = new ManualClock();
        CountDownLatch disk = new CountDownLatch(1);
        try (Deadlines deadlines = new Deadlines(clock, TIMEOUT_NS);
                ReaderThreads readers = new ReaderThreads(Platform.system(), 2)) {
            for (int i = 0; i < 2; i++) {
                readers.submit(false, () -> await(disk));
            }
            Health health = new Health(
                    new Health.Reading(null, readers, null, deadlines),
                    new Health.Knowledge(null, null, () -> false, () -> null, () -> null));
            CompletableFuture<String> read = health.check(HealthCheck.LOCAL_READ);
            clock.advanceNs(TIMEOUT_NS / 2);
            assertFalse(read.isDone());
            clock.advanceNs(TIMEOUT_NS);
            assertEquals("etcdserver: request timed out", read.orTimeout(20, TimeUnit.SECONDS).join());
            disk.countDown();
        }
    }

    private static Void await(CountDownLatch latch) {
        try {
            latch.await();
            return null;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
