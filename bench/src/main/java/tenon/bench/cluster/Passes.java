package tenon.bench.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import tenon.bench.load.Connections;
import tenon.bench.load.KeySpan;
import tenon.bench.load.Load;
import tenon.bench.load.Shape;
import tenon.bench.measure.Effort;
import tenon.bench.measure.Memory;
import tenon.bench.measure.Outcome;
import tenon.bench.measure.Progress;
import tenon.bench.measure.StoreDirectory;
import tenon.bench.measure.Turns;
import tenon.bench.server.LocalCluster;
import tenon.bench.server.Server;

/// Takes rounds. In each, both servers start as new clusters and are warmed up; then one has its turn at a setting while
/// the other rests. Reads come after a restart of both.
final class Passes {
    static final int VALUE_BYTES = 256;
    /// In which keys are put that are read later, and in which all gets warm.
    private static final Shape WARM_UP_SHAPE = new Shape(10, 100);
    /// What a server left for later is not to fall into the other one's turn.
    private static final long SETTLE_MS = 500;

    private final List<Server> servers;
    private final StoreDirectory home;
    private final Plan plan;
    private final Turns turns = new Turns();
    /// Those that run now, by label.
    private final Map<String, Contender> contenders = new LinkedHashMap<>();

    /// How it is measured.
    ///
    /// @param keyCount put before anything is measured, and as many reads before reads are
    /// @param warmUpSeconds of each load, before it is measured
    /// @param seconds of each load
    /// @param leaderOnly whether connections go to the leader; else to all members in turn, the leader first
    record Plan(List<Setting> settings, long keyCount, double warmUpSeconds, double seconds, boolean leaderOnly) {
        private List<Setting> of(int memberCount, boolean reads) {
            return settings.stream()
                    .filter(setting -> setting.memberCount() == memberCount && setting.work().isRead() == reads)
                    .toList();
        }
    }

    private static final class Contender {
        private final LocalCluster cluster;
        /// Number of the next key to put.
        private long nextKey;

        Contender(LocalCluster cluster) {
            this.cluster = cluster;
        }
    }

    Passes(List<Server> servers, StoreDirectory home, Plan plan) {
        this.servers = servers;
        this.home = home;
        this.plan = plan;
    }

    Turns run(int roundCount) throws InterruptedException {
        List<Integer> memberCounts = plan.settings.stream().map(Setting::memberCount).distinct().toList();
        for (int round = 1; round <= roundCount; round++) {
            for (int memberCount : memberCounts) {
                try {
                    runRound("round " + round + " of " + roundCount, memberCount);
                } finally {
                    contenders.values().forEach(contender -> contender.cluster.close());
                    contenders.clear();
                }
            }
        }
        return turns;
    }

    private void runRound(String round, int memberCount) throws InterruptedException {
        List<Setting> puts = plan.of(memberCount, false);
        List<Setting> reads = plan.of(memberCount, true);
        for (Server server : stillIn(memberCount)) {
            Progress.tell("%s: %s: starts, puts %,d keys", round, server.label(), plan.keyCount);
            prepare(server.label(), memberCount, () -> {
                StoreDirectory place = new StoreDirectory(home.path().resolve(server.label()));
                Contender contender = new Contender(LocalCluster.found(server, memberCount, place, List.of()));
                contenders.put(server.label(), contender);
                warmUp(contender, Work.PUT);
                contender.nextKey = plan.keyCount;
            });
        }
        takeTurns(round, puts);
        if (reads.isEmpty()) {
            return;
        }
        for (String label : List.copyOf(contenders.keySet())) {
            Contender contender = contenders.get(label);
            Progress.tell("%s: %s: restarts, reads as often", round, label);
            prepare(label, memberCount, () -> {
                contender.cluster.restart();
                warmUp(contender, Work.GET);
            });
        }
        takeTurns(round, reads);
    }

    /// Those who have not failed with so many members.
    private List<Server> stillIn(int memberCount) {
        return servers.stream()
                .filter(server -> plan.settings.stream()
                        .anyMatch(setting -> setting.memberCount() == memberCount
                                && turns.isIn(setting.toString(), server.label())))
                .toList();
    }

    private void takeTurns(String round, List<Setting> settings) throws InterruptedException {
        Map<String, Setting> byName = new LinkedHashMap<>();
        settings.forEach(setting -> byName.put(setting.toString(), setting));
        turns.runRound(
                round, List.copyOf(byName.keySet()), List.copyOf(contenders.keySet()),
                (name, label) -> take(byName.get(name), contenders.get(label)));
    }

    @FunctionalInterface
    private interface Preparation {
        void run() throws IOException, InterruptedException;
    }

    /// Who fails here is left out of all with so many members.
    private void prepare(String label, int memberCount, Preparation preparation) throws InterruptedException {
        try {
            preparation.run();
        } catch (IOException e) {
            List<String> all = plan.settings.stream()
                    .filter(setting -> setting.memberCount() == memberCount)
                    .map(Setting::toString)
                    .toList();
            turns.leaveOut(all, label, label + " FAILED with " + Setting.members(memberCount) + ": " + e.getMessage());
            Contender contender = contenders.remove(label);
            if (contender != null) {
                contender.cluster.close();
            }
        }
    }

    private void warmUp(Contender contender, Work work) throws IOException, InterruptedException {
        try (Connections connections = connect(contender, WARM_UP_SHAPE)) {
            KeySpan keys = new KeySpan(0, plan.keyCount);
            Load.ofRequests(work.kind, WARM_UP_SHAPE.clientCount(), keys, VALUE_BYTES, plan.keyCount).run(connections);
        }
    }

    private Connections connect(Contender contender, Shape shape) throws IOException, InterruptedException {
        List<InetSocketAddress> all = contender.cluster.clientAddresses(contender.cluster.leadership().index());
        return Connections.open(plan.leaderOnly ? all.subList(0, 1) : all, shape.connectionCount());
    }

    private Outcome take(Setting setting, Contender contender) throws IOException, InterruptedException {
        Thread.sleep(SETTLE_MS);
        try (Connections connections = connect(contender, setting.shape())) {
            load(setting, contender, plan.warmUpSeconds, connections);
            LocalCluster cluster = contender.cluster;
            long termBefore = cluster.leadership().term();
            Effort restingBefore = resting(contender);
            Effort clientBefore = Effort.ofThisProcess();
            Effort serverBefore = cluster.effort();
            Load.Result result = load(setting, contender, plan.seconds, connections);
            Effort server = cluster.effort().since(serverBefore);
            Effort client = Effort.ofThisProcess().since(clientBefore);
            Effort resting = resting(contender).since(restingBefore);
            return outcome(result, server, client, resting, cluster.memory())
                    .with(Figure.TERMS.key, cluster.leadership().term() - termBefore);
        }
    }

    private Effort resting(Contender active) {
        return contenders.values().stream()
                .filter(contender -> contender != active)
                .map(contender -> contender.cluster.effort())
                .findFirst()
                .orElse(new Effort(0, 0));
    }

    private Load.Result load(Setting setting, Contender contender, double seconds, Connections connections)
            throws IOException {
        boolean isRead = setting.work().isRead();
        KeySpan keys = isRead ? new KeySpan(0, plan.keyCount) : KeySpan.from(contender.nextKey);
        Load.Result result = Load.ofSeconds(
                        setting.work().kind, setting.shape().clientCount(), keys, VALUE_BYTES, seconds)
                .run(connections);
        contender.nextKey += isRead ? 0 : result.requestCount();
        return result;
    }

    private static Outcome outcome(Load.Result result, Effort server, Effort client, Effort resting, Memory memory) {
        Histogram latency = result.latencyNs();
        double count = result.requestCount();
        double durationNs = result.durationNs();
        int processorCount = Runtime.getRuntime().availableProcessors();
        return Outcome.of(result.requestCount(), result.durationNs())
                .with(Figure.P50.key, latency.getValueAtPercentile(50))
                .with(Figure.P99.key, latency.getValueAtPercentile(99))
                .with(Figure.P999.key, latency.getValueAtPercentile(99.9))
                .with(Figure.SERVER_CPU.key, server.cpuNs() / count)
                .with(Figure.CLIENT_CPU.key, client.cpuNs() / count)
                .with(Figure.SWITCHES.key, server.switchCount() / count)
                .with(Figure.BUSY.key, (server.cpuNs() + client.cpuNs()) / durationNs / processorCount)
                .with(Figure.RESTING.key, resting.cpuNs() / durationNs)
                .with(Figure.RSS.key, memory.rssKb())
                .with(Figure.ANON.key, memory.anonKb());
    }
}
