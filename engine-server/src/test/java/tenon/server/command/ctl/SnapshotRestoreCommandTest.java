package tenon.server.command.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.ServerConfig;
import tenon.server.TenonServer;
import tenon.server.command.CommandRun;
import tenon.server.command.ExitCode;

/// A file that a running node has saved, and what becomes of it.
@Timeout(120)
class SnapshotRestoreCommandTest {
    private static final int DIGEST_BYTES = 32;

    @TempDir
    Path directory;

    private Path file;
    private Path target;
    private TenonServer server;

    @BeforeEach
    void save() {
        file = directory.resolve("saved.db");
        target = directory.resolve("restored");
        start(directory.resolve("node"));
        ok("put", "k", "1");
        ok("put", "k", "2");
        ok("put", "gone", "x");
        ok("del", "gone");
        ok("user", "add", "alice:a");
        ok("role", "add", "reader");
        ok("user", "grant-role", "alice", "reader");
        ok("snapshot", "save", file.toString());
        ok("put", "k", "too late");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void start(Path dataDir) {
        server = TenonServer.start(
                ServerConfig.builder(dataDir).clientPort(0).walSegmentBytes(1 << 20).bcryptCost(4).build());
    }

    private CommandRun ctl(String... arguments) {
        URI uri = server.clientUri();
        List<String> words = new ArrayList<>(List.of("ctl", "--endpoints", uri.getHost() + ":" + uri.getPort()));
        words.addAll(Arrays.asList(arguments));
        return CommandRun.of(words.toArray(String[]::new));
    }

    private String ok(String... arguments) {
        CommandRun run = ctl(arguments);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        return run.out();
    }

    private CommandRun restore(Path snapshot, String... more) {
        List<String> words = new ArrayList<>(List.of("ctl", "snapshot", "restore", snapshot.toString()));
        words.addAll(List.of("--data-dir", target.toString()));
        words.addAll(Arrays.asList(more));
        return CommandRun.of(words.toArray(String[]::new));
    }

    private void restoreAndStart(String... more) {
        CommandRun run = restore(file, more);
        assertEquals(new CommandRun(ExitCode.OK, "Snapshot restored to " + target + "\n", ""), run);
        server.close();
        start(target);
    }

    private void assertRefused(int exitCode, String message, CommandRun run) throws IOException {
        assertEquals(new CommandRun(exitCode, "", message + "\n"), run);
        assertFalse(Files.exists(target));
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(
                    List.of(),
                    left.map(path -> path.getFileName().toString())
                            .filter(name -> name.startsWith("restored"))
                            .toList());
        }
    }

    @Test
    void shouldStartFromWhatARunningNodeHasSaved() {
        restoreAndStart();
        assertEquals("k\n2\n", ok("get", "k"));
        assertEquals("k\n1\n", ok("get", "k", "--rev", "2"));
        assertEquals("", ok("get", "gone"));
        assertEquals("alice\n", ok("user", "list"));
        assertTrue(ok("user", "get", "alice").contains("reader"));
        assertEquals(1, ok("member", "list").lines().count());
        ok("put", "k", "3");
        server.close();
        start(target);
        assertEquals("k\n3\n", ok("get", "k"));
    }

    @Test
    void shouldBeThereWithoutTheWordForTheClient() throws IOException {
        String endpoint = "--endpoints=" + server.clientUri();
        Path again = directory.resolve("again.db");
        assertEquals(
                new CommandRun(ExitCode.OK, "Snapshot saved at " + again + "\n", ""),
                CommandRun.of("snapshot", "save", again.toString(), endpoint));
        assertEquals(
                CommandRun.of("ctl", "snapshot", "status", again.toString(), "-w", "json"),
                CommandRun.of("snapshot", "status", again.toString(), "-w", "json"));
        String[] words = {"snapshot", "restore", again.toString(), "--data-dir=" + target, "--skip-hash-check=false"};
        assertEquals(
                new CommandRun(ExitCode.OK, "Snapshot restored to " + target + "\n", ""), CommandRun.of(words));
        server.close();
        start(target);
        assertEquals("k\ntoo late\n", ok("get", "k"));
        assertEquals(
                new CommandRun(ExitCode.BAD_ARGUMENTS, "", "Error: snapshot save expects one argument\n"),
                CommandRun.of("snapshot", "save"));
        assertTrue(CommandRun.of("help").out().contains("Short for ctl snapshot"));
    }

    @Test
    void shouldKeepTheAlarms() throws IOException {
        server.close();
        server = TenonServer.start(ServerConfig.builder(directory.resolve("node"))
                .clientPort(0)
                .quotaBackendBytes(1)
                .build());
        ctl("put", "k", "more than there is room for");
        String alarms = ok("alarm", "list");
        assertTrue(alarms.contains("NOSPACE"), alarms);
        ok("snapshot", "save", file.toString());
        restoreAndStart();
        assertEquals(alarms, ok("alarm", "list"));
    }

    @Test
    void shouldTellClientsThatSawLaterRevisionsThatTheyAreCompacted() {
        restoreAndStart("--bump-revision", "1000", "--mark-compacted");
        CommandRun old = ctl("get", "k", "--rev", "1003");
        assertEquals(ExitCode.FAILED, old.exitCode());
        assertTrue(old.err().contains("required revision has been compacted"), old.err());
        CommandRun watch = ctl("watch", "k", "--rev", "1003");
        assertTrue(watch.err().contains("required revision has been compacted"), watch.err());
        assertEquals("k\n2\n", ok("get", "k", "--rev", "1005"));
        Path again = directory.resolve("again.db");
        ok("snapshot", "save", again.toString());
        assertEquals("1005", ok("snapshot", "status", again.toString()).split(", ")[1]);
        ok("put", "k", "3");
        assertEquals("k\n3\n", ok("get", "k", "--rev", "1006"));
        server.close();
        start(target);
        assertEquals("k\n3\n", ok("get", "k", "--rev", "1006"));
    }

    @Test
    void shouldRefuseADamagedFile() throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);
        assertRefused(
                ExitCode.FAILED,
                "Error: " + file + " is damaged: it does not fit the digest at its end",
                restore(file));
    }

    @Test
    void shouldRefuseATruncatedFile() throws IOException {
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, content.length - 4096 - DIGEST_BYTES));
        String missing = "Error: snapshot missing hash but --skip-hash-check=false";
        assertRefused(ExitCode.FAILED, missing, restore(file));
        CommandRun unchecked = restore(file, "--skip-hash-check");
        assertTrue(unchecked.err().startsWith("Error: " + file), unchecked.err());
        assertRefused(ExitCode.FAILED, unchecked.err().strip(), unchecked);
    }

    @Test
    void shouldTakeACopyOfAStoreOnlyIfTold() throws IOException {
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, content.length - DIGEST_BYTES));
        assertRefused(
                ExitCode.FAILED, "Error: snapshot missing hash but --skip-hash-check=false", restore(file));
        restoreAndStart("--skip-hash-check");
        assertEquals("k\n2\n", ok("get", "k"));
    }

    @Test
    void shouldRefuseAnExistingDirectory() throws IOException {
        Path kept = Files.createDirectories(target).resolve("kept");
        Files.writeString(kept, "mine");
        assertEquals(
                new CommandRun(
                        ExitCode.FAILED, "", "Error: data-dir \"" + target + "\" not empty or could not be read\n"),
                restore(file));
        assertEquals("mine", Files.readString(kept));
        Path walDir = Files.createDirectories(directory.resolve("log"));
        Files.delete(kept);
        assertEquals(
                new CommandRun(ExitCode.FAILED, "", "Error: wal-dir \"" + walDir + "\" exists\n"),
                restore(file, "--wal-dir", walDir.toString()));
        restoreAndStart();
    }

    @Test
    void shouldRefuseWhatDoesNotFitTogether() throws IOException {
        assertRefused(
                ExitCode.FAILED,
                "Error: couldn't find local name \"x\" in the initial cluster configuration",
                restore(file, "--name", "x", "--initial-cluster", "a=http://127.0.0.1:1,b=http://127.0.0.1:2"));
        assertRefused(
                ExitCode.FAILED,
                "Error: --initial-cluster has a=http://127.0.0.1:1 but missing from"
                        + " --initial-advertise-peer-urls=http://localhost:2380",
                restore(file, "--name", "a", "--initial-cluster", "a=http://127.0.0.1:1"));
        String required = "Error: --mark-compacted required if --revision-bump > 0";
        assertRefused(ExitCode.BAD_ARGUMENTS, required, restore(file, "--bump-revision", "5"));
        assertRefused(ExitCode.BAD_ARGUMENTS, required, restore(file, "--mark-compacted"));
        assertRefused(
                ExitCode.BAD_ARGUMENTS, "Error: snapshot restore requires exactly one argument", restore(file, "another"));
        Path missing = directory.resolve("missing.db");
        assertRefused(ExitCode.FAILED, "Error: open " + missing + ": no such file or directory", restore(missing));
        assertRefused(
                ExitCode.FAILED,
                "Error: revision 5 cannot rise by " + Long.MAX_VALUE + ": revisions end at " + (Long.MAX_VALUE - (1 << 20)),
                restore(file, "--mark-compacted", "--bump-revision", Long.toString(Long.MAX_VALUE)));
    }
}
