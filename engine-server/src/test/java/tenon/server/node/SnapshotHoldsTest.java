package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.testkit.ManualClock;

class SnapshotHoldsTest {
    private static final long NONE = Long.MAX_VALUE;

    private final ManualClock clock = new ManualClock();
    private final SnapshotHolds holds = new SnapshotHolds(clock);

    @Test
    void shouldHoldUntilWhoGotASnapshotHadTimeToCatchUp() {
        assertEquals(NONE, holds.lowestIndex());
        holds.begin(2, 700);
        holds.begin(3, 500);
        clock.advanceNs(10 * SnapshotHolds.CATCH_UP_NS);
        assertEquals(500, holds.lowestIndex());
        holds.end(3, true);
        clock.advanceNs(SnapshotHolds.CATCH_UP_NS);
        assertEquals(500, holds.lowestIndex());
        clock.advanceNs(1);
        assertEquals(700, holds.lowestIndex());
    }

    @Test
    void shouldNotHoldForWhoGetsNone() {
        holds.begin(2, 700);
        holds.end(2, false);
        holds.end(3, true);
        assertEquals(NONE, holds.lowestIndex());
        holds.begin(2, 800);
        holds.begin(3, 900);
        holds.retain(Set.of(1L, 3L));
        assertEquals(900, holds.lowestIndex());
    }
}
