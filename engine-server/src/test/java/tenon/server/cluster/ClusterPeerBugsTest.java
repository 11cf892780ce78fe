package tenon.server.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.InitialClusterState;
import tenon.server.ServerConfig;
import tenon.server.rpc.AuthEnableRequest;
import tenon.server.rpc.AuthRoleAddRequest;
import tenon.server.rpc.AuthStatusRequest;
import tenon.server.rpc.AuthStatusResponse;
import tenon.server.rpc.AuthUserAddRequest;
import tenon.server.rpc.AuthUserGrantRoleRequest;
import tenon.server.rpc.AuthenticateRequest;
import tenon.server.rpc.DefragmentRequest;
import tenon.server.rpc.Member;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberListRequest;
import tenon.server.rpc.MemberUpdateRequest;
import tenon.server.rpc.PutRequest;

/// Bugs that clusters of etcd had, by the numbers of their threads.
@Timeout(240)
class ClusterPeerBugsTest {
    private static final ByteString KEY_PREFIX = ByteString.copyFromUtf8("k");

    @TempDir
    Path directory;

    private static void write(TestCluster cluster, String through, int count, String value) {
        for (int i = 0; i < count; i++) {
            cluster.put(through, "k" + i % 20, value + i);
        }
    }

    /// etcd#14370: a lone member answered before its log was synced.
    @Test
    void shouldNotAcknowledgeOnALoneMemberWhatItsDiskDoesNotHave() {
        try (TestCluster cluster = TestCluster.start(directory, builder -> builder, "a")) {
            cluster.put("a", "k", "1");
            cluster.disk("a").stall();
            PutRequest put = PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("k"))
                    .setValue(ByteString.copyFromUtf8("2"))
                    .build();
            var hurried = cluster.kv("a").withDeadlineAfter(300, TimeUnit.MILLISECONDS);
            StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, () -> hurried.put(put));
            assertEquals(Status.Code.DEADLINE_EXCEEDED, refused.getStatus().getCode());
            cluster.disk("a").goOn();
            assertEquals("3", TestCluster.await("the next write", () -> {
                cluster.put("a", "k", "3");
                return cluster.get("a", "k");
            }));
        }
    }

    /// etcd#18055: a second snapshot came while the first one was being installed.
    @Test
    void shouldInstallSnapshotsInQuickSuccession() {
        try (TestCluster cluster = TestCluster.start(directory, TestCluster.FORGETFUL, "a", "b", "c")) {
            String away = cluster.anyFollower();
            for (int round = 0; round < 4; round++) {
                cluster.stop(away);
                String leader = cluster.awaitLeader();
                write(cluster, leader, 60, "round " + round + " ");
                cluster.start(away);
                // The log is cut again and again while it installs.
                write(cluster, leader, 60, "installing " + round + " ");
            }
            cluster.awaitEqual();
            assertEquals("installing 3 59", cluster.get(away, "k19"));
        }
    }

    /// While a snapshot is on its way and installed, the log is cut many times. What follows on it must stay: else the next
    /// snapshot is needed by then.
    @Test
    void shouldCatchUpBehindASnapshotWhileWritesGoOn() {
        try (TestCluster cluster = TestCluster.start(directory, TestCluster.FORGETFUL, "a", "b", "c")) {
            String away = cluster.anyFollower();
            cluster.stop(away);
            String leader = cluster.awaitLeader();
            write(cluster, leader, 60, "away ");
            CompletableFuture<Void> done = new CompletableFuture<>();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                while (!done.isDone()) {
                    write(cluster, leader, 20, "on and on ");
                }
            });
            cluster.start(away);
            try {
                TestCluster.await("a member that keeps up", () -> {
                    long behind = cluster.status(leader).getRaftIndex()
                            - cluster.status(away).getRaftAppliedIndex();
                    return behind < 5 ? behind : null;
                });
            } finally {
                done.complete(null);
                writing.join();
            }
            cluster.awaitEqual();
        }
    }

    /// etcd PR#20650: a snapshot was installed while the file that it replaces was being defragmented.
    @Test
    void shouldInstallASnapshotWhileItDefragments() {
        try (TestCluster cluster = TestCluster.start(directory, TestCluster.FORGETFUL, "a", "b", "c")) {
            String away = cluster.anyFollower();
            AtomicInteger defragmented = new AtomicInteger();
            for (int round = 0; round < 3; round++) {
                cluster.stop(away);
                String leader = cluster.awaitLeader();
                write(cluster, leader, 60, "round " + round + " ");
                cluster.start(away);
                CompletableFuture<Void> done = new CompletableFuture<>();
                CompletableFuture<Void> defragmenting = CompletableFuture.runAsync(() -> {
                    while (!done.isDone()) {
                        TestCluster.patiently(() -> cluster.maintenance(away)
                                .defragment(DefragmentRequest.getDefaultInstance()));
                        defragmented.incrementAndGet();
                    }
                });
                write(cluster, leader, 40, "installing " + round + " ");
                cluster.awaitEqual();
                done.complete(null);
                defragmenting.join();
            }
            assertTrue(defragmented.get() > 3, defragmented::toString);
            assertEquals("installing 2 39", cluster.get(away, "k19"));
        }
    }

    /// etcd#9222, etcd#20952: a member that defragmented stood still.
    @Test
    void shouldKeepTheLeaderAndGoOnWritingWhileMembersDefragment() {
        UnaryOperator<ServerConfig.Builder> patient =
                builder -> builder.heartbeatIntervalMs(100).electionTimeoutMs(3_000);
        try (TestCluster cluster = TestCluster.start(directory, patient, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            long term = cluster.status(leader).getRaftTerm();
            ByteString large = ByteString.copyFrom(new byte[100_000]);
            for (int i = 0; i < 100; i++) {
                cluster.kv(leader).put(PutRequest.newBuilder().setKey(KEY_PREFIX.concat(bytes(i % 50))).setValue(large).build());
            }
            for (String name : cluster.names()) {
                AtomicInteger writes = new AtomicInteger();
                CompletableFuture<Void> defragmented = CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 5; i++) {
                        cluster.maintenance(name).defragment(DefragmentRequest.getDefaultInstance());
                    }
                });
                while (!defragmented.isDone()) {
                    // Not asked again: each has to go through.
                    cluster.kv(name).put(PutRequest.newBuilder().setKey(KEY_PREFIX).build());
                    writes.incrementAndGet();
                }
                defragmented.join();
                assertTrue(writes.get() > 0);
            }
            assertEquals(leader, cluster.awaitLeader());
            assertEquals(term, cluster.status(leader).getRaftTerm());
            cluster.awaitEqual();
        }
    }

    private static ByteString bytes(int number) {
        return ByteString.copyFromUtf8(Integer.toString(number));
    }

    /// etcd#21694: an update of a learner's URLs made it a voter.
    @Test
    void shouldKeepALearnerALearnerWhenItsUrlsAreUpdated() {
        try (TestCluster cluster = TestCluster.start(directory, builder -> builder, "a", "b", "c")) {
            cluster.awaitLeader();
            URI first = cluster.addUrl("d");
            MemberAddRequest addition = MemberAddRequest.newBuilder()
                    .addPeerURLs(TestCluster.freeUrl().toString())
                    .setIsLearner(true)
                    .build();
            long id = TestCluster.change(() -> cluster.members("a").memberAdd(addition)).getMember().getID();
            MemberUpdateRequest update = MemberUpdateRequest.newBuilder()
                    .setID(id)
                    .addPeerURLs(first.toString())
                    .build();
            TestCluster.change(() -> cluster.members("b").memberUpdate(update));
            for (String name : cluster.names()) {
                Member learner = TestCluster.await("the update", () -> cluster.members(name)
                        .memberList(MemberListRequest.newBuilder().setLinearizable(true).build())
                        .getMembersList()
                        .stream()
                        .filter(member -> member.getID() == id)
                        .findFirst()
                        .orElse(null));
                assertEquals(List.of(first.toString()), learner.getPeerURLsList());
                assertTrue(learner.getIsLearner());
            }
            cluster.start("d", builder -> builder.initialClusterState(InitialClusterState.EXISTING));
            TestCluster.await("the learner", () -> cluster.status("d").getIsLearner() ? true : null);
        }
    }

    /// etcd#14571: a member that got the switch by a snapshot, or by its log alone, did not know that authentication was
    /// on, applied what others refused, and came apart from them.
    @Test
    void shouldHaveAuthenticationOnEverywhereHoweverAMemberLearnsOfIt() {
        try (TestCluster cluster = TestCluster.start(directory, TestCluster.FORGETFUL, "a", "b", "c")) {
            String leader = cluster.awaitLeader();
            List<String> followers =
                    cluster.names().stream().filter(name -> !name.equals(leader)).toList();
            String bySnapshot = followers.get(0);
            String byLog = followers.get(1);
            write(cluster, leader, 20, "open ");
            cluster.stop(bySnapshot);
            String left = cluster.awaitLeader();
            var auth = cluster.auth(left);
            auth.userAdd(AuthUserAddRequest.newBuilder().setName("root").setPassword("r").build());
            auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("root").build());
            auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
            auth.authEnable(AuthEnableRequest.getDefaultInstance());
            cluster.start(bySnapshot);
            cluster.stop(byLog);
            cluster.start(byLog);
            List<Long> revisions = TestCluster.await("the same state", () -> {
                List<Long> told = cluster.each(name -> TestCluster.patiently(() -> authRevision(cluster, name)));
                return told.stream().distinct().count() == 1 ? told : null;
            });
            assertEquals(3, revisions.size());
            PutRequest put = PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();
            for (String name : cluster.names()) {
                StatusRuntimeException refused =
                        assertThrows(StatusRuntimeException.class, () -> cluster.kv(name).put(put));
                assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
                assertEquals("etcdserver: user name is empty", refused.getStatus().getDescription());
            }
        }
    }

    /// As root, whom this member knows only if authentication is on there.
    private static long authRevision(TestCluster cluster, String name) {
        Metadata token = new Metadata();
        token.put(
                Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER),
                cluster.auth(name)
                        .authenticate(AuthenticateRequest.newBuilder().setName("root").setPassword("r").build())
                        .getToken());
        AuthStatusResponse status = cluster.auth(name)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(token))
                .authStatus(AuthStatusRequest.getDefaultInstance());
        assertTrue(status.getEnabled());
        return status.getAuthRevision();
    }
}
