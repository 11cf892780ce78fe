package tenon.bench.cluster;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tenon.bench.measure.Figures;
import tenon.bench.measure.Outcome;
import tenon.bench.measure.Progress;
import tenon.bench.measure.StoreDirectory;
import tenon.bench.measure.Turns;
import tenon.bench.server.LocalCluster;
import tenon.bench.server.LocalCluster.Leadership;
import tenon.bench.server.Server;

/// Kills the leaders of both clusters in turn, round after round.
final class Failovers {
    static final int MEMBER_COUNT = 3;
    static final String SETTING = "leader killed";
    static final String TO_WRITE = "to-write";
    static final String TO_READ = "to-read";
    /// In which a probe connects, and a leader that has just been elected gets on with its work.
    private static final long SETTLE_MS = 1_000;
    private static final long OUTAGE_MAX_S = 60;

    private final List<Server> servers;
    private final StoreDirectory home;
    private final Timing timing;

    /// @param heartbeatMs and
    /// @param electionMs what both servers are started with
    /// @param probeMs between two calls of the client
    record Timing(long heartbeatMs, long electionMs, long probeMs) {
        private List<String> flags() {
            return List.of("--heartbeat-interval=" + heartbeatMs, "--election-timeout=" + electionMs);
        }
    }

    Failovers(List<Server> servers, StoreDirectory home, Timing timing) {
        this.servers = servers;
        this.home = home;
        this.timing = timing;
    }

    Turns run(int roundCount) throws InterruptedException {
        Turns turns = new Turns();
        Map<String, LocalCluster> clusters = new LinkedHashMap<>();
        try {
            for (Server server : servers) {
                Progress.tell("%s: starts %d members", server.label(), MEMBER_COUNT);
                StoreDirectory place = new StoreDirectory(home.path().resolve(server.label()));
                try {
                    clusters.put(
                            server.label(), LocalCluster.found(server, MEMBER_COUNT, place, timing.flags()));
                } catch (IOException e) {
                    turns.leaveOut(List.of(SETTING), server.label(), server.label() + " FAILED: " + e.getMessage());
                }
            }
            turns.run(List.of(SETTING), List.copyOf(clusters.keySet()), roundCount, new KillTurn(clusters));
            return turns;
        } finally {
            clusters.values().forEach(LocalCluster::close);
        }
    }

    private final class KillTurn implements Turns.Turn {
        private final Map<String, LocalCluster> clusters;

        KillTurn(Map<String, LocalCluster> clusters) {
            this.clusters = clusters;
        }

        @Override
        public Outcome take(String setting, String peer) throws IOException, InterruptedException {
            return killLeader(clusters.get(peer));
        }

        @Override
        public String tell(Outcome outcome) {
            return Figures.millis(outcome.get(TO_WRITE)) + " ms to a write, "
                    + Figures.millis(outcome.get(TO_READ)) + " ms to a read";
        }
    }

    private Outcome killLeader(LocalCluster cluster) throws IOException, InterruptedException {
        try (Probe probe = Probe.start(cluster.clientAddresses(0), timing.probeMs)) {
            Thread.sleep(SETTLE_MS);
            Leadership leader = cluster.leadership();
            Outage outage = Outage.beginsNow(leader.term());
            cluster.kill(leader.index());
            probe.watch(outage);
            long toWriteNs = outage.toWriteNs().get(OUTAGE_MAX_S, TimeUnit.SECONDS);
            long toReadNs = outage.toReadNs().get(OUTAGE_MAX_S, TimeUnit.SECONDS);
            cluster.revive(leader.index());
            return Outcome.of(1, toWriteNs).with(TO_WRITE, toWriteNs).with(TO_READ, toReadNs);
        } catch (TimeoutException e) {
            throw new IOException("no answer from a new leader within " + OUTAGE_MAX_S + " s", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
