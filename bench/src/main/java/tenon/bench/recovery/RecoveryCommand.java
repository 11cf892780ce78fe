package tenon.bench.recovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.bench.load.Connections;
import tenon.bench.load.EtcdCalls;
import tenon.bench.load.KeySpan;
import tenon.bench.load.Load;
import tenon.bench.measure.StoreDirectory;
import tenon.bench.server.Member;
import tenon.bench.server.NodeProcess;
import tenon.bench.server.Server;

/// Loads keys, kills the server with SIGKILL, starts it again, and takes the time to the first answered read.
@Command(
        name = "recovery",
        description = "Time, file size and memory of a restart after SIGKILL, beside etcd where it is installed.")
public final class RecoveryCommand implements Callable<Integer> {
    private static final int CONNECTION_COUNT = 10;
    private static final int CLIENT_COUNT = 200;
    private static final long SETTLE_MS = 2_000;

    @Option(names = "--keys", defaultValue = "1000000", description = "keys to load")
    private long keyCount;

    @Option(names = "--value-bytes", defaultValue = "256", description = "size of a value")
    private int valueBytes;

    @Option(names = "--restarts", defaultValue = "3", description = "restarts of each server")
    private int restartCount;

    @Option(names = "--tenon", defaultValue = "${sys:tenon.launcher}", description = "the launcher of Tenon")
    private Path launcher;

    @Option(names = "--directory", description = "where the files go; default: a temporary directory")
    private Path directory;

    @Override
    public Integer call() throws IOException, InterruptedException {
        System.out.println("| server | load, puts/s | db file | log files | memory loaded | restart to first read, ms |"
                + " memory after |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (Server server : Server.installed(launcher)) {
            Path home = directory == null
                    ? Files.createTempDirectory("tenon-recovery")
                    : Files.createDirectories(directory.resolve(server.label()));
            try {
                System.out.println("| " + server.label() + " | " + measure(server, home));
            } finally {
                new StoreDirectory(home).delete();
            }
        }
        return 0;
    }

    private String measure(Server server, Path home) throws IOException, InterruptedException {
        Member member = Member.cluster(1, home).getFirst();
        StringBuilder row = new StringBuilder();
        try (NodeProcess node = NodeProcess.start(server, member)) {
            node.awaitAnswer(EtcdCalls::countKeys);
            row.append(String.format("%,.0f | ", load(member).perSecond()));
            Thread.sleep(SETTLE_MS);
            row.append(megabytes(sizeOf(home, "/snap/"))).append(" | ");
            row.append(megabytes(sizeOf(home, "/wal/"))).append(" | ");
            row.append(megabytes(node.anonymousBytes())).append(" | ");
            node.kill();
        }
        String memoryAfter = "";
        for (int i = 0; i < restartCount; i++) {
            long startNs = System.nanoTime();
            try (NodeProcess node = NodeProcess.start(server, member)) {
                long found = node.awaitAnswer(EtcdCalls::countKeys);
                row.append(String.format(i == 0 ? "%,d" : ", %,d", (System.nanoTime() - startNs) / 1_000_000));
                if (found != keyCount) {
                    throw new IllegalStateException("after the restart there are " + found + " keys of " + keyCount);
                }
                memoryAfter = megabytes(node.anonymousBytes());
                node.kill();
            }
        }
        return row.append(" | ").append(memoryAfter).append(" |").toString();
    }

    private Load.Result load(Member member) throws IOException {
        try (Connections connections = Connections.open(List.of(member.clientAddress()), CONNECTION_COUNT)) {
            return Load.ofRequests(Load.Kind.PUT, CLIENT_COUNT, KeySpan.from(0), valueBytes, keyCount).run(connections);
        }
    }

    private static String megabytes(long bytes) {
        return String.format("%,d MB", bytes / 1_000_000);
    }

    private static long sizeOf(Path directory, String part) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> Files.isRegularFile(file) && file.toString().contains(part))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
