package tenon.server.maintenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tenon.server.AutoCompaction;
import tenon.testkit.ManualClock;

/// W7: compaction every so many revisions, or keeping a window of time.
class W07AutoCompactorTest {
    private static final long MINUTE_NS = 60_000_000_000L;

    private final ManualClock clock = new ManualClock();
    private final AtomicLong revision = new AtomicLong(1);
    private final List<Long> compacted = new ArrayList<>();

    @Test
    void shouldKeepTheLastRevisions() {
        try (AutoCompactor _ =
                AutoCompactor.start(AutoCompaction.revisions(100), clock, revision::get, compacted::add)) {
            clock.advanceNs(5 * MINUTE_NS);
            assertEquals(List.of(), compacted);
            revision.set(1000);
            clock.advanceNs(5 * MINUTE_NS);
            assertEquals(List.of(900L), compacted);
        }
        clock.advanceNs(60 * MINUTE_NS);
        assertEquals(List.of(900L), compacted);
    }

    @Test
    void shouldKeepAWindowOfTime() {
        try (AutoCompactor _ =
                AutoCompactor.start(AutoCompaction.periodic(30 * 60_000), clock, revision::get, compacted::add)) {
            for (int minute = 1; minute <= 60; minute++) {
                revision.set(1000 + minute);
                clock.advanceNs(MINUTE_NS);
            }
        }
        // At 30 min the state of 0 min, at 60 min that of 30 min.
        assertEquals(List.of(1L, 1030L), compacted);
    }

    @Test
    void shouldDoNothingWhenItIsOff() {
        assertNull(AutoCompactor.start(AutoCompaction.OFF, clock, revision::get, compacted::add));
    }
}
