package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tenon.testkit.ManualClock;

class NoticesTest {
    private final ManualClock clock = new ManualClock();
    private final Notices notices = new Notices(clock, 1000);

    @Test
    void shouldSayTheSameOnceInAnInterval() {
        assertTrue(notices.isDue("a"));
        assertFalse(notices.isDue("a"));
        clock.advanceNs(999);
        assertFalse(notices.isDue("a"));
        clock.advanceNs(1);
        assertTrue(notices.isDue("a"));
    }

    @Test
    void shouldSayOtherThingsMeanwhile() {
        assertTrue(notices.isDue("a"));
        assertTrue(notices.isDue("b"));
    }

    @Test
    void shouldPrintNothingThatALogMustNotHold() {
        assertEquals("a?b??c", Notices.printable("a\nb\u001b\u00e9c"));
        assertEquals(300, Notices.printable("x".repeat(5000)).length());
    }
}
