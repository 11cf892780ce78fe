package tenon.server.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tenon.api.Consensus;
import tenon.api.ReadState;
import tenon.server.metrics.NodeCounters;

class ReadRoundsTest {
    private final List<Long> asked = new ArrayList<>();
    private final Consensus node = (Consensus) Proxy.newProxyInstance(
            Consensus.class.getClassLoader(), new Class<?>[] {Consensus.class}, (_, method, arguments) -> {
                assertEquals("readIndex", method.getName());
                asked.add((Long) arguments[0]);
                return null;
            });
    private final NodeCounters counters = new NodeCounters();
    private final ReadRounds rounds = new ReadRounds(node, counters, 40);

    @Test
    void shouldAskOnceForAllThatCameTogether() {
        List<CompletableFuture<Long>> reads = List.of(
                new CompletableFuture<>(), new CompletableFuture<>(), new CompletableFuture<>());
        reads.forEach(rounds::add);
        rounds.ask();
        rounds.ask();
        assertEquals(List.of(41L), asked);
        assertEquals(1, counters.readIndexRounds.sum());
        assertEquals(3, counters.linearizableReads.sum());
        rounds.onAnswer(new ReadState(41, 7));
        reads.forEach(read -> assertEquals(7, read.join()));
        assertFalse(rounds.areWaiting());
        assertEquals(0, counters.slowReadIndexes.sum());
    }

    @Test
    void shouldAskAgainAndCountThatWhenNoAnswerComes() {
        CompletableFuture<Long> read = new CompletableFuture<>();
        rounds.add(read);
        rounds.ask();
        for (int i = 0; i < 4; i++) {
            rounds.onTick();
        }
        assertEquals(List.of(41L), asked);
        rounds.onTick();
        assertEquals(List.of(41L, 41L), asked);
        assertEquals(1, counters.slowReadIndexes.sum());
        assertEquals(1, counters.readIndexRounds.sum());
        rounds.onAnswer(new ReadState(41, 7));
        assertEquals(7, read.join());
    }
}
