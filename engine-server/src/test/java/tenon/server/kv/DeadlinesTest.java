package tenon.server.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;
import tenon.testkit.ManualClock;

class DeadlinesTest {
    private static final long TIMEOUT_NS = 1_000_000_000L;
    private static final long SWEEP_NS = 50_000_000L;

    private final ManualClock clock = new ManualClock();
    private final Deadlines deadlines = new Deadlines(clock, TIMEOUT_NS);

    @Test
    void shouldFailWhatIsNotDoneInTime() {
        CompletableFuture<String> slow = new CompletableFuture<>();
        deadlines.add(slow);
        clock.advanceNs(TIMEOUT_NS - SWEEP_NS);
        assertFalse(slow.isDone());
        clock.advanceNs(2 * SWEEP_NS);
        RequestException cause =
                (RequestException) assertThrows(CompletionException.class, slow::join).getCause();
        assertEquals(EtcdError.TIMEOUT, cause.error());
        assertEquals(0, deadlines.count());
    }

    @Test
    void shouldNotHoldWhatIsDoneBehindWhatIsNot() {
        CompletableFuture<String> slow = new CompletableFuture<>();
        deadlines.add(slow);
        CompletableFuture<byte[]> large = new CompletableFuture<>();
        deadlines.add(large);
        large.complete(new byte[1 << 20]);
        clock.advanceNs(SWEEP_NS);
        assertEquals(1, deadlines.count());
        assertFalse(slow.isDone());
        slow.complete("at last");
        clock.advanceNs(TIMEOUT_NS);
        assertTrue(slow.isDone());
        assertEquals("at last", slow.join());
    }
}
