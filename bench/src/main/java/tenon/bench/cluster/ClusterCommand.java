package tenon.bench.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tenon.bench.load.Shape;
import tenon.bench.measure.Machine;
import tenon.bench.measure.RunOptions;
import tenon.bench.measure.StoreDirectory;
import tenon.bench.measure.Turns;
import tenon.bench.server.Server;

/// Puts the same load on Tenon and on etcd.
@Command(
        name = "cluster",
        description = "The server beside etcd, with one member and with three: puts and gets, and what they cost.",
        mixinStandardHelpOptions = true)
public final class ClusterCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--members", split = ",", defaultValue = "1,3", description = "of a cluster; default:"
            + " ${DEFAULT-VALUE}")
    private List<Integer> memberCounts;

    @Option(names = "--shapes", split = ",", defaultValue = "1/1,10/100,100/1000",
            description = "connections/clients; default: ${DEFAULT-VALUE}")
    private List<String> shapes;

    @Option(names = "--work", split = ",", description = "what is measured: put, get, get-serializable; default: all")
    private List<String> workNames = Stream.of(Work.values()).map(work -> work.label).toList();

    @Option(names = "--keys", defaultValue = "200000", description = "keys that are put before anything is measured;"
            + " as many are read before reads are; default: ${DEFAULT-VALUE}")
    private long keyCount;

    @Option(names = "--seconds", defaultValue = "5", description = "how long a turn is; default: ${DEFAULT-VALUE}")
    private double seconds;

    @Option(names = "--warm-up-seconds", defaultValue = "1", description = "the same load before it is measured;"
            + " default: ${DEFAULT-VALUE}")
    private double warmUpSeconds;

    @Option(names = "--target-leader", description = "all connections go to the leader; default: to all members in"
            + " turn, the leader first")
    private boolean leaderOnly;

    @Mixin
    private PeerOptions peers;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Setting> settings = settings();
        List<String> warnings = new ArrayList<>();
        List<Server> servers = peers.available(warnings);
        return peers.inHome(home -> measure(settings, servers, warnings, home));
    }

    private List<Setting> settings() {
        if (keyCount < 1 || memberCounts.stream().anyMatch(count -> count < 1)) {
            throw new ParameterException(spec.commandLine(), "at least one key and one member are needed");
        }
        List<Work> works = workNames.stream().map(name -> known(name, Work::of)).toList();
        List<Shape> known = shapes.stream().map(shape -> known(shape, Shape::of)).toList();
        List<Setting> settings = new ArrayList<>();
        for (int memberCount : memberCounts) {
            for (Work work : works) {
                known.forEach(shape -> settings.add(new Setting(memberCount, work, shape)));
            }
        }
        return settings;
    }

    private <T> T known(String name, Function<String, T> find) {
        try {
            return find.apply(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private int measure(List<Setting> settings, List<Server> servers, List<String> warnings, StoreDirectory home)
            throws IOException, InterruptedException {
        Passes passes = new Passes(
                servers, home, new Passes.Plan(settings, keyCount, warmUpSeconds, seconds, leaderOnly));
        Turns turns = passes.run(run.roundCount());
        Report report = new Report(turns, settings, servers.stream().map(Server::label).toList());
        warnings.addAll(turns.failures());
        warnings.addAll(report.disturbances());
        run.publish(facts(servers, report, home), warnings, report.tables());
        return turns.failures().isEmpty() ? 0 : 1;
    }

    private List<String> facts(List<Server> servers, Report report, StoreDirectory home) throws IOException {
        return List.of(
                Machine.describe(home.path()),
                PeerOptions.describe(servers),
                String.format(
                        Locale.ROOT,
                        "Values of %d bytes, %,d keys put before; connections go to %s; %d %s of new clusters, each load %s s"
                                + " after %s s of the same.",
                        Passes.VALUE_BYTES,
                        keyCount,
                        leaderOnly ? "the leader" : "all members in turn, the leader first",
                        run.roundCount(),
                        run.roundCount() == 1 ? "round" : "rounds",
                        seconds,
                        warmUpSeconds),
                "The server whose turn it was not took at most " + report.resting() + " of a processor.");
    }
}
