package tenon.server.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;

class AnswerMemoryTest {
    /// What large answers may take; a third of it more is for small ones.
    private static final long LARGE = 600_000;

    private final AnswerMemory memory = new AnswerMemory(LARGE / 3 * 4);

    private static EtcdError refusal(AnswerMemory.Share share) {
        return assertThrows(RequestException.class, share::check).error();
    }

    @Test
    void shouldRefuseAnAnswerThatIsTooLargeByItself() {
        AnswerMemory.Share share = memory.begin();
        assertTrue(share.take(LARGE - 10_000));
        assertTrue(share.take(10_000));
        share.check();
        assertFalse(share.take(1));
        assertEquals(EtcdError.ANSWER_TOO_LARGE, refusal(share));
        assertEquals(LARGE, memory.takenBytes());
    }

    @Test
    void shouldRefuseAnAnswerWhileOthersHaveTheRoom() {
        AnswerMemory.Share first = memory.begin();
        assertTrue(first.take(LARGE - 10_000));
        AnswerMemory.Share second = memory.begin();
        assertFalse(second.take(10_001));
        assertEquals(EtcdError.TOO_MANY_REQUESTS, refusal(second));
        first.close();
        assertTrue(memory.begin().take(LARGE));
    }

    /// Who puts must not be told that there is no room since somebody else reads no answers.
    @Test
    void shouldHaveRoomForSmallAnswersWhileLargeOnesHaveAllOfTheirs() {
        assertTrue(memory.begin().take(LARGE));
        assertFalse(memory.begin().take(4_097));
        AnswerMemory.Share small = memory.begin();
        assertTrue(small.take(4_000));
        assertFalse(small.take(1_000));
        while (memory.begin().take(4_000)) {
            assertTrue(memory.takenBytes() <= LARGE / 3 * 4);
        }
    }

    @Test
    void shouldRefuseAllThatComesBehindARefusal() {
        AnswerMemory.Share share = memory.begin();
        assertFalse(share.take(LARGE + 1));
        assertFalse(share.take(1));
        assertTrue(share.isRefused());
        assertEquals(0, memory.takenBytes());
    }

    @Test
    void shouldGiveBackOnceAndTakeNothingBehindTheEnd() {
        AnswerMemory.Share share = memory.begin();
        assertTrue(share.take(10_000));
        share.close();
        share.close();
        assertFalse(share.take(1));
        assertEquals(0, memory.takenBytes());
    }

    /// Even with a memory for which nothing is too large, gRPC has a limit.
    @Test
    void shouldRefuseWhatFitsIntoNoMessage() {
        AnswerMemory.Share share = new AnswerMemory(Long.MAX_VALUE).begin();
        assertTrue(share.take(1L << 30));
        assertFalse(share.take(1));
    }
}
