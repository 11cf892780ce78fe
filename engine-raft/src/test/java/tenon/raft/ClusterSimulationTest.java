package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

/// Whole clusters in one thread, each from one seed: messages are lost, late, doubled and out of order, nodes crash
/// and forget what was not stored, the network falls apart, members come and go. [ClusterLaws] must hold after each
/// step, and the cluster must get on when the faults end. `-Dtenon.simulation.seeds=10000` makes a campaign of it.
class ClusterSimulationTest {
    private static final int SEED_COUNT = Integer.getInteger("tenon.simulation.seeds", 100);
    private static final int STEP_COUNT = 4000;
    private static final int GOOD_ROUND_COUNT = 2000;
    private static final int TRACE_COUNT = 250;

    @Test
    void shouldKeepTheLawsWithThreeNodes() {
        run(3, 3, EnumSet.allOf(SimulatedCluster.Fault.class), ReadMode.SAFE);
    }

    @Test
    void shouldKeepTheLawsWithFiveNodes() {
        run(5, 5, EnumSet.allOf(SimulatedCluster.Fault.class), ReadMode.SAFE);
    }

    @Test
    void shouldKeepTheLawsWhileMembersComeAndGo() {
        run(3, 5, EnumSet.allOf(SimulatedCluster.Fault.class), ReadMode.SAFE);
    }

    @Test
    void shouldKeepTheLawsWhenMessagesAreOnlyLateAndOutOfOrder() {
        run(3, 3, EnumSet.noneOf(SimulatedCluster.Fault.class), ReadMode.SAFE);
    }

    @Test
    void shouldKeepTheLawsWithReadsByLeaseWhenTicksAreEven() {
        run(3, 3, EnumSet.allOf(SimulatedCluster.Fault.class), ReadMode.LEASE);
    }

    private static void run(int founders, int nodes, Set<SimulatedCluster.Fault> faults, ReadMode readMode) {
        Long only = Long.getLong("tenon.seed");
        long first = Seeds.seed(ClusterSimulationTest.class);
        int answeredReadCount = 0;
        for (int i = 0; i < (only == null ? SEED_COUNT : 1); i++) {
            answeredReadCount += runOne(first + i, founders, nodes, faults, readMode);
        }
        assertTrue(answeredReadCount > 0 || only != null, "no read was ever answered");
    }

    private static int runOne(
            long seed, int founders, int nodes, Set<SimulatedCluster.Fault> faults, ReadMode readMode) {
        RandomGenerator random = Seeds.from(seed);
        SimulatedCluster cluster =
                new SimulatedCluster(random, founders, nodes, options(random, nodes, seed, readMode), faults);
        try {
            for (int step = 0; step < STEP_COUNT; step++) {
                cluster.faultyStep();
            }
            cluster.heal();
            cluster.checkProgress(GOOD_ROUND_COUNT);
            return cluster.answeredReadCount();
        } catch (RuntimeException | AssertionError failure) {
            List<String> trace = cluster.trace();
            throw new AssertionError(
                    "-Dtenon.seed=" + seed + " with " + founders + " of " + nodes + " nodes: " + failure.getMessage()
                            + "\n" + String.join("\n", trace.subList(Math.max(0, trace.size() - TRACE_COUNT),
                                    trace.size())) + "\n" + cluster,
                    failure);
        }
    }

    private static RaftOptions.Builder[] options(RandomGenerator random, int nodes, long seed, ReadMode readMode) {
        boolean preVote = random.nextBoolean();
        boolean checkQuorum = random.nextBoolean() || readMode == ReadMode.LEASE;
        RaftOptions.Builder[] options = new RaftOptions.Builder[nodes];
        for (int i = 0; i < nodes; i++) {
            options[i] = RaftOptions.of(i + 1)
                    .seed(seed)
                    .electionTicks(5)
                    .preVote(preVote)
                    .checkQuorum(checkQuorum)
                    .readMode(readMode)
                    .messageSizeMaxBytes(random.nextInt(200))
                    .inflightCountMax(1 + random.nextInt(5))
                    .uncommittedSizeMaxBytes(100 + random.nextInt(1000));
        }
        return options;
    }
}
