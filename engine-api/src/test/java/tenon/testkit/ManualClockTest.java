package tenon.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManualClockTest {
    @Test
    void shouldRunDueTasksInOrderOfTime() {
        ManualClock clock = new ManualClock();
        List<String> ran = new ArrayList<>();
        clock.after(30, () -> ran.add("once@" + clock.monotonicNs()));
        clock.every(20, () -> ran.add("again@" + clock.monotonicNs()));
        clock.after(10, () -> ran.add("cancelled")).cancel();
        clock.advanceNs(45);
        assertEquals(List.of("again@20", "once@30", "again@40"), ran);
        assertEquals(45, clock.monotonicNs());
    }
}
