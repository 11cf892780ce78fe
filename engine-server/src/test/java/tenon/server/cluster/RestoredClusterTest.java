package tenon.server.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Platform;
import tenon.server.InitialClusterState;
import tenon.server.ServerConfig;
import tenon.server.command.CommandRun;
import tenon.server.divergence.AlteredStore;
import tenon.server.divergence.ComparedStore;
import tenon.server.error.DivergedException;
import tenon.server.rpc.MemberAddRequest;
import tenon.server.rpc.MemberListRequest;

/// Members that were restored from one snapshot.
@Timeout(240)
class RestoredClusterTest {
    private static final UnaryOperator<ServerConfig.Builder> LENIENT = builder -> builder.strictReconfigCheck(false);
    private static final UnaryOperator<ServerConfig.Builder> GATED =
            builder -> builder.initialCorruptCheck(true).corruptCheckTimeMs(0);
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
        restore(cluster, file, more);
        for (String name : NAMES) {
            cluster.start(name);
        }
        return cluster;
    }

    /// Makes the files of all members, of which none runs.
    private void restore(TestCluster cluster, Path file, String... more) {
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
        }
    }

    /// Stops members that have compared their states, and restores all of them, under their ids, from what one of them had.
    private TestCluster restoredInPlace() throws IOException {
        TestCluster cluster = TestCluster.start(
                directory, builder -> LENIENT.apply(builder).corruptCheckTimeMs(100), NAMES);
        String leader = cluster.awaitLeader();
        cluster.put(leader, "k", "right");
        cluster.put(leader, "other", "x");
        Path file = directory.resolve("saved.db");
        TestCluster.await("a snapshot of members that were compared", () -> {
            URI endpoint = cluster.server("a").clientUri();
            file.toFile().delete();
            run("snapshot", "save", file.toString(), "--endpoints", endpoint.getHost() + ":" + endpoint.getPort());
            return ComparedStore.toldCount(file) == NAMES.length ? file : null;
        });
        for (String name : NAMES) {
            cluster.stop(name);
            try (Stream<Path> paths = Files.walk(directory.resolve(name))) {
                paths.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
            }
        }
        restore(cluster, file);
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

    /// What the members of the old cluster told of one another is nothing that these have found.
    @Test
    void shouldServeAfterAComparisonOfItsOwnIfThatIsWanted() throws IOException {
        try (TestCluster cluster = restoredInPlace()) {
            for (String name : NAMES) {
                cluster.start(name, GATED);
            }
            assertEquals(List.of("right", "right", "right"), cluster.each(name -> cluster.get(name, "k")));
        }
    }

    @Test
    void shouldFindWhoWasAlteredBeforeItServes() throws IOException {
        try (TestCluster cluster = restoredInPlace()) {
            AlteredStore.alter(
                    Platform.system().files(),
                    directory.resolve("b").resolve("member").resolve("snap").resolve("db"),
                    "k",
                    "wrong");
            for (String name : NAMES) {
                cluster.start(name, GATED);
            }
            Throwable reason = cluster.server("b").terminationReason().orTimeout(60, TimeUnit.SECONDS).join();
            assertEquals(DivergedException.class, reason.getClass());
            assertEquals("right", cluster.get("a", "k"));
            assertEquals("right", cluster.get("c", "k"));
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
