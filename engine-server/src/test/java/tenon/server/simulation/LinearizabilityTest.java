package tenon.server.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

class LinearizabilityTest {
    private long lastId;

    private Operation get(long from, long to, long found) {
        return new Operation(100 + ++lastId, Operation.Kind.GET, 0, 0, 0, from).answered(to, found);
    }

    private static Operation put(long id, long from, long to) {
        Operation put = new Operation(id, Operation.Kind.PUT, 0, 0, 0, from);
        return to == 0 ? put : put.answered(to, 0);
    }

    private static Operation swap(long id, long expected, long from, long to, long found) {
        Operation swap = new Operation(id, Operation.Kind.SWAP, 0, expected, 0, from);
        return to == 0 ? swap : swap.answered(to, found);
    }

    private static Operation delete(long id, long from, long to) {
        Operation delete = new Operation(id, Operation.Kind.DELETE, 0, 0, 0, from);
        return to == 0 ? delete : delete.answered(to, 0);
    }

    @Test
    void shouldAcceptEitherValueWhileAWriteIsUnderWay() {
        assertTrue(Linearizability.holds(List.of(put(1, 1, 10), get(2, 3, 0), get(4, 5, 1))));
        assertTrue(Linearizability.holds(List.of(put(1, 1, 10), get(2, 3, 1))));
    }

    @Test
    void shouldRefuseAReadThatGoesBack() {
        assertFalse(Linearizability.holds(List.of(put(1, 1, 10), get(2, 3, 1), get(4, 5, 0))));
    }

    @Test
    void shouldRefuseAStaleRead() {
        assertFalse(Linearizability.holds(List.of(put(1, 1, 2), put(2, 3, 4), get(5, 6, 1))));
    }

    @Test
    void shouldRefuseAValueThatNobodyWrote() {
        assertFalse(Linearizability.holds(List.of(put(1, 1, 2), get(3, 4, 7))));
    }

    @Test
    void shouldLetAWriteWithoutAnswerTakeEffectLateOrNever() {
        assertTrue(Linearizability.holds(List.of(put(1, 1, 0), get(2, 3, 0), get(4, 5, 1))));
        assertTrue(Linearizability.holds(List.of(put(1, 1, 0), get(2, 3, 0))));
        assertFalse(Linearizability.holds(List.of(put(1, 1, 0), get(2, 3, 1), get(4, 5, 0))));
    }

    @Test
    void shouldLetASwapTakeEffectOnlyOnWhatItExpects() {
        assertTrue(Linearizability.holds(List.of(put(1, 1, 2), swap(2, 1, 3, 4, 1), get(5, 6, 2))));
        assertFalse(Linearizability.holds(List.of(put(1, 1, 2), swap(2, 1, 3, 4, 1), swap(3, 1, 5, 6, 1))));
        assertFalse(Linearizability.holds(List.of(put(1, 1, 2), swap(2, 1, 3, 4, 0))));
        assertTrue(Linearizability.holds(List.of(put(1, 1, 2), swap(2, 7, 3, 4, 1), get(5, 6, 1))));
    }

    @Test
    void shouldSeeThatASwapWithoutAnswerSawWhatItExpected() {
        assertTrue(Linearizability.holds(List.of(put(1, 1, 0), swap(2, 1, 1, 0, 0), get(2, 3, 2))));
        assertFalse(Linearizability.holds(List.of(swap(2, 1, 1, 0, 0), get(2, 3, 2))));
    }

    @Test
    void shouldFindNothingBehindADeletion() {
        assertTrue(Linearizability.holds(List.of(put(1, 1, 2), delete(2, 3, 4), get(5, 6, 0))));
        assertFalse(Linearizability.holds(List.of(put(1, 1, 2), delete(2, 3, 4), get(5, 6, 1))));
        assertTrue(Linearizability.holds(List.of(put(1, 1, 2), delete(2, 3, 0), get(4, 5, 1), get(6, 7, 0))));
        assertTrue(Linearizability.holds(List.of(delete(1, 1, 2), swap(2, 0, 3, 4, 0), get(5, 6, 2))));
    }

    /// Against all orders, tried one by one.
    @Test
    void shouldAgreeWithTheDefinitionOnSmallHistories() {
        RandomGenerator random = Seeds.random(LinearizabilityTest.class);
        int holding = 0;
        for (int round = 0; round < 3000; round++) {
            List<Operation> history = new ArrayList<>();
            int size = 2 + random.nextInt(4);
            for (int id = 1; id <= size; id++) {
                // No two moments are the same.
                long from = 100L * random.nextInt(12) + id;
                long to = random.nextInt(4) == 0 ? 0 : from + 50 + 100L * random.nextInt(6);
                long value = random.nextInt(size + 1);
                history.add(switch (random.nextInt(4)) {
                    case 0 -> put(id, from, to);
                    case 2 -> delete(id, from, to);
                    case 1 -> swap(id, value == id ? 0 : value, from, to, random.nextInt(size + 1));
                    default -> get(from, to == 0 ? from + 50 : to, value);
                });
            }
            boolean expected = isExplained(history, 0);
            holding += expected ? 1 : 0;
            assertEquals(expected, Linearizability.holds(history), history::toString);
        }
        assertTrue(holding > 100 && holding < 2900, "both kinds of histories: " + holding);
    }

    private static boolean isExplained(List<Operation> left, long value) {
        if (left.stream().noneMatch(Operation::isAnswered)) {
            return true;
        }
        for (Operation next : left) {
            boolean inTime = left.stream().noneMatch(other -> other.returnedAt < next.invokedAt);
            boolean answers = switch (next.kind) {
                case PUT, DELETE -> true;
                case GET -> next.observed == value;
                case SWAP -> !next.isAnswered() || next.observed == value;
            };
            if (inTime && answers) {
                boolean writes = next.kind != Operation.Kind.GET
                        && (next.kind != Operation.Kind.SWAP || next.expected == value);
                List<Operation> rest = new ArrayList<>(left);
                rest.remove(next);
                if (isExplained(rest, writes ? next.written() : value)) {
                    return true;
                }
            }
        }
        return false;
    }
}
