package tenon.server.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.command.demo.ServerProgram;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.MaintenanceGrpc;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.RangeResponse;
import tenon.server.rpc.StatusRequest;

/// etcd#20418: a leader whose process stood still (SIGSTOP) answered, when it went on, with what it knew before others
/// had elected another one and written.
///
/// `-Dtenon.pause.program=etcd` runs it on another server that takes the same flags, to test the test.
@Timeout(180)
class PausedLeaderIT {
    private static final int ROUND_COUNT = 3;
    private static final ByteString KEY = ByteString.copyFromUtf8("k");

    private record Node(Process process, ManagedChannel channel) {
        long term() {
            return MaintenanceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(2, TimeUnit.SECONDS)
                    .status(StatusRequest.getDefaultInstance())
                    .getRaftTerm();
        }

        boolean leads() {
            var status = MaintenanceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(2, TimeUnit.SECONDS)
                    .status(StatusRequest.getDefaultInstance());
            return status.getLeader() == status.getHeader().getMemberId();
        }

        void put(String value) {
            KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                    .put(PutRequest.newBuilder()
                            .setKey(KEY)
                            .setValue(ByteString.copyFromUtf8(value))
                            .build());
        }

        void signal(String name) throws IOException, InterruptedException {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            assertEquals(0, kill.waitFor());
        }
    }

    @TempDir
    Path directory;

    private final List<Node> nodes = new ArrayList<>();

    private void start() throws IOException, InterruptedException {
        List<String> program = ServerProgram.words("tenon.pause.program");
        ServerProgram.prepare(program);
        List<URI> clients = new ArrayList<>();
        List<URI> peers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(TestCluster.freeUrl());
            peers.add(TestCluster.freeUrl());
        }
        String all = "n0=" + peers.get(0) + ",n1=" + peers.get(1) + ",n2=" + peers.get(2);
        for (int i = 0; i < 3; i++) {
            List<String> command = new ArrayList<>(program);
            command.addAll(List.of(
                    "--name=n" + i,
                    "--data-dir=" + directory.resolve("n" + i),
                    "--listen-client-urls=" + clients.get(i),
                    "--advertise-client-urls=" + clients.get(i),
                    "--listen-peer-urls=" + peers.get(i),
                    "--initial-advertise-peer-urls=" + peers.get(i),
                    "--initial-cluster=" + all));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("n" + i + ".log").toFile())
                    .start();
            nodes.add(new Node(
                    process,
                    NettyChannelBuilder.forAddress("127.0.0.1", clients.get(i).getPort())
                            .usePlaintext()
                            .build()));
        }
    }

    @AfterEach
    void end() throws Exception {
        for (Node node : nodes) {
            node.channel.shutdownNow();
            node.process.destroyForcibly().waitFor();
        }
    }

    private Node awaitLeader(List<Node> among) {
        return TestCluster.await("a leader", () -> {
            for (Node node : among) {
                try {
                    if (node.leads()) {
                        return node;
                    }
                } catch (StatusRuntimeException notYet) {
                    continue;
                }
            }
            return null;
        });
    }

    /// Null if it refuses.
    private static String read(Node through) {
        try {
            return KVGrpc.newBlockingStub(through.channel)
                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                    .range(RangeRequest.newBuilder().setKey(KEY).build())
                    .getKvs(0)
                    .getValue()
                    .toStringUtf8();
        } catch (StatusRuntimeException notYet) {
            return null;
        }
    }

    private static boolean isWritten(Node through, String value) {
        try {
            through.put(value);
            return true;
        } catch (StatusRuntimeException noLeaderYet) {
            return false;
        }
    }

    @Test
    void shouldNotReadWhatIsOldWhenAPausedLeaderGoesOn() throws Exception {
        start();
        for (int round = 0; round < ROUND_COUNT; round++) {
            Node paused = awaitLeader(nodes);
            String old = "old " + round;
            TestCluster.await("a write", () -> isWritten(paused, old) ? true : null);
            long term = paused.term();
            paused.signal("STOP");
            List<Node> others = nodes.stream().filter(node -> node != paused).toList();
            String fresh = "new " + round;
            TestCluster.await("a write without it", () -> isWritten(others.getFirst(), fresh) ? true : null);
            // Is in its socket when it goes on.
            Future<RangeResponse> answer = KVGrpc.newFutureStub(paused.channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .range(RangeRequest.newBuilder().setKey(KEY).build());
            Thread.sleep(50);
            paused.signal("CONT");
            try {
                assertEquals(fresh, answer.get().getKvs(0).getValue().toStringUtf8());
            } catch (ExecutionException refused) {
                // To say nothing is right as well, for a while.
                assertEquals(StatusRuntimeException.class, refused.getCause().getClass());
            }
            assertNotEquals(term, awaitLeader(others).term());
            assertEquals(fresh, TestCluster.await("an answer", () -> read(paused)));
        }
    }
}
