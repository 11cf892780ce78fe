package tenon.server.command.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Platform;
import tenon.server.command.CommandRun;
import tenon.server.command.ExitCode;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;

/// A process that cannot start, or cannot go on, says why in one line and ends with the right exit code.
class RefusedStartIT {
    private static final int TIMEOUT_SECONDS = 60;

    private final Platform platform = Platform.system();

    @TempDir
    Path directory;

    private record Refusal(int exitCode, List<String> complaints, String output) {}

    @Test
    void shouldRefuseAnUnknownFlag() throws Exception {
        assertRefused(ExitCode.USAGE, "unknown flag: --frob", start("--frob=1"));
    }

    @Test
    void shouldRefuseWhatItCannotDo() throws Exception {
        assertRefused(ExitCode.USAGE, "--crl-file is not supported by this version", start("--crl-file=x"));
    }

    @Test
    void shouldRefuseADataDirectoryInUse() throws Exception {
        try (NodeProcess node = node(directory.resolve("data"))) {
            node.awaitAnswer();
            assertRefused(ExitCode.FAILED, "is in use by another process", start(anyPort()));
        }
    }

    @Test
    void shouldRefuseAClusterThatItIsNoPartOf() throws Exception {
        assertRefused(
                ExitCode.FAILED,
                "couldn't find local name \"demo\" in the initial cluster configuration",
                start(anyPort(), "--initial-cluster=other=http://localhost:2380"));
        assertRefused(
                ExitCode.FAILED,
                "cannot fetch cluster info from peer urls",
                start(anyPort(), "--initial-cluster-state=existing"));
    }

    @Test
    void shouldRefuseAFlippedBitInTheLog() throws Exception {
        found(50);
        Path segment = firstFile("member/wal", ".wal");
        CommandRun dump = CommandRun.of("wal", "dump", segment.getParent().toString());
        String middle = dump.out().lines().filter(line -> line.endsWith("index 25")).findFirst().orElseThrow();
        int position = Integer.parseInt(middle.replaceAll(".* at (\\d+) .*", "$1"));
        flip(segment, position + 20);
        assertRefused(ExitCode.FAILED, segment.getFileName().toString(), start(anyPort()));
    }

    @Test
    void shouldRefuseGarbageForAStore() throws Exception {
        found(1);
        Path store = firstFile("member/snap", "db");
        byte[] garbage = new byte[(int) Files.size(store)];
        Arrays.fill(garbage, (byte) 0x5a);
        Files.write(store, garbage);
        assertRefused(ExitCode.FAILED, store.toString(), start(anyPort()));
    }

    @Test
    void shouldRefuseGarbageForALog() throws Exception {
        found(1);
        Path segment = firstFile("member/wal", ".wal");
        Files.writeString(segment, "this is no log");
        assertRefused(ExitCode.FAILED, "wal", start(anyPort()));
    }

    @Test
    void shouldRefuseADirectoryThatItMayNotMake() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "a file");
        assertRefused(ExitCode.FAILED, "file", run("--data-dir=" + file.resolve("data"), anyPort()));
    }

    @Test
    void shouldStopByNameWhenTheDiskIsFullAndKeepWhatItAcknowledged() throws Exception {
        Path disk = Files.createDirectories(directory.resolve("disk"));
        assumeTrue(call("mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", disk.toString()) == 0, "mounting needs root");
        try {
            int acknowledgedCount = fill(disk.resolve("data"));
            assertEquals(0, call("mount", "-o", "remount,size=400m", disk.toString()));
            try (NodeProcess node = node(disk.resolve("data"))) {
                node.awaitAnswer();
                try (var connection = node.connect()) {
                    var all = connection.kv().range(all());
                    assertTrue(all.getCount() >= acknowledgedCount, all.getCount() + " of " + acknowledgedCount);
                }
            }
        } finally {
            call("umount", "-l", disk.toString());
        }
    }

    private static RangeRequest all() {
        ByteString zero = ByteString.copyFrom(new byte[1]);
        return RangeRequest.newBuilder().setKey(zero).setRangeEnd(zero).setCountOnly(true).build();
    }

    /// Writes until a write is refused.
    ///
    /// @return writes acknowledged
    private int fill(Path data) {
        ByteString value = ByteString.copyFrom(new byte[1 << 20]);
        int count = 0;
        try (NodeProcess node = node(data)) {
            node.awaitAnswer();
            try (var connection = node.connect()) {
                for (; count < 1000; count++) {
                    var key = ByteString.copyFromUtf8("key " + count);
                    connection.kv().put(PutRequest.newBuilder().setKey(key).setValue(value).build());
                }
            } catch (StatusRuntimeException e) {
                return count;
            }
        }
        throw new AssertionError("the disk never was full");
    }

    /// A node that has written something and was stopped.
    private void found(int putCount) {
        try (NodeProcess node = node(directory.resolve("data"))) {
            node.awaitAnswer();
            try (var connection = node.connect()) {
                for (int i = 0; i < putCount; i++) {
                    var key = ByteString.copyFromUtf8("key");
                    connection.kv().put(PutRequest.newBuilder().setKey(key).setValue(key).build());
                }
            }
            assertEquals(ExitCode.OK, node.stop());
        }
    }

    private NodeProcess node(Path data) {
        return NodeProcess.start(
                List.of(ServerProgram.launcher().toString(), "server"), data, directory.resolve("log"), platform.clock());
    }

    /// Starts on the data directory of [#found], with the peer URL and name that [NodeProcess] gives.
    private Refusal start(String... flags) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("--data-dir=" + directory.resolve("data"), "--name=demo"));
        all.addAll(List.of(flags));
        return run(all.toArray(String[]::new));
    }

    private Refusal run(String... flags) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(ServerProgram.launcher().toString(), "server"));
        command.addAll(List.of(flags));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), "it runs");
        String text = Files.readString(output);
        return new Refusal(
                process.exitValue(), text.lines().filter(line -> line.startsWith("tenon: ")).toList(), text);
    }

    private static String anyPort() {
        return "--listen-client-urls=http://127.0.0.1:0";
    }

    private static void assertRefused(int exitCode, String part, Refusal refusal) {
        assertEquals(exitCode, refusal.exitCode(), refusal.output());
        List<String> complaints = refusal.complaints().stream()
                .filter(line -> !line.contains("start-up cache"))
                .toList();
        assertEquals(1, complaints.size(), refusal.output());
        assertTrue(complaints.getFirst().contains(part), refusal.output());
        assertFalse(refusal.output().contains("\tat "), "a stack trace: " + refusal.output());
    }

    private Path firstFile(String place, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("data").resolve(place))) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().findFirst().orElseThrow();
        }
    }

    private static void flip(Path file, int position) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[position] ^= 1;
        Files.write(file, bytes);
    }

    private static int call(String... words) throws IOException, InterruptedException {
        return new ProcessBuilder(words).inheritIO().start().waitFor();
    }
}
