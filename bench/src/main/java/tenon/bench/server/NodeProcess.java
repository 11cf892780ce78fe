package tenon.bench.server;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import tenon.bench.load.EtcdCalls;
import tenon.bench.measure.Memory;

/// A member as a process of its own.
public final class NodeProcess implements AutoCloseable {
    private static final long START_LIMIT_NS = TimeUnit.MINUTES.toNanos(5);
    private static final long POLL_MS = 1;
    private static final long STOP_LIMIT_S = 20;

    private final Member member;
    private final Process process;

    private NodeProcess(Member member, Process process) {
        this.member = member;
        this.process = process;
    }

    /// @param cluster all its members, the new one among them
    /// @param moreFlags such as timeouts
    public static NodeProcess start(Server server, Member member, List<Member> cluster, List<String> moreFlags)
            throws IOException {
        List<String> command = new ArrayList<>(server.program());
        command.addAll(member.flags(cluster));
        command.addAll(moreFlags);
        Files.createDirectories(member.home());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(member.log().toFile()));
        builder.environment().putAll(server.environment());
        return new NodeProcess(member, builder.start());
    }

    /// Starts the one member of a cluster.
    public static NodeProcess start(Server server, Member member) throws IOException {
        return start(server, member, List.of(member), List.of());
    }

    /// Waits until a call is answered. Until the server takes connections, only that is tried: a client that fails costs
    /// more than a socket that does, and the server runs on the same processors.
    ///
    /// @throws IOException if the process ends, or takes too long
    public <T> T awaitAnswer(Function<EtcdCalls, T> call) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        while (process.isAlive() && System.nanoTime() - startNs < START_LIMIT_NS) {
            if (listens()) {
                // A channel that failed to connect backs off for a second: use a new one each time.
                try (EtcdCalls calls = new EtcdCalls(member.clientAddress())) {
                    return call.apply(calls);
                } catch (StatusRuntimeException e) {
                    // It listens, but does not serve yet.
                }
            }
            Thread.sleep(POLL_MS);
        }
        throw new IOException(
                member.name() + (process.isAlive() ? " did not answer" : " ended") + "; it said last: " + lastWords());
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(member.clientAddress());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String lastWords() throws IOException {
        if (!Files.exists(member.log())) {
            return "nothing that is left; " + member.log() + " is gone";
        }
        List<String> lines = Files.readAllLines(member.log());
        return lines.isEmpty() ? "nothing" : lines.getLast();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /// Resident memory in bytes, without pages of the mapped file that the kernel may take back.
    public long anonymousBytes() {
        return Memory.of(handle()).anonKb() * 1024;
    }

    /// Ends it by SIGKILL, and waits for that.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Ends it as an operator does, and waits for that.
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_LIMIT_S, TimeUnit.SECONDS)) {
            kill();
        }
    }

    /// Ends it by SIGKILL.
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
