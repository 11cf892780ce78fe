package tenon.server.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.InitialClusterState;
import tenon.server.ServerConfig;
import tenon.server.command.CommandRun;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberListRequest;

/// Members that were restored from one snapshot.
@Timeout(240)
class RestoredClusterTest {
    private static final UnaryOperator<ServerConfig.Builder> LENIENT = builder -> builder.strictReconfigCheck(false);
    private static final String[] NAMES = {"a", "b", "c"};

    @TempDir
    Path directory;

    /// @return the id of the member that it is of
    private long save(Path file) {
        try (TestCluster old = TestCluster.start(directory.resolve("old"), LENIENT, "a")) {
            old.put("a", "k", "1");
            old.put("a", "k", "2");
            old.put("a", "other", "x");
            URI endpoint = old.server("a").clientUri();
            run("snapshot", "save", file.toString(), "--endpoints", endpoint.getHost() + ":" + endpoint.getPort());
            old.put("a", "k", "too late");
            return old.id("a");
        }
    }

    private static void run(String... arguments) {
        String[] words = new String[arguments.length + 1];
        words[0] = "ctl";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        CommandRun run = CommandRun.of(words);
        assertEquals(0, run.exitCode(), run.err());
    }

    private TestCluster restored(Path file, String... more) {
        TestCluster cluster = TestCluster.prepare(directory, LENIENT, NAMES);
        String initialCluster =
                Arrays.stream(NAMES).map(name -> name + "=" + cluster.peerUrl(name)).collect(Collectors.joining(","));
        for (String name : NAMES) {
            String[] arguments = {
                "snapshot", "restore", file.toString(), "--data-dir", directory.resolve(name).toString(), "--name", name,
                "--initial-cluster", initialCluster, "--initial-advertise-peer-urls", cluster.peerUrl(name).toString()
            };
            String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
            System.arraycopy(more, 0, all, arguments.length, more.length);
            run(all);
            cluster.start(name);
        }
        return cluster;
    }

    private static List<Long> memberIds(TestCluster cluster, String name) {
        return TestCluster.patiently(() -> cluster.members(name)
                        .memberList(MemberListRequest.newBuilder().setLinearizable(true).build()))
                .getMembersList()
                .stream()
                .map(tenon.server.rpc.Member::getID)
                .toList();
    }

    @Test
    void shouldAgreeFromTheSnapshotOn() {
        Path file = directory.resolve("saved.db");
        long oldId = save(file);
        try (TestCluster cluster = restored(file)) {
            cluster.awaitLeader();
            assertEquals(4, cluster.awaitEqual());
            assertEquals(List.of("2", "2", "2"), cluster.each(name -> cluster.get(name, "k")));
            assertEquals(5, cluster.put("b", "k", "3").getHeader().getRevision());
            cluster.awaitEqual();
            List<Long> ids = memberIds(cluster, "c");
            assertEquals(
                    cluster.each(cluster::id).stream().sorted(Long::compareUnsigned).toList(), ids);
            assertFalse(ids.contains(oldId), "the member that was saved is none of this cluster");

            cluster.restartAll();
            assertEquals(List.of("3", "3", "3"), cluster.each(name -> cluster.get(name, "k")));
        }
    }

    @Test
    void shouldAgreeOnTheRevisionThatWasRaised() {
        Path file = directory.resolve("saved.db");
        save(file);
        try (TestCluster cluster = restored(file, "--bump-revision", "1000", "--mark-compacted")) {
            cluster.awaitLeader();
            assertEquals(1004, cluster.awaitEqual());
            assertEquals(1005, cluster.put("a", "k", "3").getHeader().getRevision());
            assertEquals(1005, cluster.awaitEqual());
            assertEquals(List.of("x", "x", "x"), cluster.each(name -> cluster.get(name, "other")));
        }
    }

    /// No entry of the log tells of what was restored.
    @Test
    void shouldBringAllOfItToWhoJoins() {
        Path file = directory.resolve("saved.db");
        save(file);
        try (TestCluster cluster = restored(file)) {
            String leader = cluster.awaitLeader();
            URI url = cluster.addUrl("d");
            TestCluster.patiently(() -> cluster.members(leader)
                    .memberAdd(MemberAddRequest.newBuilder().addPeerURLs(url.toString()).build()));
            cluster.start("d", builder -> builder.initialClusterState(InitialClusterState.EXISTING));
            assertEquals("2", cluster.get("d", "k"));
            assertEquals(4, cluster.awaitEqual());
        }
    }
}
