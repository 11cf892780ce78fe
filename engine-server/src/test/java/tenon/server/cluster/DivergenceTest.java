package tenon.server.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Platform;
import tenon.server.ServerConfig;
import tenon.server.divergence.AlteredStore;
import tenon.server.error.DivergedException;
import tenon.server.error.EtcdError;
import tenon.server.grpc.WatchingClient;
import tenon.server.peer.LogLines;
import tenon.server.rpc.AlarmMember;
import tenon.server.rpc.AlarmRequest;
import tenon.server.rpc.AlarmType;
import tenon.server.rpc.MoveLeaderRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.SnapshotRequest;

/// A member whose state is not that of the others is found, named, and serves nobody.
@Timeout(240)
class DivergenceTest {
    private static final UnaryOperator<ServerConfig.Builder> UNCOMPARED = builder -> builder.corruptCheckTimeMs(0);
    private static final UnaryOperator<ServerConfig.Builder> COMPARED = builder -> builder.corruptCheckTimeMs(100);

    @TempDir
    Path directory;

    private static String refusal(Executable call) {
        return assertThrows(StatusRuntimeException.class, call).getStatus().getDescription();
    }

    private static RangeRequest get(boolean serializable) {
        return RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k"))
                .setSerializable(serializable)
                .build();
    }

    private static List<AlarmMember> alarms(TestCluster cluster, String name) {
        AlarmRequest request = AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.GET)
                .setAlarm(AlarmType.NONE)
                .build();
        return TestCluster.patiently(() -> cluster.maintenance(name).alarm(request)).getAlarmsList();
    }

    private static void awaitAlarmOf(TestCluster cluster, String name) {
        AlarmMember expected = AlarmMember.newBuilder()
                .setMemberID(cluster.id(name))
                .setAlarm(AlarmType.CORRUPT)
                .build();
        for (String at : cluster.names()) {
            List<AlarmMember> standing = TestCluster.await("an alarm at " + at, () -> {
                List<AlarmMember> found = alarms(cluster, at);
                return found.isEmpty() ? null : found;
            });
            assertEquals(List.of(expected), standing);
        }
    }

    private static void assertServesNobody(TestCluster cluster, String name) {
        String corrupt = EtcdError.CORRUPT.text();
        assertEquals(corrupt, refusal(() -> cluster.kv(name).range(get(false))));
        assertEquals(corrupt, refusal(() -> cluster.kv(name).range(get(true))));
        assertEquals(corrupt, refusal(() -> cluster.kv(name).put(PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k"))
                .build())));
        assertEquals(corrupt, refusal(() -> cluster.maintenance(name)
                .snapshot(SnapshotRequest.getDefaultInstance())
                .next()));
        assertTrue(cluster.status(name).getErrorsList().toString().contains("alarm:CORRUPT"));
    }

    private static void assertServesReads(TestCluster cluster, String name) {
        assertEquals("right", cluster.get(name, "k"));
        assertEquals(EtcdError.CORRUPT.text(), refusal(() -> cluster.kv(name).put(PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k"))
                .build())));
    }

    /// Three members that were never compared, stopped, one of them altered.
    private TestCluster diverged(String altered) {
        TestCluster cluster = TestCluster.start(directory, UNCOMPARED, "a", "b", "c");
        cluster.put(cluster.awaitLeader(), "k", "right");
        cluster.put(cluster.awaitLeader(), "other", "1");
        cluster.awaitEqual();
        cluster.names().forEach(cluster::stop);
        AlteredStore.alter(
                Platform.system().files(),
                directory.resolve(altered).resolve("member").resolve("snap").resolve("db"),
                "k",
                "wrong");
        return cluster;
    }

    @Test
    void shouldRaiseTheAlarmOfTheOneThatDiffersAndStopItFromServing() {
        try (TestCluster cluster = diverged("b")) {
            List.of("a", "b", "c").forEach(name -> cluster.start(name, COMPARED));
            awaitAlarmOf(cluster, "b");
            assertServesNobody(cluster, "b");
            assertServesReads(cluster, "a");
            assertServesReads(cluster, "c");
            cluster.stop("b");
            cluster.start("b", COMPARED);
            assertServesNobody(cluster, "b");
        }
    }

    @Test
    void shouldEndTheWatchesOfTheOneThatDiffersAndNameTheRevision() throws InterruptedException {
        try (TestCluster cluster = diverged("b");
                LogLines log = new LogLines("tenon.server.divergence.StateComparison")) {
            cluster.start("a");
            cluster.start("b");
            WatchingClient right = watch(cluster, "a");
            WatchingClient wrong = watch(cluster, "b");
            String id = Long.toHexString(cluster.id("b"));
            cluster.start("c", COMPARED);
            assertEquals(EtcdError.CORRUPT.text(), wrong.awaitEnd().getDescription());
            awaitAlarmOf(cluster, "b");
            right.requestProgress();
            assertEquals(2, right.await(2).size());
            assertEquals(1, log.count("this member differs from the others and serves no clients any more"));
            assertEquals(2, log.count("member " + id + " differs from the others"));
            assertEquals(3, log.count(": at revision 3, entry "));
        }
    }

    /// From now on.
    private static WatchingClient watch(TestCluster cluster, String name) throws InterruptedException {
        WatchingClient client = WatchingClient.of(cluster.channel(name));
        client.create("k", _ -> {});
        client.await(1);
        return client;
    }

    @Test
    void shouldRaiseTheAlarmOfALeaderThatDiffers() {
        try (TestCluster cluster = diverged("b")) {
            cluster.start("a");
            cluster.start("b");
            String leader = cluster.awaitLeader();
            if (!leader.equals("b")) {
                cluster.maintenance(leader)
                        .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(cluster.id("b")).build());
            }
            assertEquals("b", cluster.awaitLeader());
            cluster.start("c", COMPARED);
            awaitAlarmOf(cluster, "b");
            assertServesNobody(cluster, "b");
            assertServesReads(cluster, "a");
            long corruptId = cluster.id("b");
            TestCluster.await("a leader that is right", () -> {
                long leaderId = cluster.status("a").getLeader();
                return leaderId != corruptId && leaderId != 0 ? leaderId : null;
            });
        }
    }

    @Test
    void shouldCompareAgainAndAgainWithoutAnAlarmWhileAllAreEqual() {
        try (TestCluster cluster = TestCluster.start(directory, COMPARED, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            for (int i = 0; i < 50; i++) {
                cluster.put(leader, "k" + i % 7, "v" + i);
            }
            cluster.awaitEqual();
            cluster.names().forEach(name -> {
                cluster.stop(name);
                cluster.start(name);
                cluster.put(name, "after", name);
            });
            cluster.awaitEqual();
            assertEquals(List.of(List.of(), List.of(), List.of()), cluster.each(name -> alarms(cluster, name)));
        }
    }

    @Test
    void shouldNotMistakeWhoCameBackByASnapshot() {
        UnaryOperator<ServerConfig.Builder> forgetful =
                builder -> TestCluster.FORGETFUL.apply(COMPARED.apply(builder));
        try (TestCluster cluster = TestCluster.start(directory, forgetful, "a", "b", "c")) {
            String away = cluster.bringBackAFollower();
            cluster.put(away, "after", "2");
            cluster.stop(away);
            cluster.start(away);
            assertEquals("2", cluster.get(away, "after"));
            cluster.put(away, "again", "3");
            cluster.awaitEqual();
            assertEquals(List.of(List.of(), List.of(), List.of()), cluster.each(name -> alarms(cluster, name)));
        }
    }

    @Test
    void shouldGoOnWithItsHashAsTheOnlyMemberByForce() {
        try (TestCluster cluster = TestCluster.start(directory, COMPARED, "a", "b", "c")) {
            cluster.put(cluster.awaitLeader(), "k", "right");
            cluster.awaitEqual();
            cluster.names().forEach(cluster::stop);
            cluster.start("a", builder -> builder.forceNewCluster(true));
            cluster.put("a", "more", "1");
            cluster.stop("a");
            cluster.start("a");
            assertEquals("right", cluster.get("a", "k"));
            assertEquals(List.of(), alarms(cluster, "a"));
        }
    }

    @Test
    void shouldServeNobodyBeforeTheFirstComparisonIfThatIsWanted() {
        UnaryOperator<ServerConfig.Builder> gated = builder -> builder.initialCorruptCheck(true);
        try (TestCluster cluster = diverged("b")) {
            cluster.start("b", gated);
            assertEquals(EtcdError.UNHEALTHY.text(), refusal(() -> cluster.kv("b").range(get(true))));
            cluster.start("a", gated);
            cluster.start("c", gated);
            Throwable reason = cluster.server("b").terminationReason().orTimeout(60, TimeUnit.SECONDS).join();
            assertEquals(DivergedException.class, reason.getClass());
            assertTrue(reason.getMessage().contains("found data inconsistency with peers"), reason.getMessage());
            assertServesReads(cluster, "a");
            assertServesReads(cluster, "c");
            assertFalse(cluster.server("a").terminationReason().isDone());
            assertFalse(cluster.server("c").terminationReason().isDone());
        }
    }
}
