package tenon.server.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.server.error.EtcdError;
import tenon.server.error.RequestException;

class AppliedWaitersTest {
    private final AppliedWaiters waiters = new AppliedWaiters(5);

    private static EtcdError refusal(CompletableFuture<Void> failed) {
        Throwable cause = Assertions.assertThrows(CompletionException.class, failed::join).getCause();
        return ((RequestException) cause).error();
    }

    @Test
    void shouldTellWhoWaitsForWhatIsAppliedNow() {
        assertTrue(waiters.reached(5).isDone());
        CompletableFuture<Void> eight = waiters.reached(8);
        CompletableFuture<Void> seven = waiters.reached(7);
        CompletableFuture<Void> sevenToo = new CompletableFuture<>();
        waiters.complete(7, sevenToo);
        waiters.advance(6);
        assertFalse(seven.isDone());
        waiters.advance(7);
        assertTrue(seven.isDone() && sevenToo.isDone());
        assertFalse(eight.isDone());
        waiters.advance(9);
        assertTrue(eight.isDone());
        assertEquals(9, waiters.appliedIndex());
    }

    @Test
    void shouldTellAllThatItStopped() {
        CompletableFuture<Void> early = waiters.reached(6);
        waiters.close();
        assertEquals(EtcdError.STOPPED, refusal(early));
        assertEquals(EtcdError.STOPPED, refusal(waiters.reached(6)));
        assertTrue(waiters.reached(5).isDone());
    }

    /// As long as the store hangs, each read that comes waits until its time is over. To forget one must not take longer
    /// the more there are.
    @Test
    @Timeout(60)
    void shouldForgetManyWhoseTimeIsOver() {
        List<CompletableFuture<Void>> reads = new ArrayList<>();
        for (int i = 0; i < 300_000; i++) {
            reads.add(waiters.reached(6));
        }
        reads.reversed().forEach(read -> read.completeExceptionally(new TimeoutException()));
        assertEquals(0, waiters.count());
    }

    @Test
    void shouldNotKeepWhoHasFailedBefore() {
        CompletableFuture<Void> late = CompletableFuture.failedFuture(new TimeoutException());
        waiters.complete(6, late);
        assertEquals(0, waiters.count());
    }
}
