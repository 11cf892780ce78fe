package tenon.bench.btree;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tenon.bench.btree.peers.Peer;

/// Runs works of a peer in a fresh process. The peer's errors go to ours.
final class PeerProcess {
    private final NativePeers programs;
    private final List<String> jvmOptions;

    PeerProcess(NativePeers programs, List<String> jvmOptions) {
        this.programs = programs;
        this.jvmOptions = jvmOptions;
    }

    /// @return a result for each work, in order
    List<ResultLine> run(Peer peer, Path directory, long keyCount, List<Work> works)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (peer.kind() == Peer.Kind.PROGRAM) {
            command.add(programs.program(peer).toString());
            command.add(directory.toString());
        } else {
            command.addAll(java(jvmOptions, PeerMain.class));
            command.add(peer.label());
            command.add(directory.toString());
        }
        command.add(Long.toString(keyCount));
        command.add(works.stream().map(work -> work.label).collect(Collectors.joining(",")));
        List<ResultLine> results = run(command);
        if (!results.stream().map(ResultLine::work).toList().equals(works.stream().map(work -> work.label).toList())) {
            throw new IOException(peer.label() + " left out a work: " + results);
        }
        return results;
    }

    /// The command that starts a class of this class path in a JVM that may do what ours may: `bin/tenon` says what the
    /// peers' libraries want.
    static List<String> java(List<String> jvmOptions, Class<?> main) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--"))
                .forEach(command::add);
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        return command;
    }

    private static List<ResultLine> run(List<String> command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getOutputStream().close();
        try (BufferedReader output = process.inputReader()) {
            List<ResultLine> results =
                    output.lines().filter(ResultLine::isResult).map(ResultLine::parse).toList();
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(command + " ended with status " + status);
            }
            return results;
        } finally {
            process.destroyForcibly();
        }
    }
}
