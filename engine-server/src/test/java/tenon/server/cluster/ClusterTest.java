package tenon.server.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.InitialClusterState;
import tenon.server.ServerConfig;
import tenon.server.error.EtcdError;
import tenon.server.error.MemberRemovedException;
import tenon.server.rpc.KVGrpc;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberPromoteRequest;
import tenon.server.rpc.MemberPromoteResponse;
import tenon.server.rpc.MemberRemoveRequest;
import tenon.server.rpc.MoveLeaderRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;

/// Three members and more, as clients and operators see them.
@Timeout(240)
class ClusterTest {
    private static final UnaryOperator<ServerConfig.Builder> PLAIN = builder -> builder;

    @TempDir
    Path directory;

    @Test
    void w01ShouldServeThroughAnyMember() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            cluster.awaitLeader();
            for (String name : cluster.names()) {
                cluster.put(name, "from-" + name, name);
                assertEquals(List.of(name, name, name), cluster.each(at -> cluster.get(at, "from-" + name)));
            }
            assertEquals(4, cluster.awaitEqual(), "each of three puts once");
        }
    }

    @Test
    void shouldListAllMembersWithWhereTheyServe() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            List<String> expected = cluster.each(name -> cluster.server(name).clientUri().toString());
            for (String name : cluster.names()) {
                assertEquals(
                        expected,
                        TestCluster.await("all client URLs", () -> {
                            List<String> told = members(cluster, name).stream()
                                    .sorted(java.util.Comparator.comparing(Member::getName))
                                    .flatMap(member -> member.getClientURLsList().stream())
                                    .toList();
                            return told.size() == 3 ? told : null;
                        }));
            }
        }
    }

    @Test
    void shouldShowInMetricsWhomItIsInTouchWith() throws IOException {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            cluster.put(cluster.awaitLeader(), "k", "1");
            cluster.awaitEqual();
            String metrics = metrics(cluster, "a");
            for (String other : List.of("b", "c")) {
                String id = Long.toHexString(cluster.id(other));
                String pair = "{Local=\"" + Long.toHexString(cluster.id("a")) + "\",Remote=\"" + id + "\"} ";
                assertTrue(metrics.contains("etcd_network_active_peers" + pair + "1\n"), metrics);
                assertTrue(metrics.contains("etcd_network_disconnected_peers_total" + pair), metrics);
                assertTrue(metrics.contains("etcd_network_peer_sent_bytes_total{To=\"" + id + "\"} "), metrics);
            }
        }
    }

    private static String metrics(TestCluster cluster, String name) throws IOException {
        URI uri = cluster.server(name).clientUri().resolve("/metrics");
        try (InputStream page = uri.toURL().openStream()) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldGoOnWithoutItsLeaderAndTakeItBack() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            String first = cluster.awaitLeader();
            cluster.put(first, "k", "1");
            cluster.stop(first);
            String second = cluster.awaitLeader();
            assertNotEquals(first, second);
            cluster.put(second, "k", "2");
            assertEquals(List.of("2", "2"), cluster.each(name -> cluster.get(name, "k")));
            cluster.start(first);
            assertEquals("2", cluster.get(first, "k"));
            cluster.awaitEqual();
        }
    }

    @Test
    void shouldKeepWhatWasAcknowledgedWhenAllStop() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            cluster.put(cluster.awaitLeader(), "k", "1");
            cluster.restartAll();
            assertEquals(List.of("1", "1", "1"), cluster.each(name -> cluster.get(name, "k")));
        }
    }

    @Test
    void shouldHandLeadershipToWhoIsTold() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            String other = cluster.anyFollower();
            MoveLeaderRequest request =
                    MoveLeaderRequest.newBuilder().setTargetID(cluster.id(other)).build();
            assertEquals(EtcdError.NOT_LEADER.text(), refusal(() -> cluster.maintenance(other).moveLeader(request)));
            cluster.maintenance(leader).moveLeader(request);
            assertEquals(cluster.id(other), cluster.status(leader).getLeader());
            MoveLeaderRequest toNobody = MoveLeaderRequest.newBuilder().setTargetID(4711).build();
            assertEquals(
                    EtcdError.BAD_LEADER_TRANSFEREE.text(),
                    refusal(() -> cluster.maintenance(other).moveLeader(toNobody)));
        }
    }

    /// Nobody stands for election by himself, for no time passes.
    @Test
    void shouldHandOverBeforeItStops() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            long term = cluster.status(leader).getRaftTerm();
            cluster.ticks().stop();
            // Somebody has to be heard of, behind the last tick.
            cluster.put(leader, "k", "1");
            cluster.stop(leader);
            String next = cluster.awaitLeader();
            assertEquals(term + 1, cluster.status(next).getRaftTerm());
            cluster.put(next, "k", "2");
            assertEquals(List.of("2", "2"), cluster.each(name -> cluster.get(name, "k")));
        }
    }

    @Test
    void shouldHandOverWhileItsDiskHangs() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            cluster.put(leader, "k", "1");
            cluster.awaitEqual();
            long hangingId = cluster.id(leader);
            cluster.disk(leader).stall();
            String other = cluster.anyFollower();
            cluster.put(other, "k", "2");
            TestCluster.await("another leader", () -> {
                long leaderId = cluster.status(other).getLeader();
                return leaderId != hangingId && leaderId != 0 ? leaderId : null;
            });
            cluster.put(other, "k", "3");
            cluster.disk(leader).goOn();
            cluster.awaitEqual();
            assertEquals(List.of("3", "3", "3"), cluster.each(name -> cluster.get(name, "k")));
        }
    }

    @Test
    void shouldHandOverWhileTheDiskOfItsStoreHangs() {
        try (TestCluster cluster = TestCluster.start(directory, builder -> builder.backendBatchLimit(5), "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            cluster.put(leader, "k", "1");
            cluster.awaitEqual();
            long hangingId = cluster.id(leader);
            String other = cluster.anyFollower();
            cluster.storeDisk(leader).stall();
            for (int i = 0; i < 20; i++) {
                cluster.put(other, "k" + i, "2");
            }
            TestCluster.await("another leader", () -> {
                long leaderId = cluster.status(other).getLeader();
                return leaderId != hangingId && leaderId != 0 ? leaderId : null;
            });
            cluster.put(other, "k", "3");
            cluster.storeDisk(leader).goOn();
            cluster.awaitEqual();
            assertEquals(List.of("3", "3", "3"), cluster.each(name -> cluster.get(name, "k")));
        }
    }

    @Test
    void shouldBringBackByASnapshotWhomNobodyHasTheEntriesFor() {
        try (TestCluster cluster = TestCluster.start(directory, TestCluster.FORGETFUL, "a", "b", "c")) {
            String away = cluster.bringBackAFollower();
            assertEquals("v199", cluster.get(away, "k19"));
            // It serves and takes part as before.
            cluster.put(away, "after", "2");
            assertEquals(List.of("2", "2", "2"), cluster.each(name -> cluster.get(name, "after")));
            cluster.stop(away);
            cluster.start(away);
            assertEquals("2", cluster.get(away, "after"));
        }
    }

    @Test
    void shouldTakeInALearnerPromoteItAndLetAMemberGo() throws IOException {
        try (TestCluster cluster = TestCluster.start(directory, TestCluster.FORGETFUL, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            for (int i = 0; i < 50; i++) {
                cluster.put(leader, "k" + i, "v");
            }
            awaitHealthy(cluster);
            URI url = cluster.addUrl("d");
            Member added = TestCluster.patiently(() -> cluster.members(leader)
                            .memberAdd(MemberAddRequest.newBuilder()
                                    .addPeerURLs(url.toString())
                                    .setIsLearner(true)
                                    .build()))
                    .getMember();
            cluster.start("d", builder -> builder.initialClusterState(InitialClusterState.EXISTING));
            TestCluster.await("the learner's entries", () ->
                    cluster.status("d").getRaftAppliedIndex() >= cluster.status(leader).getRaftAppliedIndex() - 1
                            ? true
                            : null);
            assertTrue(cluster.status("d").getIsLearner());
            assertTrue(metrics(cluster, "d").contains("\netcd_server_is_learner 1\n"));
            assertRefusesAllButItsOwnState(cluster.kv("d"));
            TestCluster.await("promotion", () -> {
                try {
                    return cluster.members(leader)
                            .memberPromote(MemberPromoteRequest.newBuilder().setID(added.getID()).build());
                } catch (StatusRuntimeException e) {
                    return null;
                }
            });
            assertEquals("v", cluster.get("d", "k49"));
            String gone = cluster.names().stream()
                    .filter(name -> !name.equals(leader) && !name.equals("d"))
                    .findFirst()
                    .orElseThrow();
            long goneId = cluster.id(gone);
            awaitHealthy(cluster);
            TestCluster.patiently(() -> cluster.members(leader)
                    .memberRemove(MemberRemoveRequest.newBuilder().setID(goneId).build()));
            Throwable reason = cluster.server(gone).terminationReason().join();
            assertEquals(MemberRemovedException.class, reason.getClass());
            cluster.stop(gone);
            assertEquals(3, members(cluster, "d").size());
            cluster.put("d", "last", "x");
            cluster.awaitEqual();
        }
    }

    @Test
    void shouldHaveTheLeaderPromoteWhomAFollowerIsAskedFor() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            String follower = cluster.anyFollower();
            for (int i = 0; i < 20; i++) {
                cluster.put(leader, "k" + i, "v");
            }
            URI url = cluster.addUrl("d");
            long learnerId = TestCluster.patiently(() -> cluster.members(follower)
                            .memberAdd(MemberAddRequest.newBuilder()
                                    .addPeerURLs(url.toString())
                                    .setIsLearner(true)
                                    .build()))
                    .getMember()
                    .getID();
            assertEquals(EtcdError.LEARNER_NOT_READY.text(), refusal(() -> promote(cluster, follower, learnerId)));
            assertEquals(EtcdError.MEMBER_NOT_FOUND.text(), refusal(() -> promote(cluster, follower, 4711)));
            assertEquals(
                    EtcdError.MEMBER_NOT_LEARNER.text(),
                    refusal(() -> promote(cluster, follower, cluster.id(follower))));
            cluster.start("d", builder -> builder.initialClusterState(InitialClusterState.EXISTING));
            MemberPromoteResponse promoted = TestCluster.await("promotion", () -> {
                try {
                    return promote(cluster, follower, learnerId);
                } catch (StatusRuntimeException e) {
                    assertEquals(EtcdError.LEARNER_NOT_READY.text(), e.getStatus().getDescription());
                    return null;
                }
            });
            assertEquals(cluster.id(follower), promoted.getHeader().getMemberId());
            assertEquals(4, promoted.getMembersList().stream().filter(member -> !member.getIsLearner()).count());
            assertEquals("v", cluster.get("d", "k19"));
        }
    }

    @Test
    void shouldPromoteNobodyWithoutALeader() {
        try (TestCluster cluster = TestCluster.start(directory, PLAIN, "a", "b", "c")) {
            String remaining = cluster.anyFollower();
            cluster.names().stream().filter(name -> !name.equals(remaining)).forEach(cluster::stop);
            TestCluster.await("nobody leads", () -> cluster.status(remaining).getLeader() == 0 ? true : null);
            assertEquals(EtcdError.NO_LEADER.text(), refusal(() -> promote(cluster, remaining, 4711)));
        }
    }

    private static MemberPromoteResponse promote(TestCluster cluster, String at, long memberId) {
        return cluster.members(at)
                .memberPromote(MemberPromoteRequest.newBuilder().setID(memberId).build());
    }

    private static void assertRefusesAllButItsOwnState(KVGrpc.KVBlockingStub learner) {
        RangeRequest read = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k0")).build();
        assertEquals(EtcdError.NOT_SUPPORTED_FOR_LEARNER.text(), refusal(() -> learner.range(read)));
        assertEquals(
                EtcdError.NOT_SUPPORTED_FOR_LEARNER.text(),
                refusal(() -> learner.put(PutRequest.newBuilder().setKey(read.getKey()).build())));
        assertEquals(1, learner.range(read.toBuilder().setSerializable(true).build()).getCount());
    }

    private static String refusal(Executable call) {
        return assertThrows(StatusRuntimeException.class, call).getStatus().getDescription();
    }

    /// The strict check of changes wants members that have been in touch for some seconds.
    private static void awaitHealthy(TestCluster cluster) {
        String leader = cluster.awaitLeader();
        TestCluster.await("members in touch", () -> {
            try {
                // Refused for its URL only when the members are healthy.
                cluster.members(leader)
                        .memberAdd(MemberAddRequest.newBuilder()
                                .addPeerURLs(members(cluster, leader).getFirst().getPeerURLs(0))
                                .build());
                return null;
            } catch (StatusRuntimeException e) {
                return String.valueOf(e.getStatus().getDescription()).contains("unhealthy") ? null : true;
            }
        });
    }

    private static List<Member> members(TestCluster cluster, String name) {
        return TestCluster.patiently(() -> cluster.members(name)
                        .memberList(MemberListRequest.newBuilder().setLinearizable(true).build()))
                .getMembersList();
    }
}
