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
import java.util.stream.Stream;
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

    @Option(names = "--work", split = ",", description = "what is measured; default: all but those of Tenon alone:"
            + " open-unclean, commit-free-pages (both write some GB), reader-pause")
    private List<String> workNames = List.of();

    @Option(names = "--open-gigabytes", defaultValue = "10", description = "file of open-unclean; default:"
            + " ${DEFAULT-VALUE}")
    private long openGigabytes;

    @Option(names = "--free-pages", defaultValue = "1000000", description = "free pages of commit-free-pages; default:"
            + " ${DEFAULT-VALUE}")
    private long freePageCount;

    @Option(names = "--dir", description = "where the stores go, on the disk to be measured; default: a temporary"
            + " directory")
    private Path directory;

    @Option(names = "--jvm", split = " ", defaultValue = "-Xms1g -Xmx1g",
            description = "options of the JVMs of the measured; default: ${DEFAULT-VALUE}")
    private List<String> jvmOptions;

    @Option(names = "--warm-up-seconds", defaultValue = "4", description = "how long a JVM works on a small store before"
            + " it is measured; default: ${DEFAULT-VALUE}")
    private double warmUpSeconds;

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
        List<SpecialWork> specials =
                workNames.stream().flatMap(name -> SpecialWork.find(name).stream()).sorted().toList();
        List<Work> works = workNames.isEmpty()
                ? List.of(Work.values())
                : workNames.stream()
                        .filter(name -> SpecialWork.find(name).isEmpty())
                        .map(Work::of)
                        .sorted()
                        .toList();
        NativePeers programs = new NativePeers(home.resolve("programs"));
        List<String> missing = new ArrayList<>();
        List<Peer> peers = works.isEmpty() ? List.of(Peer.TENON) : availablePeers(programs, works, missing);
        PeerProcess process = new PeerProcess(programs, jvmOptions, warmUpSeconds);
        Measurements measurements = runRounds(works, peers, process, home);
        List<Table> tables = new ArrayList<>(new Report(measurements).tables());
        for (SpecialWork special : specials) {
            progress("%s", special.label);
            tables.add(special.run(process, home.resolve(special.label), size(special)));
        }
        List<String> differences = measurements.differences();
        print(new Header(home, programs, peers, keyCount, roundCount, missing, differences), tables);
        return differences.isEmpty() ? 0 : 1;
    }

    private Measurements runRounds(List<Work> works, List<Peer> peers, PeerProcess process, Path home)
            throws IOException, InterruptedException {
        Measurements measurements = new Measurements();
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
        return measurements;
    }

    private long size(SpecialWork special) {
        return switch (special) {
            case OPEN_UNCLEAN -> openGigabytes;
            case COMMIT_FREE_PAGES -> freePageCount;
            // Tenfold it is what the other works have.
            case READER_PAUSE -> keyCount / 10;
        };
    }

    /// Those that can be measured here; for the others, `missing` says why not.
    private List<Peer> availablePeers(NativePeers programs, List<Work> works, List<String> missing)
            throws IOException, InterruptedException {
        List<Peer> wanted = peerNames.isEmpty()
                ? Stream.of(Peer.values()).filter(peer -> peer != Peer.DISK).toList()
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
