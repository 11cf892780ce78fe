package tenon.server.command.demo;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.api.Clock;
import tenon.server.command.Action;
import tenon.server.command.CommandException;
import tenon.server.command.ExitHook;
import tenon.server.command.ctl.Connection;
import tenon.server.command.ctl.Sizes;
import tenon.server.command.ctl.StageTable;
import tenon.server.command.demo.WriteLedger.Proof;
import tenon.server.rpc.CompactionRequest;
import tenon.server.rpc.DefragmentRequest;
import tenon.server.rpc.PutRequest;
import tenon.server.rpc.RangeRequest;
import tenon.server.rpc.StagesRequest;
import tenon.server.rpc.StatusRequest;

@Command(
        name = "demo",
        description = {
            "See what Tenon does: one write through all its stops, a burst of writes with a SIGKILL in the middle, "
                    + "and the proof that nothing acknowledged was lost.",
            "Everything happens in a temporary directory, which is deleted at the end."
        })
public final class DemoCommand extends Action {
    private static final String PROGRAM_PROPERTY = "tenon.launcher";
    private static final long TICK_MS = 500;
    private static final int PROBLEMS_SHOWN_MAX = 10;

    @Option(names = "--clients", defaultValue = "16", description = "Clients that write at once (default: ${DEFAULT-VALUE}).")
    int clientCount;

    @Option(names = "--seconds", defaultValue = "3", description = "Length of the burst (default: ${DEFAULT-VALUE}).")
    int burstSeconds;

    private final WriteLedger ledger = new WriteLedger();
    private PrintStream out;
    private Clock clock;
    private Path directory;
    private volatile NodeProcess node;

    @Override
    protected void run() {
        out = console().out();
        clock = console().platform().clock();
        directory = temporaryDirectory();
        ExitHook.install(this::cleanUp);
        say("Tenon demo in " + directory + ", deleted at the end.");
        long startNs = clock.monotonicNs();

        heading("1. A node starts");
        startNode();
        heading("2. One client writes: put hello world");
        putHelloWorld();
        heading("3. " + clientCount + " clients write as fast as they can, and the node is killed in the middle");
        long acknowledgedCount = burstAndKill();
        heading("4. The node starts again on the same directory");
        long restartNs = startNode();
        Proof proof = prove();
        heading("5. Old versions are compacted away, and the file is defragmented");
        compactAndDefragment(proof.revision());
        int exitCode = node.stop();

        heading("Summary");
        say("%,d writes acknowledged before the kill, all there, each exactly once.", acknowledgedCount);
        say("%,d more had been under way and took effect without their clients being told.", proof.unknownCount());
        say("Back after SIGKILL in %s, from process start to first answer.", seconds(restartNs));
        say("The node ended with exit code %d; the demo took %s.", exitCode, seconds(clock.monotonicNs() - startNs));
        if (exitCode != 0) {
            throw CommandException.failed("the node did not end cleanly");
        }
    }

    private long startNode() {
        node = NodeProcess.start(program(), directory.resolve("data"), directory.resolve("log"), clock);
        long answeredNs = node.awaitAnswer();
        say("It listens on %s; from process start to first answer: %s.", node.endpoint(), seconds(answeredNs));
        return answeredNs;
    }

    /// The words that start a server in the way that this process was started.
    private static List<String> program() {
        String launcher = System.getProperty(PROGRAM_PROPERTY);
        if (launcher == null) {
            throw CommandException.failed("start the demo by bin/tenon demo: it has to start a node the same way");
        }
        return List.of(launcher, "server");
    }

    private void putHelloWorld() {
        try (Connection connection = node.connect()) {
            connection.kv().range(RangeRequest.newBuilder().setKey(bytes("hello")).build());
            ledger.onAttempt("hello", "world");
            long startNs = clock.monotonicNs();
            var response = connection.kv().put(PutRequest.newBuilder()
                    .setKey(bytes("hello"))
                    .setValue(bytes("world"))
                    .build());
            long tookNs = clock.monotonicNs() - startNs;
            ledger.onAcknowledged("hello", response.getHeader().getRevision());
            say("OK, revision %d, durable and answered %s after the client asked.", response.getHeader().getRevision(), Sizes.latency(tookNs));
            say("Its stops, in a JVM that has never written before (so mostly warming up):");
            printStages(connection);
        }
    }

    private void printStages(Connection connection) {
        var stages = connection.diagnostics().stages(StagesRequest.getDefaultInstance()).getStagesList();
        StageTable.of(stages).toString().lines().forEach(line -> out.println("    " + line));
        console().flush();
    }

    private long burstAndKill() {
        long count;
        try (var burst = new Burst(node, ledger, "burst", clientCount, console().platform().threads());
                Connection connection = node.connect()) {
            long startNs = clock.monotonicNs();
            long endNs = startNs + TimeUnit.SECONDS.toNanos(burstSeconds);
            while (clock.monotonicNs() < endNs) {
                node.pause(TICK_MS);
                say("%,9d writes acknowledged", burst.acknowledgedCount());
            }
            say("The stops under this load:");
            printStages(connection);
            node.kill();
            count = burst.acknowledgedCount();
            say("SIGKILL after %,d writes, %,.0f a second.", count, count / ((clock.monotonicNs() - startNs) / 1e9));
        }
        return count;
    }

    private Proof prove() {
        try (Connection connection = node.connect()) {
            Proof proof = ledger.prove(connection);
            proof.problems().stream().limit(PROBLEMS_SHOWN_MAX).forEach(problem -> say("WRONG: %s", problem));
            if (!proof.holds()) {
                throw CommandException.failed(proof.problems().size() + " of the writes are not as they must be");
            }
            say("Every key has the version, value and revision that its client was told;");
            say("the versions add up to revision %,d: nothing lost, nothing twice.", proof.revision());
            return proof;
        }
    }

    private void compactAndDefragment(long revision) {
        try (Connection connection = node.connect()) {
            long before = fileSize(connection);
            connection.kv().compact(CompactionRequest.newBuilder()
                    .setRevision(revision)
                    .setPhysical(true)
                    .build());
            long startNs = clock.monotonicNs();
            connection.maintenance().defragment(DefragmentRequest.getDefaultInstance());
            say("The file had %s, now it has %s; defragmenting took %s.", Sizes.bytes(before), Sizes.bytes(fileSize(connection)), Sizes.latency(clock.monotonicNs() - startNs));
        } catch (StatusRuntimeException e) {
            throw CommandException.failed("compaction failed: " + e.getStatus());
        }
    }

    private static long fileSize(Connection connection) {
        return connection.maintenance().status(StatusRequest.getDefaultInstance()).getDbSize();
    }

    private void heading(String text) {
        out.println();
        out.println(text);
        console().flush();
    }

    private void say(String format, Object... values) {
        out.println("  " + String.format(format, values));
        console().flush();
    }

    private static String seconds(long ns) {
        return String.format("%.2f s", ns / 1e9);
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("tenon-demo-");
        } catch (IOException e) {
            throw CommandException.failed("no temporary directory: " + e.getMessage());
        }
    }

    /// Leaves nothing behind, even after Ctrl-C.
    private void cleanUp() {
        NodeProcess running = node;
        if (running != null) {
            running.kill();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            console().err().println("tenon: could not delete " + directory + ": " + e.getMessage());
        }
    }
}
