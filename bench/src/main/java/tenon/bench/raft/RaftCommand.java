package tenon.bench.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
import tenon.bench.measure.RunOptions;
import tenon.bench.measure.Samples;
import tenon.bench.measure.Table;
import tenon.bench.measure.TurnOptions;
import tenon.bench.measure.Turns;

/// Lets three nodes of the Raft core, and of its peers, agree in memory.
@Command(
        name = "raft",
        description = "The Raft core beside those of others: three nodes in memory agree on small proposals.",
        mixinStandardHelpOptions = true)
public final class RaftCommand implements Callable<Integer> {
    private static final double GOAL_PER_SECOND = 1_000_000;
    private static final double GOAL_FACTOR = 5;

    @Spec
    private CommandSpec spec;

    @Option(names = "--batches", split = ",", defaultValue = "1,16,256",
            description = "how many are proposed at once; default: ${DEFAULT-VALUE}")
    private List<Integer> counts;

    @Option(names = "--peers", split = ",", description = "who is measured; default: all")
    private List<String> peerNames = Stream.of(Peer.values()).map(peer -> peer.label).toList();

    @Mixin
    private TurnOptions turn;

    @Mixin
    private JvmOptions jvm;

    @Mixin
    private RunOptions run;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Peer> peers = peerNames.stream().map(this::known).toList();
        Processes processes = new Processes(jvm.options());
        // Also where somebody has seen enough.
        Runtime.getRuntime().addShutdownHook(new Thread(processes::stop));
        Turns turns = new Turns();
        turns.run(
                counts.stream().map(String::valueOf).toList(), peerNames, run.roundCount(),
                (count, peer) -> take(processes, count, peer));
        run.publish(facts(peers), turns.failures(), List.of(table(turns, peers)));
        return turns.failures().isEmpty() ? 0 : 1;
    }

    private Peer known(String name) {
        try {
            return Peer.of(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Outcome take(Processes processes, String count, String peer) throws IOException, InterruptedException {
        String[] arguments =
                Stream.concat(Stream.of(peer, count), Stream.of(turn.arguments())).toArray(String[]::new);
        return Outcome.of(processes.output(processes.java(ClusterMain.class, arguments)));
    }

    private List<String> facts(List<Peer> peers) throws IOException {
        return List.of(
                Machine.describe(Path.of("").toAbsolutePath()),
                "Peers: "
                        + peers.stream()
                                .map(peer -> peer.label + " (" + peer.library() + ")")
                                .collect(Collectors.joining(", "))
                        + ".",
                "Proposals of " + Cluster.PROPOSAL_BYTES + " bytes; " + turn.describe(run.roundCount()));
    }

    private Table table(Turns turns, List<Peer> peers) {
        Table table = new Table(
                "Proposals committed by three nodes", "at once", "peer", "per second, median", "min .. max",
                "bytes allocated for each", "Tenon beside it", "to reach");
        for (int count : counts) {
            for (Peer peer : peers) {
                if (turns.has(Integer.toString(count), peer.label)) {
                    table.add(row(turns, count, peer));
                }
            }
        }
        return table;
    }

    private String[] row(Turns turns, int count, Peer peer) {
        String setting = Integer.toString(count);
        double[] speeds = turns.perSecond(setting, peer.label);
        String beside = "";
        String verdict = "";
        if (peer == Peer.TENON) {
            // The goal is for proposals that come together.
            verdict = count == 1
                    ? ""
                    : Figures.number(GOAL_PER_SECOND) + ": "
                            + Figures.verdict(Samples.median(speeds) >= GOAL_PER_SECOND);
        } else if (turns.has(setting, Peer.TENON.label)) {
            double ratio = turns.ratio(setting, Peer.TENON.label, peer.label);
            beside = Figures.factor(ratio);
            verdict = count > 1 && peer == Peer.MICRO_RAFT
                    ? Figures.factor(GOAL_FACTOR) + ": " + Figures.verdict(ratio >= GOAL_FACTOR)
                    : "";
        }
        return new String[] {
            Figures.number(count),
            peer.label,
            Figures.number(Samples.median(speeds)),
            Figures.range(speeds),
            Figures.number(turns.median(setting, peer.label, "bytes")),
            beside,
            verdict
        };
    }
}
