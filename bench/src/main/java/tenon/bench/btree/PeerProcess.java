package tenon.bench.btree;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tenon.bench.btree.peers.Peer;

/// Starts the processes in which is measured. Their errors go to ours.
final class PeerProcess {
    private final NativePeers programs;
    private final List<String> jvmOptions;
    private final double warmUpSeconds;
    private volatile boolean stopped;

    PeerProcess(NativePeers programs, List<String> jvmOptions, double warmUpSeconds) {
        this.programs = programs;
        this.jvmOptions = jvmOptions;
        this.warmUpSeconds = warmUpSeconds;
    }

    /// Runs works of a peer in a fresh process.
    ///
    /// @return a result for each work, in order
    List<ResultLine> run(Peer peer, Path directory, long keyCount, List<Work> works)
            throws IOException, InterruptedException {
        List<String> labels = works.stream().map(work -> work.label).toList();
        String list = String.join(",", labels);
        String keys = Long.toString(keyCount);
        List<String> command = peer.kind() == Peer.Kind.PROGRAM
                ? List.of(programs.program(peer).toString(), directory.toString(), keys, list)
                : java(
                        PeerMain.class, peer.label(), directory.toString(), keys, list,
                        Double.toString(warmUpSeconds));
        List<ResultLine> results = output(command).stream()
                .filter(ResultLine::isResult)
                .map(ResultLine::parse)
                .toList();
        if (!results.stream().map(ResultLine::work).toList().equals(labels)) {
            throw new IOException(peer.label() + " left out a work: " + results);
        }
        return results;
    }

    /// The rows that a class of ours prints, in a fresh process.
    List<List<String>> rows(Class<?> main, String... arguments) throws IOException, InterruptedException {
        return output(java(main, arguments)).stream()
                .filter(TableRow::isRow)
                .map(TableRow::parse)
                .toList();
    }

    /// Starts a class of ours in a fresh process.
    Process start(Class<?> main, String... arguments) throws IOException {
        return start(java(main, arguments));
    }

    /// A JVM with this class path that may do what ours may: `bin/tenon` says what the peers' libraries want.
    private List<String> java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--"))
                .forEach(command::add);
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /// Ends all processes; no other one will start.
    void stop() {
        stopped = true;
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    private Process start(List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getOutputStream().close();
        if (stopped) {
            process.destroyForcibly();
        }
        return process;
    }

    private List<String> output(List<String> command) throws IOException, InterruptedException {
        Process process = start(command);
        try (BufferedReader output = process.inputReader()) {
            List<String> lines = output.lines().collect(Collectors.toList());
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException("its process ended with status " + status + ", and said why on standard error");
            }
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }
}
