package tenon.server.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;

class AnswerMemoryTest {
    private final AnswerMemory memory = new AnswerMemory(1_000);

    private static EtcdError refusal(AnswerMemory.Share share) {
        return assertThrows(RequestException.class, share::check).error();
    }

    @Test
    void shouldRefuseAnAnswerThatIsTooLargeByItself() {
        AnswerMemory.Share share = memory.begin();
        assertTrue(share.take(600));
        assertTrue(share.take(400));
        share.check();
        assertFalse(share.take(1));
        assertEquals(EtcdError.ANSWER_TOO_LARGE, refusal(share));
        assertEquals(1_000, memory.takenBytes());
    }

    @Test
    void shouldRefuseAnAnswerWhileOthersHaveTheRoom() {
        AnswerMemory.Share first = memory.begin();
        assertTrue(first.take(600));
        AnswerMemory.Share second = memory.begin();
        assertFalse(second.take(500));
        assertEquals(EtcdError.TOO_MANY_REQUESTS, refusal(second));
        first.close();
        assertTrue(memory.begin().take(1_000));
    }

    @Test
    void shouldRefuseAllThatComesBehindARefusal() {
        AnswerMemory.Share share = memory.begin();
        assertFalse(share.take(1_001));
        assertFalse(share.take(1));
        assertTrue(share.isRefused());
        assertEquals(0, memory.takenBytes());
    }

    @Test
    void shouldGiveBackOnceAndTakeNothingBehindTheEnd() {
        AnswerMemory.Share share = memory.begin();
        assertTrue(share.take(700));
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
