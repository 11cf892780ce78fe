package tenon.bench.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    @Test
    void shouldGiveEachPeerItsTurnInEachRound() throws InterruptedException {
        List<String> order = new ArrayList<>();
        new Turns().run(List.of("1", "2"), List.of("a", "b"), 2, (setting, peer) -> {
            order.add(peer + setting);
            return Outcome.of(1, 1);
        });
        assertEquals(List.of("a1", "b1", "a2", "b2", "a1", "b1", "a2", "b2"), order);
    }

    @Test
    void shouldCompareWithinARound() throws InterruptedException {
        // The machine was ten times slower in the second round.
        Deque<Long> ns = new ArrayDeque<>(List.of(10L, 20L, 100L, 200L, 10L, 40L));
        Turns turns = new Turns();
        turns.run(List.of("1"), List.of("a", "b"), 3, (setting, peer) -> Outcome.of(1, ns.remove()));
        assertEquals(2, turns.ratio("1", "a", "b"), 1e-9);
        assertArrayEquals(new double[] {1e8, 1e7, 1e8}, turns.perSecond("1", "a"), 1e-3);
    }

    @Test
    void shouldLeaveOutWhoFails() throws InterruptedException {
        Turns turns = new Turns();
        int[] taken = new int[1];
        turns.run(List.of("1", "2"), List.of("a"), 3, (setting, peer) -> {
            if (setting.equals("2") && taken[0]++ == 1) {
                throw new IOException("out of order");
            }
            return Outcome.of(1, 1);
        });
        assertTrue(turns.has("1", "a"));
        assertFalse(turns.has("2", "a"), "what it had measured before it failed is not left out");
        assertEquals(2, taken[0], "it had another turn after it failed");
        assertEquals(List.of("a FAILED at 2: out of order"), turns.failures());
    }

    @Test
    void shouldReadAnOutcomeAsItWasTold() throws IOException {
        Outcome outcome = Outcome.of(2_000, 1_000_000).with("p99", 12.5);
        assertEquals(outcome, Outcome.of(List.of("a line before", outcome.toString(), "a line behind")));
        assertThrows(IOException.class, () -> Outcome.of(List.of("a line before")));
        assertEquals(2e6, outcome.perSecond(), 1e-3);
    }
}
