package tenon.bench.btree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tenon.bench.btree.peers.Peer;

/// Puts the same work on the page store and on its peers.
@Command(
        name = "btree",
        description = "The page store beside LMDB, bbolt and the stores of the JVM: the same work on the same disk.",
        mixinStandardHelpOptions = true)
public final class BTreeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--keys", defaultValue = "1000000", description = "keys of a store; default: ${DEFAULT-VALUE}")
    private long keyCount;

    @Option(names = "--rounds", defaultValue = "3", description = "rounds, in each of which all peers take their turn;"
            + " default: ${DEFAULT-VALUE}")
    private int roundCount;

    @Option(names = "--peers", split = ",", description = "who is measured; default: all")
    private List<String> peerNames = List.of();

    @Option(names = "--work", split = ",", description = "what is measured; default: all")
    private List<String> workNames = List.of();

    @Option(names = "--dir", description = "where the stores go, on the disk to be measured; default: a temporary"
            + " directory")
    private Path directory;

    @Option(names = "--jvm", split = " ", defaultValue = "-Xms1g -Xmx1g",
            description = "options of the JVMs of the measured; default: ${DEFAULT-VALUE}")
    private List<String> jvmOptions;

    @Option(names = "--markdown", description = "write the tables to this file too, as Markdown")
    private Path markdown;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path home = directory == null
                ? Files.createTempDirectory("tenon-btree")
                : Files.createDirectories(directory).toAbsolutePath();
        StoreDirectory runs = new StoreDirectory(home.resolve("tenon-bench-" + ProcessHandle.current().pid()));
        runs.wipe();
        try {
            return measure(runs.path());
        } finally {
            runs.delete();
        }
    }

    private int measure(Path home) throws IOException, InterruptedException {
        List<Work> works = workNames.isEmpty()
                ? List.of(Work.values())
                : workNames.stream().map(Work::of).sorted().toList();
        NativePeers programs = new NativePeers(home.resolve("programs"));
        List<String> missing = new ArrayList<>();
        List<Peer> peers = availablePeers(programs, works, missing);
        Measurements measurements = new Measurements();
        PeerProcess process = new PeerProcess(programs, jvmOptions);
        for (int round = 1; round <= roundCount; round++) {
            for (Step step : Step.plan(works)) {
                for (Peer peer : peers) {
                    if (peer != Peer.DISK || step.works().contains(Work.PUT_ONE_SYNC)) {
                        progress("round %d of %d: %s: %s", round, roundCount, step, peer.label());
                        step.run(process, peer, home, keyCount, measurements);
                    }
                }
            }
        }
        List<String> differences = measurements.differences();
        Header header = new Header(home, programs, peers, keyCount, roundCount, missing, differences);
        print(header, new Report(measurements).tables());
        return differences.isEmpty() ? 0 : 1;
    }

    /// Those that can be measured here; for the others, `missing` says why not.
    private List<Peer> availablePeers(NativePeers programs, List<Work> works, List<String> missing)
            throws IOException, InterruptedException {
        List<Peer> wanted = peerNames.isEmpty()
                ? List.of(Peer.values())
                : peerNames.stream().map(Peer::of).collect(Collectors.toCollection(ArrayList::new));
        List<Peer> available = new ArrayList<>();
        for (Peer peer : wanted) {
            try {
                if (peer.kind() == Peer.Kind.PROGRAM) {
                    progress("compiling %s", peer.label());
                    programs.build(peer);
                }
                available.add(peer);
            } catch (NativePeers.MissingException e) {
                missing.add(peer.label() + " IS NOT MEASURED: " + e.getMessage());
                progress("%s", missing.getLast());
            }
        }
        if (works.contains(Work.PUT_ONE_SYNC) && !available.contains(Peer.DISK)) {
            available.add(Peer.DISK);
        }
        return available;
    }

    private void print(Header header, List<Table> tables) throws IOException {
        String command = "bin/tenon bench " + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
        System.out.println(header.text(command));
        tables.forEach(table -> System.out.print(table.text()));
        if (markdown != null) {
            Files.writeString(
                    markdown,
                    header.markdown(command) + tables.stream().map(Table::markdown).collect(Collectors.joining()));
        }
    }

    private static void progress(String format, Object... arguments) {
        System.err.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + String.format(format, arguments));
    }
}
