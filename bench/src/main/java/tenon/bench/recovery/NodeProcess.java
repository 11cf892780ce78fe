package tenon.bench.recovery;

import io.grpc.StatusRuntimeException;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import tenon.bench.load.EtcdCalls;

/// A server of either kind, as a process of its own.
final class NodeProcess implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final long START_LIMIT_NS = TimeUnit.MINUTES.toNanos(5);
    private static final long POLL_MS = 1;

    private final Process process;
    private final int port;

    private NodeProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Where a server listens; the same at each start, for the peer address is part of a member's identity.
    record Ports(int client, int peer) {
        static Ports free() throws IOException {
            return new Ports(freePort(), freePort());
        }
    }

    /// @param program the words that start the server, without its flags
    static NodeProcess start(List<String> program, Ports ports, Path dataDirectory, Path log) throws IOException {
        String clientUrl = "http://" + HOST + ":" + ports.client();
        String peerUrl = "http://" + HOST + ":" + ports.peer();
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(
                "--name", "bench",
                "--data-dir", dataDirectory.toString(),
                "--listen-client-urls", clientUrl,
                "--advertise-client-urls", clientUrl,
                "--listen-peer-urls", peerUrl,
                "--initial-advertise-peer-urls", peerUrl,
                "--initial-cluster", "bench=" + peerUrl));
        File output = log.toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
                .start();
        return new NodeProcess(process, ports.client());
    }

    int port() {
        return port;
    }

    /// Waits until a call is answered. Until the server takes connections, only that is tried: a client that fails costs
    /// more than a socket that does, and the server runs on the same processors.
    <T> T awaitAnswer(Function<EtcdCalls, T> call) throws InterruptedException {
        long startNs = System.nanoTime();
        while (process.isAlive() && System.nanoTime() - startNs < START_LIMIT_NS) {
            if (listens()) {
                // A channel that failed to connect backs off for a second: use a new one each time.
                try (EtcdCalls calls = new EtcdCalls(HOST, port)) {
                    return call.apply(calls);
                } catch (StatusRuntimeException e) {
                    // It listens, but does not serve yet.
                }
            }
            Thread.sleep(POLL_MS);
        }
        throw new IllegalStateException("the server did not answer; see its log");
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(HOST, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Resident memory in bytes, without pages of the mapped file that the kernel may take back.
    long anonymousBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
