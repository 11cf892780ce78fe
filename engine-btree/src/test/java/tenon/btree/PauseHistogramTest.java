package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.PauseStats;
import tenon.testkit.Seeds;

class PauseHistogramTest {
    private final RandomGenerator random = Seeds.random(PauseHistogramTest.class);

    private static void assertNear(long exact, long found) {
        assertTrue(found >= exact && found <= exact + exact / 8 + 1, found + " for " + exact);
    }

    @Test
    void shouldBeAtMostAnEighthTooLong() {
        for (int run = 0; run < 200; run++) {
            long[] durations = new long[random.nextInt(1, 3000)];
            PauseHistogram histogram = new PauseHistogram();
            for (int i = 0; i < durations.length; i++) {
                durations[i] = random.nextLong() >>> random.nextInt(1, 64);
                durations[i] >>>= 8;
                histogram.record(durations[i]);
            }
            Arrays.sort(durations);
            PauseStats stats = histogram.stats();
            assertEquals(durations.length, stats.count());
            assertEquals(Arrays.stream(durations).sum(), stats.totalNs());
            assertEquals(durations[durations.length - 1], stats.maxNs());
            assertNear(durations[(durations.length * 500 + 999) / 1000 - 1], stats.p50Ns());
            assertNear(durations[(durations.length * 990 + 999) / 1000 - 1], stats.p99Ns());
            assertNear(durations[(durations.length * 999 + 999) / 1000 - 1], stats.p999Ns());
        }
    }

    @Test
    void shouldStandAnyDuration() {
        PauseHistogram histogram = new PauseHistogram();
        assertEquals(new PauseStats(0, 0, 0, 0, 0, 0), histogram.stats());
        histogram.record(0);
        histogram.record(Long.MAX_VALUE);
        assertEquals(0, histogram.stats().p50Ns());
        assertEquals(Long.MAX_VALUE, histogram.stats().p99Ns());
    }
}
