package tenon.bench.wal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tenon.bench.measure.Figures;
import tenon.bench.measure.JvmOptions;
import tenon.bench.measure.Machine;
import tenon.bench.measure.Outcome;
import tenon.bench.measure.Processes;
import tenon.bench.measure.Programs;
import tenon.bench.measure.Progress;
import tenon.bench.measure.RunOptions;
import tenon.bench.measure.Samples;
import tenon.bench.measure.StoreDirectory;
import tenon.bench.measure.Table;
import tenon.bench.measure.TurnOptions;
import tenon.bench.measure.Turns;

/// Lets appenders wait for the log and for its peers.
@Command(
        name = "wal",
        description = "The log beside etcd's and beside the bare disk: appenders that wait for records of 256 bytes.",
        mixinStandardHelpOptions = true)
public final class WalCommand implements Callable<Integer> {
    /// Where the disk's pace is to be reached, and how much of it.
    private static final List<Integer> GOAL_COUNTS = List.of(1, 1000);
    private static final double GOAL = 0.9;

    @Spec
    private CommandSpec spec;

    @Option(names = "--appenders", split = ",", defaultValue = "1,10,100,1000",
            description = "how many wait at the same time; default: ${DEFAULT-VALUE}")
    private List<Integer> counts;

    @Option(names = "--peers", split = ",", description = "who is measured; default: all")
    private List<String> peerNames = Stream.of(Peer.values()).map(peer -> peer.label).toList();

    @Option(names = "--dir", description = "where the logs go, on the disk to be measured; default: a temporary"
            + " directory")
    private Path directory;

    @Mixin
    private TurnOptions turn;

    @Mixin
    private JvmOptions jvm;

    @Mixin
    private RunOptions run;

    private Processes processes;
    private StoreDirectory home;
    /// Etcd's, null if this machine cannot compile it.
    private Path etcdProgram;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path place = directory == null ? Path.of(System.getProperty("java.io.tmpdir")) : directory;
        home = new StoreDirectory(place.toAbsolutePath().resolve("tenon-bench-" + ProcessHandle.current().pid()));
        processes = new Processes(jvm.options());
        // Also where somebody has seen enough.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            processes.stop();
            home.delete();
        }));
        home.wipe();
        try {
            return measure();
        } finally {
            home.delete();
        }
    }

    private int measure() throws IOException, InterruptedException {
        List<String> warnings = new ArrayList<>();
        List<Peer> peers = availablePeers(warnings);
        Turns turns = new Turns();
        turns.run(
                counts.stream().map(String::valueOf).toList(), peers.stream().map(peer -> peer.label).toList(),
                run.roundCount(), this::take);
        warnings.addAll(turns.failures());
        run.publish(facts(), warnings, List.of(table(turns, peers)));
        return turns.failures().isEmpty() ? 0 : 1;
    }

    private List<Peer> availablePeers(List<String> warnings) throws IOException, InterruptedException {
        List<Peer> available = new ArrayList<>();
        for (String name : peerNames) {
            try {
                Peer peer = Peer.of(name);
                if (peer == Peer.ETCD) {
                    Progress.tell("compiling %s", name);
                    etcdProgram = new Programs(home.path().resolve("programs"))
                            .buildGo(
                                    "etcd_wal.go",
                                    "etcd's source (Debian: apt-get install golang-etcd-server-dev)");
                }
                available.add(peer);
            } catch (Programs.MissingException e) {
                warnings.add(name + " IS NOT MEASURED: " + e.getMessage());
                Progress.tell("%s", warnings.getLast());
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
        }
        return available;
    }

    private Outcome take(String count, String label) throws IOException, InterruptedException {
        StoreDirectory place = new StoreDirectory(home.path().resolve(label));
        place.wipe();
        try {
            String[] arguments = Stream.concat(Stream.of(place.path().toString(), count), Stream.of(turn.arguments()))
                    .toArray(String[]::new);
            List<String> command = Peer.of(label) == Peer.ETCD
                    ? Stream.concat(Stream.of(etcdProgram.toString()), Stream.of(arguments)).toList()
                    : processes.java(
                            AppendMain.class,
                            Stream.concat(Stream.of(label), Stream.of(arguments)).toArray(String[]::new));
            return Outcome.of(processes.output(command));
        } finally {
            place.delete();
        }
    }

    private List<String> facts() throws IOException, InterruptedException {
        String etcd = etcdProgram == null ? "" : Programs.version(etcdProgram) + "; ";
        return List.of(
                Machine.describe(home.path()),
                etcd + "records of " + Appends.RECORD_BYTES + " bytes; " + turn.describe(run.roundCount()));
    }

    private Table table(Turns turns, List<Peer> peers) {
        Table table = new Table(
                "Appends", "appenders", "peer", "records/s, median", "min .. max", "p50, us", "p99, us", "p99.9, us",
                "beside the disk", "to reach");
        for (int count : counts) {
            for (Peer peer : peers) {
                if (turns.has(Integer.toString(count), peer.label)) {
                    table.add(row(turns, count, peer));
                }
            }
        }
        return table;
    }

    private static String[] row(Turns turns, int count, Peer peer) {
        String setting = Integer.toString(count);
        double[] speeds = turns.perSecond(setting, peer.label);
        boolean hasGoal = GOAL_COUNTS.contains(count) && peer == Peer.TENON;
        String beside = "";
        String verdict = hasGoal ? "not measured" : "";
        if (turns.has(setting, Peer.DISK.label)) {
            double ratio = turns.ratio(setting, peer.label, Peer.DISK.label);
            beside = Figures.factor(ratio);
            verdict = hasGoal ? Figures.factor(GOAL) + ": " + Figures.verdict(ratio >= GOAL) : "";
        }
        return new String[] {
            Figures.number(count),
            peer.label,
            Figures.number(Samples.median(speeds)),
            Figures.range(speeds),
            Figures.micros(turns.median(setting, peer.label, "p50")),
            Figures.micros(turns.median(setting, peer.label, "p99")),
            Figures.micros(turns.median(setting, peer.label, "p999")),
            beside,
            verdict
        };
    }
}
