package tenon.bench.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tenon.bench.measure.Figures;
import tenon.bench.measure.Machine;
import tenon.bench.measure.RunOptions;
import tenon.bench.measure.Samples;
import tenon.bench.measure.StoreDirectory;
import tenon.bench.measure.Table;
import tenon.bench.measure.Turns;
import tenon.bench.server.Server;

/// Takes the time that a cluster is without a leader.
@Command(
        name = "failover",
        description = "Time without a leader after its SIGKILL, beside etcd with the same timeouts.",
        mixinStandardHelpOptions = true)
public final class FailoverCommand implements Callable<Integer> {
    @Option(names = "--heartbeat-interval", defaultValue = "100", description = "of both servers, ms; default:"
            + " ${DEFAULT-VALUE}")
    private long heartbeatMs;

    @Option(names = "--election-timeout", defaultValue = "1000", description = "of both servers, ms; default:"
            + " ${DEFAULT-VALUE}")
    private long electionMs;

    @Option(names = "--probe-ms", defaultValue = "2", description = "between two calls of the client; default:"
            + " ${DEFAULT-VALUE}")
    private long probeMs;

    @Mixin
    private PeerOptions peers;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> warnings = new ArrayList<>();
        List<Server> servers = peers.available(warnings);
        return peers.inHome(home -> measure(servers, warnings, home));
    }

    private int measure(List<Server> servers, List<String> warnings, StoreDirectory home)
            throws IOException, InterruptedException {
        Turns turns = new Failovers(servers, home, new Failovers.Timing(heartbeatMs, electionMs, probeMs))
                .run(run.roundCount());
        warnings.addAll(turns.failures());
        run.publish(facts(servers, home), warnings, List.of(table(turns, servers)));
        return turns.failures().isEmpty() ? 0 : 1;
    }

    private List<String> facts(List<Server> servers, StoreDirectory home) throws IOException {
        return List.of(
                Machine.describe(home.path()),
                PeerOptions.describe(servers),
                Failovers.MEMBER_COUNT + " members, heartbeats every " + heartbeatMs + " ms, election timeout "
                        + electionMs + " ms; a put and a read every " + probeMs + " ms.");
    }

    private static Table table(Turns turns, List<Server> servers) {
        Table table = new Table(
                "Time from the kill of the leader to the first answer of the next one", "answer", "peer", "kills",
                "median, ms", "least", "90 %", "most", "Tenon beside it");
        for (String answer : List.of(Failovers.TO_WRITE, Failovers.TO_READ)) {
            for (Server server : servers) {
                if (turns.has(Failovers.SETTING, server.label())) {
                    table.add(row(turns, answer, server.label()));
                }
            }
        }
        return table;
    }

    private static String[] row(Turns turns, String answer, String peer) {
        double[] ns = samples(turns, answer, peer);
        Arrays.sort(ns);
        boolean isBeside = !peer.equals(Server.TENON) && turns.has(Failovers.SETTING, Server.TENON);
        return new String[] {
            answer.equals(Failovers.TO_WRITE) ? "write" : "linearizable read",
            peer,
            Figures.number(ns.length),
            Figures.millis(Samples.median(ns)),
            Figures.millis(ns[0]),
            Figures.millis(ns[(ns.length - 1) * 9 / 10]),
            Figures.millis(ns[ns.length - 1]),
            isBeside ? Figures.factor(Samples.median(samples(turns, answer, Server.TENON)) / Samples.median(ns)) : ""
        };
    }

    private static double[] samples(Turns turns, String answer, String peer) {
        return turns.samples(Failovers.SETTING, peer, outcome -> outcome.get(answer));
    }
}
