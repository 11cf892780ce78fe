package tenon.server.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.ServerConfig;
import tenon.server.error.EtcdError;
import tenon.server.kv.Proposer;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.PutResponse;
import tenon.server.rpc.StatusResponse;

/// W8 in a cluster: the one that cannot keep up refuses writes, the others go on.
@Timeout(240)
class W08LaggingFollowerTest {
    private static final int WAVE_COUNT = 500;
    private static final int LARGE_BYTES = 1 << 20;
    /// Batches of the store that are full soon, so that a disk that hangs is noticed.
    private static final UnaryOperator<ServerConfig.Builder> SMALL_BATCHES = builder -> builder.backendBatchLimit(100);

    @TempDir
    Path directory;

    private static PutRequest put(int number) {
        return put(number, ByteString.copyFromUtf8("v" + number));
    }

    private static PutRequest put(int number, ByteString value) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k" + number % 100))
                .setValue(value)
                .build();
    }

    /// Many at a time.
    private static void write(TestCluster cluster, String through, int count) throws Exception {
        KVGrpc.KVFutureStub kv = KVGrpc.newFutureStub(cluster.channel(through)).withDeadlineAfter(60, TimeUnit.SECONDS);
        for (int begin = 0; begin < count; begin += WAVE_COUNT) {
            List<ListenableFuture<PutResponse>> wave = new ArrayList<>();
            for (int i = begin; i < Math.min(count, begin + WAVE_COUNT); i++) {
                wave.add(kv.put(put(i)));
            }
            Futures.allAsList(wave).get();
        }
    }

    /// Null while a write only waits.
    private static String refusal(TestCluster cluster, String through) {
        try {
            cluster.kv(through).withDeadlineAfter(200, TimeUnit.MILLISECONDS).put(put(0));
            return null;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED ? null : e.getStatus().getDescription();
        }
    }

    @Test
    void shouldRefuseWritesOnlyWhereTooMuchIsNotApplied() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, SMALL_BATCHES, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            List<String> followers =
                    cluster.names().stream().filter(name -> !name.equals(leader)).toList();
            String lagging = followers.getFirst();
            String other = followers.getLast();
            cluster.put(lagging, "before", "1");
            cluster.awaitEqual();
            cluster.storeDisk(lagging).stall();
            write(cluster, leader, (int) Proposer.UNAPPLIED_COUNT_MAX + 2 * WAVE_COUNT);
            assertEquals(
                    EtcdError.TOO_MANY_REQUESTS.text(),
                    TestCluster.await("a refusal", () -> refusal(cluster, lagging)));
            for (String name : List.of(leader, other)) {
                cluster.put(name, "through " + name, "2");
                assertEquals("2", cluster.get(leader, "through " + name));
                assertEquals("2", cluster.get(other, "through " + name));
            }
            cluster.storeDisk(lagging).goOn();
            cluster.awaitEqual();
            cluster.put(lagging, "after", "3");
            assertEquals(List.of("3", "3", "3"), cluster.each(name -> cluster.get(name, "after")));
        }
    }

    /// What it cannot apply would fill its memory, if it took all that the leader has for it.
    @Test
    void shouldTakeNoMoreEntriesThanItsMemoryHolds() throws Exception {
        UnaryOperator<ServerConfig.Builder> smallBatches = builder -> builder.backendBatchLimit(5);
        int takenMax = (int) (2 * Proposer.UNAPPLIED_SIZE_MAX_BYTES / LARGE_BYTES);
        try (TestCluster cluster = TestCluster.start(directory, smallBatches, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            String lagging = cluster.anyFollower();
            cluster.put(lagging, "before", "1");
            cluster.awaitEqual();
            cluster.storeDisk(lagging).stall();
            ByteString large = ByteString.copyFrom(new byte[LARGE_BYTES]);
            for (int number = 0; number < takenMax + 100; number++) {
                PutRequest request = put(number, large);
                TestCluster.patiently(() -> cluster.kv(leader).put(request));
            }
            StatusResponse behind = cluster.status(lagging);
            assertTrue(
                    behind.getRaftIndex() - behind.getRaftAppliedIndex() < takenMax + 50,
                    behind.getRaftIndex() + " taken, applied " + behind.getRaftAppliedIndex());
            assertTrue(behind.getRaftIndex() < cluster.status(leader).getRaftIndex() - 50);
            cluster.storeDisk(lagging).goOn();
            cluster.awaitEqual();
            cluster.put(lagging, "after", "2");
            assertEquals(List.of("2", "2", "2"), cluster.each(name -> cluster.get(name, "after")));
        }
    }
}
