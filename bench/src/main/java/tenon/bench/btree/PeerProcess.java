package tenon.bench.btree;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tenon.bench.btree.peers.Peer;
import tenon.bench.measure.Processes;

/// Starts the processes in which a peer is measured.
final class PeerProcess {
    private final NativePeers programs;
    private final Processes processes;
    private final double warmUpSeconds;
    private final Duration limit;

    /// @param limit how long a process may take
    PeerProcess(NativePeers programs, List<String> jvmOptions, double warmUpSeconds, Duration limit) {
        this.programs = programs;
        processes = new Processes(jvmOptions);
        this.warmUpSeconds = warmUpSeconds;
        this.limit = limit;
    }

    /// Runs works of a peer in a fresh process.
    ///
    /// @return a result for each work, in order; only of the first ones if the time was over then
    List<ResultLine> run(Peer peer, Path directory, long keyCount, List<Work> works)
            throws IOException, InterruptedException {
        List<String> labels = works.stream().map(work -> work.label).toList();
        String list = String.join(",", labels);
        String keys = Long.toString(keyCount);
        List<String> command = peer.kind() == Peer.Kind.PROGRAM
                ? List.of(programs.program(peer).toString(), directory.toString(), keys, list)
                : processes.java(
                        PeerMain.class, peer.label(), directory.toString(), keys, list,
                        Double.toString(warmUpSeconds));
        Processes.Output output = processes.output(command, limit);
        List<ResultLine> results = output.lines().stream()
                .filter(ResultLine::isResult)
                .map(ResultLine::parse)
                .toList();
        List<String> done = results.stream().map(ResultLine::work).toList();
        if (!done.equals(output.isWhole() ? labels : labels.subList(0, Math.min(done.size(), labels.size())))) {
            throw new IOException(peer.label() + " left out a work: " + results);
        }
        return results;
    }

    Duration limit() {
        return limit;
    }

    /// The rows that a class of ours prints, in a fresh process.
    List<List<String>> rows(Class<?> main, String... arguments) throws IOException, InterruptedException {
        return processes.output(processes.java(main, arguments)).stream()
                .filter(TableRow::isRow)
                .map(TableRow::parse)
                .toList();
    }

    /// Starts a class of ours in a fresh process.
    Process start(Class<?> main, String... arguments) throws IOException {
        return processes.start(processes.java(main, arguments));
    }

    /// Ends all processes; no other one will start.
    void stop() {
        processes.stop();
    }
}
