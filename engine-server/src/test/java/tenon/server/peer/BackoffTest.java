package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

class BackoffTest {
    private static final long FIRST_NS = 50_000_000;
    private static final long LONGEST_NS = 3_000_000_000L;

    private final Backoff backoff = new Backoff(FIRST_NS, LONGEST_NS, Seeds.random(BackoffTest.class));

    private void assertAround(long baseNs, long delayNs) {
        assertTrue(delayNs >= baseNs * 3 / 4 && delayNs < baseNs * 5 / 4, delayNs + " around " + baseNs);
    }

    @Test
    void shouldDoubleUpToTheLimit() {
        for (long baseNs = FIRST_NS; baseNs < LONGEST_NS; baseNs *= 2) {
            assertAround(baseNs, backoff.nextDelayNs());
        }
        for (int count = 0; count < 1000; count++) {
            assertAround(LONGEST_NS, backoff.nextDelayNs());
        }
    }

    @Test
    void shouldBeginAnewAfterASuccess() {
        backoff.nextDelayNs();
        backoff.nextDelayNs();
        backoff.reset();
        assertAround(FIRST_NS, backoff.nextDelayNs());
    }

    @Test
    void shouldNotLetTwoTryTogether() {
        Backoff one = new Backoff(FIRST_NS, LONGEST_NS, Seeds.from(1));
        Backoff other = new Backoff(FIRST_NS, LONGEST_NS, Seeds.from(2));
        assertNotEquals(one.nextDelayNs(), other.nextDelayNs());
    }

    @Test
    void shouldRepeatFromItsSeed() {
        long[] first = delays(new Backoff(FIRST_NS, LONGEST_NS, Seeds.from(7)));
        long[] second = delays(new Backoff(FIRST_NS, LONGEST_NS, Seeds.from(7)));
        assertEquals(LongStream.of(first).boxed().toList(), LongStream.of(second).boxed().toList());
    }

    private static long[] delays(Backoff backoff) {
        return LongStream.generate(backoff::nextDelayNs).limit(20).toArray();
    }
}
