package tenon.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Platform;
import tenon.mvcc.MvccOptions;
import tenon.server.ServerConfig;
import tenon.server.error.EtcdError;
import tenon.server.kv.Proposer;
import tenon.server.rpc.PutResponse;
import tenon.testkit.HangingDisk;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// W11, W13, W15: what a disk that hangs does to a node.
class StalledDiskTest {
    private static final long MS = 1_000_000L;
    private static final int PUT_COUNT = 200;
    private static final int LARGE_PUT_COUNT = 70;
    private static final int LARGE_BYTES = 1 << 20;

    private final HangingDisk disk = new HangingDisk(new SimulatedFileSystem(), Path.of("/data/member/wal"));

    @Test
    void w11ShouldTellThatTheTimeIsOverAndServeReadsWhileTheDiskHangs() {
        ManualClock clock = new ManualClock();
        Platform platform = Platform.system().withFiles(disk.files()).withClock(clock);
        try (Node node = Node.start(TestNodes.config().build(), platform)) {
            TestNodes.put(node, "k", "1");
            disk.stall();
            CompletableFuture<PutResponse> put = node.kv().put(TestNodes.put("k", "2"));
            clock.advanceNs(6_900 * MS);
            assertFalse(put.isDone());
            assertEquals("1", TestNodes.get(node, "k").getKvs(0).getValue().toStringUtf8());
            assertTrue(node.hasLeader());
            clock.advanceNs(200 * MS);
            assertEquals(EtcdError.TIMEOUT, TestNodes.refusal(put));
            disk.goOn();
            TestNodes.put(node, "other", "x");
            assertEquals("2", TestNodes.get(node, "k").getKvs(0).getValue().toStringUtf8());
        } finally {
            disk.goOn();
        }
    }

    @Test
    void shouldRefuseWritesRatherThanFillTheMemoryWhileTheDiskHangs() {
        try (Node node = TestNodes.start(disk.files())) {
            TestNodes.put(node, "k", "1");
            disk.stall();
            String value = "v".repeat(LARGE_BYTES);
            List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
            for (int i = 0; i < LARGE_PUT_COUNT; i++) {
                puts.add(node.kv().put(TestNodes.put("large" + i % 2, value)));
            }
            assertEquals(EtcdError.TOO_MANY_REQUESTS, TestNodes.refusal(puts.getLast()));
            disk.goOn();
            assertNull(TestNodes.refusal(puts.getFirst()));
            TestNodes.put(node, "k", "2");
        } finally {
            disk.goOn();
        }
    }

    @Test
    void w08ShouldRefuseWritesRatherThanFillTheMemoryWhileTheDiskOfTheStoreHangs(@TempDir Path directory) {
        ManualClock clock = new ManualClock();
        HangingDisk storeDisk = new HangingDisk(Platform.system().files(), directory.resolve("member/snap"));
        Platform platform = Platform.system().withFiles(storeDisk.files()).withClock(clock);
        try (Node node = Node.start(ServerConfig.builder(directory).build(), platform)) {
            TestNodes.put(node, "k", "1");
            storeDisk.stall();
            String value = "v".repeat(LARGE_BYTES);
            long heldBytes = 2 * MvccOptions.DEFAULT.batchSizeMaxBytes() + Proposer.UNAPPLIED_SIZE_MAX_BYTES;
            List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
            while (true) {
                long before = commitIndex(node);
                CompletableFuture<PutResponse> put = node.kv().put(TestNodes.put("large", value));
                if (put.isCompletedExceptionally()) {
                    assertEquals(EtcdError.TOO_MANY_REQUESTS, TestNodes.refusal(put));
                    break;
                }
                puts.add(put);
                assertTrue(puts.size() < heldBytes / LARGE_BYTES + 10, "no write was refused");
                // The log's disk works: nothing is refused for what is not committed.
                while (commitIndex(node) == before) {
                    Thread.onSpinWait();
                }
            }
            assertTrue(puts.stream().anyMatch(put -> !put.isDone()));
            storeDisk.goOn();
            puts.forEach(TestNodes::await);
            TestNodes.put(node, "large", "last");
            assertEquals(puts.size() + 1, TestNodes.get(node, "large").getKvs(0).getVersion());
        } finally {
            storeDisk.goOn();
        }
    }

    private static long commitIndex(Node node) {
        return node.maintenance().status().getRaftIndex();
    }

    @Test
    void w15ShouldAcknowledgeNothingBeforeTheSyncAndThenAllWithOne() {
        try (Node node = TestNodes.start(disk.files())) {
            TestNodes.put(node, "k", "1");
            disk.stall();
            int before = disk.syncCount();
            List<CompletableFuture<PutResponse>> puts = new ArrayList<>();
            for (int i = 0; i < PUT_COUNT; i++) {
                puts.add(node.kv().put(TestNodes.put("k" + i, "v")));
            }
            TestNodes.get(node, "k");
            assertTrue(puts.stream().noneMatch(CompletableFuture::isDone));
            disk.goOn();
            puts.forEach(TestNodes::await);
            int syncs = disk.syncCount() - before;
            assertTrue(syncs <= 2, PUT_COUNT + " puts took " + syncs + " syncs");
        } finally {
            disk.goOn();
        }
    }
}
