package tenon.bench.btree;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tenon.bench.btree.peers.Peer;
import tenon.bench.measure.JvmOptions;
import tenon.bench.measure.Programs;
import tenon.bench.measure.Progress;
import tenon.bench.measure.RunOptions;
import tenon.bench.measure.StoreDirectory;
import tenon.bench.measure.Table;

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

    @Option(names = "--warm-up-seconds", defaultValue = "4", description = "how long a JVM works on a small store before"
            + " it is measured; default: ${DEFAULT-VALUE}")
    private double warmUpSeconds;

    @Option(names = "--limit-seconds", defaultValue = "1800", description = "how long a peer may take for a step, its"
            + " warm-up included, before it is ended; default: ${DEFAULT-VALUE}")
    private long limitSeconds;

    @Mixin
    private JvmOptions jvm;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path place = directory == null ? Path.of(System.getProperty("java.io.tmpdir")) : directory;
        StoreDirectory home = new StoreDirectory(
                place.toAbsolutePath().resolve("tenon-bench-" + ProcessHandle.current().pid()));
        NativePeers programs = new NativePeers(home.path().resolve("programs"));
        PeerProcess process = new PeerProcess(programs, jvm.options(), warmUpSeconds, Duration.ofSeconds(limitSeconds));
        // Also where somebody has seen enough.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            process.stop();
            home.delete();
        }));
        home.wipe();
        try {
            return measure(programs, process, home.path());
        } finally {
            home.delete();
        }
    }

    private List<Work> works() {
        return workNames.isEmpty()
                ? List.of(Work.values())
                : workNames.stream()
                        .filter(name -> SpecialWork.find(name).isEmpty())
                        .map(name -> known(name, Work::of))
                        .sorted()
                        .toList();
    }

    private List<SpecialWork> specialWorks() {
        return workNames.stream()
                .flatMap(name -> SpecialWork.find(name).stream())
                .sorted()
                .toList();
    }

    private <T> T known(String name, Function<String, T> find) {
        try {
            return find.apply(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private int measure(NativePeers programs, PeerProcess process, Path home)
            throws IOException, InterruptedException {
        List<Work> works = works();
        List<String> missing = new ArrayList<>();
        List<Peer> peers = works.isEmpty() ? List.of(Peer.TENON) : availablePeers(programs, works, missing);
        Rounds rounds = new Rounds(process, home, keyCount);
        rounds.run(works, peers, run.roundCount());
        List<Table> tables = new ArrayList<>(new Report(rounds.measurements()).tables());
        List<String> wrong = new ArrayList<>(rounds.failures());
        wrong.addAll(rounds.measurements().differences());
        for (SpecialWork special : specialWorks()) {
            try {
                Progress.tell("%s", special.label);
                tables.add(special.run(process, home.resolve(special.label), size(special)));
            } catch (IOException e) {
                wrong.add("tenon FAILED at " + special.label + ": " + e.getMessage());
                Progress.tell("%s", wrong.getLast());
            }
        }
        missing.addAll(rounds.endings());
        missing.addAll(wrong);
        List<String> facts = Header.facts(home, programs, peers, keyCount, run.roundCount());
        run.publish(facts, missing, tables);
        return wrong.isEmpty() ? 0 : 1;
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
                : peerNames.stream().map(name -> known(name, Peer::of)).toList();
        List<Peer> available = new ArrayList<>();
        for (Peer peer : wanted) {
            try {
                if (peer.kind() == Peer.Kind.PROGRAM) {
                    Progress.tell("compiling %s", peer.label());
                    programs.build(peer);
                }
                available.add(peer);
            } catch (Programs.MissingException e) {
                missing.add(peer.label() + " IS NOT MEASURED: " + e.getMessage());
                Progress.tell("%s", missing.getLast());
            }
        }
        if (works.contains(Work.PUT_ONE_SYNC) && !available.contains(Peer.DISK)) {
            available.add(Peer.DISK);
        }
        return available;
    }
}
