package tenon.server.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tenon.server.command.demo.ServerProgram;
import tenon.testkit.FreePorts;

/// A member of a cluster in a process of its own, started as a user does.
final class MemberProcess implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 60;

    final String name;
    final URI clientUrl = freeUrl();
    final URI peerUrl = freeUrl();
    private final Path directory;
    private final Path log;
    private Process process;

    /// @param directory holds its data and what it says
    MemberProcess(String name, Path directory) {
        this.name = name;
        this.directory = directory;
        this.log = directory.resolve(name + ".log");
    }

    private static URI freeUrl() {
        return URI.create("http://127.0.0.1:" + FreePorts.next());
    }

    /// As it stands in `--initial-cluster`.
    String asFounder() {
        return name + "=" + peerUrl;
    }

    /// @param more flags
    void start(String initialCluster, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ServerProgram.launcher().toString(),
                "server",
                "--name=" + name,
                "--data-dir=" + directory.resolve(name),
                "--listen-client-urls=" + clientUrl,
                "--advertise-client-urls=" + clientUrl,
                "--listen-peer-urls=" + peerUrl,
                "--initial-advertise-peer-urls=" + peerUrl,
                "--initial-cluster=" + initialCluster));
        command.addAll(List.of(more));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /// SIGTERM.
    ///
    /// @return its exit code
    int stop() throws InterruptedException, IOException {
        process.destroy();
        return awaitExit();
    }

    int awaitExit() throws InterruptedException, IOException {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " does not end; it said:\n" + output());
        }
        return process.exitValue();
    }

    /// What it has said since it was started last.
    String output() throws IOException {
        return Files.readString(log);
    }

    /// What etcdctl says when it asks this member.
    Etcdctl.Result etcdctl(String... arguments) {
        return new Etcdctl(clientUrl, directory).run(List.of(arguments), "");
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }
}
