package tenon.server.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.ServerConfig;
import tenon.server.rpc.DefragmentRequest;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.StatusResponse;

/// What members do for each other while they are read, defragmented, cut off and stopped.
@Timeout(240)
class ClusterOperationTest {
    private static final UnaryOperator<ServerConfig.Builder> PLAIN = builder -> builder;
    private static final RangeRequest READ =
            RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();

    private static final int PATIENCE_MS = 50_000;

    @TempDir
    Path directory;

    private static long readRounds(TestCluster cluster, String name) throws IOException {
        try (InputStream page =
                cluster.server(name).clientUri().resolve("/metrics").toURL().openStream()) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("tenon_server_read_index_rounds_total "))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void shouldConfirmManyReadsWithFewRounds() throws Exception {
        int readCount = 1_000;
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            cluster.put(leader, "k", "1");
            for (String name : List.of(leader, cluster.anyFollower())) {
                assertEquals("1", cluster.get(name, "k"));
                long before = readRounds(cluster, name);
                KVGrpc.KVFutureStub kv = KVGrpc.newFutureStub(cluster.channel(name));
                List<ListenableFuture<RangeResponse>> reads = new ArrayList<>();
                for (int i = 0; i < readCount; i++) {
                    reads.add(kv.range(READ));
                }
                for (ListenableFuture<RangeResponse> read : reads) {
                    assertEquals("1", read.get().getKvs(0).getValue().toStringUtf8());
                }
                long rounds = readRounds(cluster, name) - before;
                assertTrue(rounds >= 1 && rounds <= readCount / 2, rounds + " rounds for " + readCount + " reads");
            }
        }
    }

    @Test
    void shouldShowWhatItHasToWhoAsksForNoMoreWhenItIsCutOff() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            cluster.put(cluster.awaitLeader(), "k", "1");
            cluster.awaitEqual();
            String remaining = cluster.anyFollower();
            cluster.names().stream().filter(name -> !name.equals(remaining)).forEach(cluster::stop);
            TestCluster.await("nobody leads", () -> cluster.status(remaining).getLeader() == 0 ? true : null);
            RangeRequest serializable = READ.toBuilder().setSerializable(true).build();
            assertEquals(1, cluster.kv(remaining).range(serializable).getCount());
            KVGrpc.KVBlockingStub impatient = cluster.kv(remaining).withDeadlineAfter(2, TimeUnit.SECONDS);
            assertThrows(StatusRuntimeException.class, () -> impatient.range(READ));
        }
    }

    /// etcd#9222, #20952: a defragmentation held up a whole cluster.
    @Test
    void shouldLeadAndTakeWritesWhileItDefragments() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            String follower = cluster.anyFollower();
            for (int i = 0; i < 300; i++) {
                cluster.put(leader, "k" + i, "v".repeat(2_000));
            }
            StatusResponse before = cluster.status(leader);
            AtomicInteger written = new AtomicInteger();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 400; i++) {
                    cluster.kv(i % 2 == 0 ? leader : follower).put(tenon.server.rpc.PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("w" + i))
                            .build());
                    written.incrementAndGet();
                }
            });
            int defragmentations = 0;
            while (!writing.isDone()) {
                cluster.maintenance(leader).defragment(DefragmentRequest.getDefaultInstance());
                cluster.maintenance(follower).defragment(DefragmentRequest.getDefaultInstance());
                defragmentations++;
            }
            writing.join();
            assertTrue(defragmentations > 0);
            assertEquals(400, written.get());
            StatusResponse after = cluster.status(leader);
            assertEquals(before.getLeader(), after.getLeader());
            assertEquals(before.getRaftTerm(), after.getRaftTerm(), "nobody stood for election");
            cluster.awaitEqual();
        }
    }

    /// The others are too patient to elect anybody so soon.
    @Test
    void shouldHandOverBeforeItEnds() {
        UnaryOperator<ServerConfig.Builder> patient =
                builder -> builder.heartbeatIntervalMs(5_000).electionTimeoutMs(PATIENCE_MS);
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            cluster.put(leader, "k", "1");
            for (String name : cluster.names()) {
                if (!name.equals(leader)) {
                    cluster.awaitEqual();
                    cluster.stop(name);
                    cluster.start(name, patient);
                    TestCluster.await("it follows", () -> cluster.status(name).getLeader() != 0 ? true : null);
                }
            }
            cluster.awaitEqual();
            assertEquals(leader, cluster.awaitLeader());
            cluster.stop(leader);
            long stoppedNs = System.nanoTime();
            String next = cluster.awaitLeader();
            assertNotEquals(leader, next);
            assertTrue(System.nanoTime() - stoppedNs < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS), "it stood by itself");
            cluster.put(next, "k", "2");
        }
    }
}
