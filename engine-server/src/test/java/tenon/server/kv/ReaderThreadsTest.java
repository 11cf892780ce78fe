package tenon.server.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tenon.api.Platform;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;

class ReaderThreadsTest {
    private static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void w29ShouldLetSmallReadsThroughWhileLargeOnesHang() {
        CompletableFuture<String> gate = new CompletableFuture<>();
        try (ReaderThreads readers = new ReaderThreads(Platform.system(), 2)) {
            List<CompletableFuture<String>> large = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                large.add(readers.submit(true, gate::join));
            }
            assertEquals("small", await(readers.submit(false, () -> "small")));
            large.forEach(read -> assertFalse(read.isDone()));
            gate.complete("large");
            large.forEach(read -> assertEquals("large", await(read)));
        }
    }

    @Test
    void shouldFinishWhatWaitsAndRefuseWhatComesLate() {
        ReaderThreads readers = new ReaderThreads(Platform.system(), 2);
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            reads.add(readers.submit(i % 2 == 0, () -> number));
        }
        readers.close();
        for (int i = 0; i < reads.size(); i++) {
            assertEquals(i, reads.get(i).getNow(-1));
        }
        assertThrows(CompletionException.class, () -> readers.submit(false, () -> 0).join());
    }

    @Test
    void shouldRefuseWhatWouldWaitForTooLong() {
        CompletableFuture<String> gate = new CompletableFuture<>();
        try (ReaderThreads readers = new ReaderThreads(Platform.system(), 2)) {
            CompletableFuture<String> last;
            do {
                last = readers.submit(false, gate::join);
            } while (!last.isDone());
            CompletionException refused = assertThrows(CompletionException.class, last::join);
            assertEquals(EtcdError.TOO_MANY_REQUESTS, ((RequestException) refused.getCause()).error());
            gate.complete("done");
        }
    }

    @Test
    void w11ShouldNeverGiveAnIdTwice() {
        Set<Long> ids = new HashSet<>();
        for (long term = 0; term < 10; term++) {
            RequestIds life = new RequestIds(7, term, 100, 1);
            for (int i = 0; i < 1000; i++) {
                ids.add(life.next());
            }
        }
        assertEquals(10_000, ids.size());
    }
}
