package tenon.server.command.demo;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tenon.api.Clock;
import tenon.server.command.CommandException;
import tenon.server.command.ctl.Connection;
import tenon.server.rpc.RangeRequest;

/// A node in a process of its own, to be killed at will.
final class NodeProcess implements AutoCloseable {
    private static final long START_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long CALL_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long POLL_MS = 5;
    private static final int LAST_LINES_MAX = 10;
    private static final RangeRequest PROBE =
            RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("probe")).build();

    private final Process process;
    private final String host;
    private final int port;
    private final Path log;
    private final Clock clock;
    private final long startNs;

    private NodeProcess(Process process, String host, int port, Path log, Clock clock, long startNs) {
        this.process = process;
        this.host = host;
        this.port = port;
        this.log = log;
        this.clock = clock;
        this.startNs = startNs;
    }

    /// Starts a node on a free port of this machine. It may not answer yet: see [#awaitAnswer].
    ///
    /// @param program the words that start a server, without the flags that say where
    /// @param log where its output goes, behind what is there
    static NodeProcess start(List<String> program, Path dataDirectory, Path log, Clock clock) {
        String host = "127.0.0.1";
        int port = freePort();
        String clientUrl = "http://" + host + ":" + port;
        String peerUrl = "http://" + host + ":" + freePort();
        // Part of the identity, so it stays the same from start to start.
        String advertisedPeerUrl = "http://localhost:2380";
        var command = new ArrayList<>(program);
        command.addAll(List.of(
                "--name", "demo",
                "--data-dir", dataDirectory.toString(),
                "--listen-client-urls", clientUrl,
                "--advertise-client-urls", clientUrl,
                "--listen-peer-urls", peerUrl,
                "--initial-advertise-peer-urls", advertisedPeerUrl,
                "--initial-cluster", "demo=" + advertisedPeerUrl));
        long startNs = clock.monotonicNs();
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new NodeProcess(process, host, port, log, clock, startNs);
        } catch (IOException e) {
            throw CommandException.failed("cannot start a node: " + e.getMessage());
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw CommandException.failed("no free port: " + e.getMessage());
        }
    }

    String endpoint() {
        return host + ":" + port;
    }

    Connection connect() {
        return Connection.to(endpoint(), CALL_TIMEOUT_NS);
    }

    /// Waits until the node answers a linearizable read.
    ///
    /// @return nanoseconds from the start of the process to the answer
    /// @throws CommandException if it ends before, or takes too long
    long awaitAnswer() {
        while (process.isAlive() && clock.monotonicNs() - startNs < START_TIMEOUT_NS) {
            if (listens() && answers()) {
                return clock.monotonicNs() - startNs;
            }
            pause(POLL_MS);
        }
        throw CommandException.failed("the node did not start; it said:\n" + lastWords());
    }

    private boolean listens() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean answers() {
        try (Connection connection = connect()) {
            connection.kv().range(PROBE);
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /// Lets some time go by, less if the process ends.
    void pause(long ms) {
        try {
            process.waitFor(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandException.failed("interrupted");
        }
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES_MAX), lines.size()));
        } catch (IOException e) {
            return "(" + log + " is not readable)";
        }
    }

    /// SIGKILL: the process gets no chance to do anything more.
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /// SIGTERM: the process may finish what it is at.
    ///
    /// @return its exit code
    int stop() {
        process.destroy();
        return awaitEnd();
    }

    private int awaitEnd() {
        try {
            if (process.waitFor(START_TIMEOUT_NS, TimeUnit.NANOSECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw CommandException.failed("the node does not end; it said:\n" + lastWords());
    }

    /// Kills the process, and waits for nothing.
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
