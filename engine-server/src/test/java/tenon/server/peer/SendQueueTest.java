package tenon.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.Message;

class SendQueueTest {
    private static final Message SMALL = new Message.TimeoutNow(1, 2, 3);

    private static Message sized(int bytes) {
        return new Message.Forward(1, 2, 3, List.of(new Entry(0, 0, EntryType.NORMAL, new byte[bytes])));
    }

    @Test
    void shouldKeepTheOrder() {
        SendQueue queue = new SendQueue(new SendQueue.Limits(10, 1000));
        for (int term = 1; term <= 5; term++) {
            assertTrue(queue.offer(new Message.TimeoutNow(1, 2, term)));
        }
        for (int term = 1; term <= 5; term++) {
            assertEquals(term, queue.poll().term());
        }
        assertNull(queue.poll());
    }

    @Test
    void shouldTakeNoMoreThanTheCount() {
        SendQueue queue = new SendQueue(new SendQueue.Limits(2, 1_000_000));
        assertTrue(queue.offer(SMALL));
        assertTrue(queue.offer(SMALL));
        assertFalse(queue.offer(SMALL));
        queue.poll();
        assertTrue(queue.offer(SMALL));
    }

    @Test
    void shouldTakeNoMoreThanTheBytes() {
        SendQueue queue = new SendQueue(new SendQueue.Limits(100, 3000));
        assertTrue(queue.offer(sized(2000)));
        assertFalse(queue.offer(sized(2000)));
        assertTrue(queue.offer(SMALL));
        queue.poll();
        assertTrue(queue.offer(sized(2000)));
    }

    @Test
    void shouldTakeWhatIsTooLargeOnlyWhenNothingElseWaits() {
        SendQueue queue = new SendQueue(new SendQueue.Limits(100, 100));
        assertTrue(queue.offer(sized(5000)));
        assertFalse(queue.offer(SMALL));
        queue.poll();
        assertTrue(queue.offer(SMALL));
        assertFalse(queue.offer(sized(5000)));
    }

    @Test
    void shouldHaveRoomAgainAfterItWasCleared() {
        SendQueue queue = new SendQueue(new SendQueue.Limits(2, 3000));
        queue.offer(sized(2000));
        queue.offer(SMALL);
        assertEquals(2, queue.clear());
        assertNull(queue.poll());
        assertTrue(queue.offer(sized(2500)));
    }

    @Test
    void shouldRefuseLimitsUnderWhichNothingFits() {
        assertThrows(IllegalArgumentException.class, () -> new SendQueue.Limits(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new SendQueue.Limits(1, 0));
    }
}
