package tenon.bench.btree;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tenon.bench.btree.peers.Peer;

/// The process in which a peer of the JVM is measured: `PEER DIRECTORY KEYS WORK,WORK,… WARM-UP-SECONDS`, one line of output for each
/// work. Before that all of them run on a smaller store, until the compiler has seen enough.
final class PeerMain {
    private static final long WARM_UP_KEYS_MAX = 50_000;
    /// Of a work that waits for the disk with each put.
    private static final long WARM_UP_SYNCED_KEYS_MAX = 10_000;
    private static final int WARM_UP_ROUNDS_MIN = 3;

    private PeerMain() {}

    public static void main(String[] args) {
        Peer peer = Peer.of(args[0]);
        Path directory = Path.of(args[1]);
        long keyCount = Long.parseLong(args[2]);
        List<Work> works = Arrays.stream(args[3].split(",")).map(Work::of).toList();
        if (peer == Peer.DISK) {
            DiskProbe probe = new DiskProbe(directory.resolve("probe"));
            probe.run(Phases.onePutCount(keyCount) / 10);
            System.out.println(probe.run(Phases.onePutCount(keyCount)));
            return;
        }
        warmUp(new Phases(peer, directory.resolve("warm-up"), warmUpKeys(keyCount, works)), works, args[4]);
        Phases phases = new Phases(peer, directory.resolve("store"), keyCount);
        for (Work work : works) {
            System.out.println(phases.run(work));
        }
    }

    private static long warmUpKeys(long keyCount, List<Work> works) {
        boolean isSlow = works.contains(Work.PUT_ONE_SYNC);
        return Math.min(keyCount, isSlow ? WARM_UP_SYNCED_KEYS_MAX : WARM_UP_KEYS_MAX);
    }

    /// The same code on the same peer.
    private static void warmUp(Phases phases, List<Work> works, String seconds) {
        long startNs = System.nanoTime();
        long warmUpNs = (long) (Double.parseDouble(seconds) * 1e9);
        for (int i = 0; warmUpNs > 0 && (i < WARM_UP_ROUNDS_MIN || System.nanoTime() - startNs < warmUpNs); i++) {
            works.forEach(phases::run);
        }
        phases.wipe();
        System.gc();
    }
}
