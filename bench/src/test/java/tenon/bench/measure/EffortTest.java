package tenon.bench.measure;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

class EffortTest {
    @Test
    void shouldSeeWorkAndSleep() throws InterruptedException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Effort before = Effort.ofThisProcess();
        long beganNs = threads.getCurrentThreadCpuTime();
        long own = 0;
        while (threads.getCurrentThreadCpuTime() - beganNs < 100_000_000L) {
            own++;
        }
        for (int i = 0; i < 20; i++) {
            Thread.sleep(1);
        }
        Effort effort = Effort.ofThisProcess().since(before);
        // Told in steps of 10 ms.
        assertTrue(effort.cpuNs() >= 80_000_000L, effort + " after " + own);
        assertTrue(effort.switchCount() >= 20, effort.toString());
    }

    @Test
    void shouldKnowTheMemoryOfAProcess() {
        Memory memory = Memory.of(ProcessHandle.current());
        assertTrue(memory.anonKb() > 1_000 && memory.rssKb() >= memory.anonKb(), memory.toString());
    }
}
