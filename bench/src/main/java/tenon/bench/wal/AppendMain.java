package tenon.bench.wal;

import java.nio.file.Path;
import tenon.bench.measure.Outcome;

/// The process in which a peer of the JVM is measured: `PEER DIRECTORY APPENDERS WARM-UP-SECONDS SECONDS`, one line of
/// output.
final class AppendMain {
    private AppendMain() {}

    public static void main(String[] args) {
        Path directory = Path.of(args[1]);
        int count = Integer.parseInt(args[2]);
        double warmUpSeconds = Double.parseDouble(args[3]);
        double seconds = Double.parseDouble(args[4]);
        System.out.println(switch (Peer.of(args[0])) {
            case TENON -> run(new LogAppends(directory, count), count, new Latencies(warmUpSeconds, seconds));
            case DISK -> run(new DiskAppends(directory, count), count, new Latencies(warmUpSeconds, seconds));
            case TENON_SERVER -> new ServerAppends(directory, count).run(warmUpSeconds, seconds);
            case ETCD -> throw new IllegalArgumentException("etcd's log is no library of the JVM");
        });
    }

    private static Outcome run(Appends appends, int count, Latencies latencies) {
        try (appends) {
            boolean goOn = true;
            while (goOn) {
                long startNs = System.nanoTime();
                appends.appendAndSync();
                goOn = latencies.record(startNs, System.nanoTime(), count);
            }
            return latencies.outcome();
        }
    }
}
