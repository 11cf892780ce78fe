package tenon.server.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.error.EtcdError;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;

/// What reads cost, and what they need.
@Timeout(240)
class ClusterReadsTest {
    private static final int READ_COUNT = 2_000;
    private static final ByteString KEY = ByteString.copyFromUtf8("k");

    @TempDir
    Path directory;

    private static long metric(TestCluster cluster, String name, String metric) throws IOException {
        String text;
        try (InputStream page =
                cluster.server(name).clientUri().resolve("/metrics").toURL().openStream()) {
            text = new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
        Matcher line = Pattern.compile("^" + metric + " (\\d+)$", Pattern.MULTILINE).matcher(text);
        assertTrue(line.find(), "no " + metric);
        return Long.parseLong(line.group(1));
    }

    private static void readAtOnce(TestCluster cluster, String name) throws Exception {
        KVGrpc.KVFutureStub kv = KVGrpc.newFutureStub(cluster.channel(name)).withDeadlineAfter(60, TimeUnit.SECONDS);
        List<ListenableFuture<RangeResponse>> reads = new ArrayList<>();
        for (int i = 0; i < READ_COUNT; i++) {
            reads.add(kv.range(RangeRequest.newBuilder().setKey(KEY).build()));
        }
        for (RangeResponse response : Futures.allAsList(reads).get()) {
            assertEquals("1", response.getKvs(0).getValue().toStringUtf8());
        }
    }

    /// How many share a confirmation depends on how fast the client sends; `SharedReadsTest` tells it exactly.
    @Test
    void shouldConfirmManyReadsTogether() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, builder -> builder, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            cluster.put(leader, "k", "1");
            for (String name : List.of(leader, cluster.anyFollower())) {
                long rounds = metric(cluster, name, "tenon_server_read_index_rounds_total");
                long reads = metric(cluster, name, "tenon_server_linearizable_reads_total");
                readAtOnce(cluster, name);
                long newRounds = metric(cluster, name, "tenon_server_read_index_rounds_total") - rounds;
                assertEquals(READ_COUNT, metric(cluster, name, "tenon_server_linearizable_reads_total") - reads);
                assertTrue(newRounds > 0);
                assertTrue(newRounds < READ_COUNT, newRounds + " rounds for " + READ_COUNT);
            }
        }
    }

    @Test
    void shouldReadWhatItHasButNotLinearizablyWhenItIsCutOff() {
        try (TestCluster cluster = TestCluster.start(directory, builder -> builder, "a", "b", "c")) {
            cluster.put(cluster.awaitLeader(), "k", "1");
            cluster.awaitEqual();
            cluster.stop("b");
            cluster.stop("c");
            TestCluster.await("a member without a leader", () -> cluster.status("a").getLeader() == 0 ? "a" : null);
            RangeRequest linearizable = RangeRequest.newBuilder().setKey(KEY).build();
            RangeRequest serializable = linearizable.toBuilder().setSerializable(true).build();
            assertEquals("1", cluster.kv("a").range(serializable).getKvs(0).getValue().toStringUtf8());
            String noLeader = EtcdError.NO_LEADER.text();
            assertEquals(
                    noLeader,
                    assertThrows(StatusRuntimeException.class, () -> cluster.kv("a").range(linearizable))
                            .getStatus()
                            .getDescription());
            PutRequest put = PutRequest.newBuilder().setKey(KEY).build();
            assertEquals(
                    noLeader,
                    assertThrows(StatusRuntimeException.class, () -> cluster.kv("a").put(put))
                            .getStatus()
                            .getDescription());
            cluster.start("b");
            assertEquals("1", cluster.get("a", "k"));
        }
    }
}
