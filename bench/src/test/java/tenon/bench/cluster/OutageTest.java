package tenon.bench.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OutageTest {
    private final Outage outage = Outage.beginsNow(7);

    @Test
    void shouldNotEndByAnAnswerOfTheOldLeader() {
        outage.onWritten(7);
        outage.onRead(7);
        assertFalse(outage.toWriteNs().isDone() || outage.toReadNs().isDone());
    }

    @Test
    void shouldEndByTheFirstAnswerOfALaterOne() {
        outage.onWritten(8);
        assertFalse(outage.toReadNs().isDone(), "a write is no read");
        long firstNs = outage.toWriteNs().join();
        outage.onWritten(9);
        outage.onRead(8);
        assertEquals(firstNs, outage.toWriteNs().join());
        assertTrue(outage.toReadNs().join() >= firstNs);
    }
}
