package tenon.server.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tenon.server.command.CommandRun;

/// `tenon ctl` says what etcdctl says.
class CtlIT {
    private static final Path TRANSCRIPTS = Path.of("src/test/resources/testdata/etcdctl");

    @TempDir
    private Path directory;

    private static Etcdctl.Result run(URI endpoint, List<String> arguments, String input) {
        List<String> command = new ArrayList<>(List.of("ctl", "--endpoints=" + endpoint));
        command.addAll(arguments);
        CommandRun run = CommandRun.withInput(input, command.toArray(String[]::new));
        return new Etcdctl.Result(run.exitCode(), run.out() + run.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"auth-users.txt", "auth-permissions.txt", "auth-enabled.txt", "members.txt", "watch-ends.txt"})
    void shouldSayWhatEtcdctlSays(String name) throws IOException {
        String expected = Files.readString(TRANSCRIPTS.resolve(name));
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            Transcript transcript =
                    new Transcript(expected, (arguments, input) -> run(server.uri(), arguments, input));
            assertEquals(expected, transcript.replay());
        }
    }

    /// It ends with the node, once all that it was sent has been printed.
    @Test
    void shouldPrintWhatAWatchIsTold() throws Exception {
        List<String> commands = List.of("watch k --prefix --rev=2 --prev-kv", "watch k --prefix --rev=2 --prev-kv -w json");
        List<CompletableFuture<Etcdctl.Result>> watches = new ArrayList<>();
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            run(server.uri(), List.of("put", "k1", "a"), "");
            run(server.uri(), List.of("put", "k1", "b"), "");
            run(server.uri(), List.of("del", "k1"), "");
            for (String command : commands) {
                watches.add(CompletableFuture.supplyAsync(
                        () -> run(server.uri(), List.of(command.split(" ")), ""), task -> new Thread(task).start()));
            }
            while (!metrics(server.uri()).contains("\netcd_debugging_mvcc_events_total 6\n")) {
                Thread.sleep(20);
            }
        }
        String end = "Error: etcdserver: server stopped\n";
        assertEquals(
                new Etcdctl.Result(1, "PUT\nk1\na\nPUT\nk1\na\nk1\nb\nDELETE\nk1\nb\nk1\n\n" + end),
                watches.getFirst().get(30, TimeUnit.SECONDS));
        Etcdctl.Result json = watches.getLast().get(30, TimeUnit.SECONDS);
        assertTrue(json.output().contains("{\"type\":1,\"kv\":{\"key\":\"azE=\",\"mod_revision\":4},\"prev_kv\":{"
                + "\"key\":\"azE=\",\"create_revision\":2,\"mod_revision\":3,\"version\":2,\"value\":\"Yg==\"}}],"
                + "\"CompactRevision\":0,\"Canceled\":false,\"Created\":false}\n" + end), json.output());
    }

    private static String metrics(URI endpoint) throws IOException {
        try (InputStream page = endpoint.resolve("/metrics").toURL().openStream()) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldSayWithWhatANewMemberIsToBeStarted() {
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            String members = run(server.uri(), List.of("member", "add", "b", "--learner", "--peer-urls=http://h:1,http://h:2"), "")
                    .output()
                    .lines()
                    .filter(line -> line.startsWith("ETCD_INITIAL_CLUSTER="))
                    .findFirst()
                    .orElseThrow();
            assertEquals(
                    List.of("b=http://h:1", "b=http://h:2", "default=http://localhost:2380"),
                    Arrays.stream(members.split("\"")[1].split(",")).sorted().toList());
        }
    }

    @Test
    void shouldAskForPasswordsAndTellTheStatus() {
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            String asked = "Password of root: \nType password of root again for confirmation: \n";
            assertEquals(
                    new Etcdctl.Result(128, asked + "Error: password not equal, retry\n"),
                    run(server.uri(), List.of("user", "add", "root"), "r\nx\n"));
            assertEquals(
                    new Etcdctl.Result(0, asked + "User root created\n"),
                    run(server.uri(), List.of("user", "add", "root"), "r\nr\n"));
            run(server.uri(), List.of("auth", "enable"), "");
            assertEquals(
                    new Etcdctl.Result(0, "Password: \nUser: root\n\nRole root\nKV Read:\nKV Write:\n"),
                    run(server.uri(), List.of("user", "get", "root", "--detail", "--user=root"), "r\n"));
            assertEquals(
                    new Etcdctl.Result(0, "Authentication Status: true\nAuthRevision: 4\n"),
                    run(server.uri(), List.of("auth", "status"), ""));
            assertEquals(
                    new Etcdctl.Result(1, "Error: etcdserver: user name is empty\n"),
                    run(server.uri(), List.of("compaction", "1"), ""));
        }
    }
}
