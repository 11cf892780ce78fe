package tenon.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.Platform;
import tenon.api.Threads;

@Timeout(20)
class BlockingLaneTest {
    private final AtomicInteger startedCount = new AtomicInteger();
    private final Threads threads = (name, body) -> {
        startedCount.incrementAndGet();
        return Platform.system().threads().start(name, body);
    };

    @Test
    void shouldStartThreadsOnlyWhenNeeded() throws Exception {
        try (BlockingLane lane = new BlockingLane(threads, "lane", 2, 10)) {
            assertEquals(0, startedCount.get());
            assertEquals("lane-0", lane.call(() -> Thread.currentThread().getName()).get());
            assertEquals(1, startedCount.get());
        }
    }

    @Test
    void shouldRunAsManyAsItHasThreadsAndRefuseTheRestWhenFull() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch began = new CountDownLatch(2);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        try (BlockingLane lane = new BlockingLane(threads, "lane", 2, 3)) {
            for (int i = 0; i < 2; i++) {
                calls.add(lane.call(() -> awaitEnd(began, end)));
            }
            began.await();
            for (int i = 0; i < 3; i++) {
                calls.add(lane.call(() -> awaitEnd(began, end)));
            }
            assertThrows(RejectedExecutionException.class, () -> lane.execute(() -> {}));
            ExecutionException refused =
                    assertThrows(ExecutionException.class, () -> lane.call(() -> "").get());
            assertInstanceOf(RejectedExecutionException.class, refused.getCause());
            end.countDown();
            for (CompletableFuture<String> call : calls) {
                call.get(10, TimeUnit.SECONDS);
            }
            assertEquals(2, startedCount.get());
        }
    }

    @Test
    void shouldSurviveTasksThatFail() throws Exception {
        try (BlockingLane lane = new BlockingLane(threads, "lane", 1, 10)) {
            lane.execute(() -> {
                throw new IllegalStateException("on purpose");
            });
            ExecutionException failed = assertThrows(
                    ExecutionException.class,
                    () -> lane.call(() -> {
                                throw new AssertionError("on purpose");
                            })
                            .get());
            assertInstanceOf(AssertionError.class, failed.getCause());
            assertEquals("fine", lane.call(() -> "fine").get());
        }
    }

    @Test
    void shouldFinishWhatWaitsWhenClosed() {
        BlockingLane lane = new BlockingLane(threads, "lane", 1, 100);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(lane.call(() -> "done"));
        }
        lane.close();
        assertTrue(calls.stream().allMatch(CompletableFuture::isDone));
        assertThrows(RejectedExecutionException.class, () -> lane.execute(() -> {}));
    }

    private static String awaitEnd(CountDownLatch began, CountDownLatch end) {
        began.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return "done";
    }
}
