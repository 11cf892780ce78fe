package tenon.bench.raft;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import tenon.bench.measure.Outcome;

/// The process in which a peer is measured: `PEER PROPOSALS-AT-ONCE WARM-UP-SECONDS SECONDS`, one line of output.
final class ClusterMain {
    private static final int PROPOSALS_BETWEEN_LOOKS_AT_CLOCK = 256;
    private static final long SETTLE_NS = 20_000_000_000L;

    private ClusterMain() {}

    public static void main(String[] args) {
        int count = Integer.parseInt(args[1]);
        try (Cluster cluster = Peer.of(args[0]).start()) {
            Outcome warmUp = run(cluster, count, Double.parseDouble(args[2]));
            Outcome outcome = run(cluster, count, Double.parseDouble(args[3]));
            checkApplied(cluster, (long) (warmUp.get("ops") + outcome.get("ops")));
            System.out.println(outcome);
        }
        // Some peers leave threads behind.
        System.exit(0);
    }

    /// At least once.
    private static Outcome run(Cluster cluster, int count, double seconds) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytesBefore = threads.getTotalThreadAllocatedBytes();
        long startNs = System.nanoTime();
        long endNs = startNs + (long) (seconds * 1e9);
        long ops = 0;
        long nowNs;
        do {
            for (int i = 0; i < PROPOSALS_BETWEEN_LOOKS_AT_CLOCK; i += count) {
                cluster.commit(count);
                ops += count;
            }
            nowNs = System.nanoTime();
        } while (nowNs < endNs);
        return Outcome.of(ops, nowNs - startNs)
                .with("bytes", (double) (threads.getTotalThreadAllocatedBytes() - bytesBefore) / ops);
    }

    private static void checkApplied(Cluster cluster, long expected) {
        long endNs = System.nanoTime() + SETTLE_NS;
        for (int node = 0; node < Cluster.NODE_COUNT; node++) {
            while (cluster.applied(node) != expected) {
                if (System.nanoTime() > endNs) {
                    throw new IllegalStateException(
                            "node " + node + " applied " + cluster.applied(node) + " proposals, not " + expected);
                }
                cluster.goOn();
            }
        }
    }
}
