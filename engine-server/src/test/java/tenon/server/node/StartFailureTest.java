package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tenon.api.Clock;
import tenon.api.Platform;
import tenon.api.StorageException;
import tenon.api.Threads;
import tenon.server.AutoCompaction;
import tenon.server.ServerConfig;
import tenon.testkit.Fault;
import tenon.testkit.SimulatedFileSystem;

class StartFailureTest {
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    @Test
    void shouldFailAndNotHangWhereverTheDiskFailsDuringTheFirstStart() {
        boolean started = false;
        int failedCount = 0;
        for (int operation = 1; !started; operation++) {
            SimulatedFileSystem files = new SimulatedFileSystem();
            files.failAt(operation, Fault.IO_ERROR);
            started = assertTimeoutPreemptively(START_LIMIT, () -> starts(files));
            failedCount += started ? 0 : 1;
        }
        assertTrue(failedCount > 10, "only " + failedCount + " operations of a start can fail");
    }

    @Test
    void shouldLeaveNothingOpenWhicheverThreadOrTimerCannotBeHad() {
        boolean started = false;
        int failedCount = 0;
        for (int havingCount = 0; !started; havingCount++) {
            SimulatedFileSystem files = new SimulatedFileSystem();
            Shortage shortage = new Shortage(havingCount);
            started = assertTimeoutPreemptively(START_LIMIT, () -> shortage.letsStart(files));
            shortage.checkNothingIsLeft();
            failedCount += started ? 0 : 1;
            // Neither the lock of the store nor that of the log is held.
            TestNodes.start(files).close();
        }
        assertTrue(failedCount > 5, "only " + failedCount + " threads and timers of a start can fail");
    }

    /// A world that has only so many threads and timers.
    private static final class Shortage {
        private final Platform plenty = Platform.system();
        private final AtomicInteger havingCount;
        private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        private final AtomicInteger timerCount = new AtomicInteger();

        Shortage(int havingCount) {
            this.havingCount = new AtomicInteger(havingCount);
        }

        boolean letsStart(SimulatedFileSystem files) {
            Threads counted = (name, body) -> {
                take(name);
                Thread thread = plenty.threads().start(name, body);
                threads.add(thread);
                return thread;
            };
            ServerConfig config = TestNodes.config()
                    .autoCompaction(AutoCompaction.revisions(10))
                    .build();
            try (Node node = Node.start(config, new Platform(files, new CountedClock(), counted, 1))) {
                return node.failure().find() == null;
            } catch (OutOfMemoryError e) {
                return false;
            }
        }

        void checkNothingIsLeft() {
            assertEquals(0, timerCount.get(), "timers that still run");
            threads.forEach(thread -> assertTimeoutPreemptively(START_LIMIT, () -> thread.join(), thread.getName()));
        }

        private void take(String what) {
            if (havingCount.getAndDecrement() <= 0) {
                throw new OutOfMemoryError("on purpose: there is no " + what);
            }
        }

        private final class CountedClock implements Clock {
            @Override
            public long monotonicNs() {
                return plenty.clock().monotonicNs();
            }

            @Override
            public long wallMs() {
                return plenty.clock().wallMs();
            }

            @Override
            public Timer after(long delayNs, Runnable task) {
                return plenty.clock().after(delayNs, task);
            }

            @Override
            public Timer every(long periodNs, Runnable task) {
                take("timer");
                Timer timer = plenty.clock().every(periodNs, task);
                timerCount.incrementAndGet();
                return () -> {
                    timer.cancel();
                    timerCount.decrementAndGet();
                };
            }
        }
    }

    private static boolean starts(SimulatedFileSystem files) {
        try (Node node = TestNodes.start(files, TestNodes.config().build())) {
            return node.failure().find() == null;
        } catch (StorageException e) {
            return false;
        }
    }
}
