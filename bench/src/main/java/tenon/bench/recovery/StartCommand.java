package tenon.bench.recovery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tenon.bench.measure.StoreDirectory;
import tenon.bench.server.Member;
import tenon.bench.server.NodeProcess;
import tenon.bench.server.Server;

/// Takes the time from the start of the process to the first answered put: on an empty directory, and again after a
/// SIGKILL. The servers take turns, so that what else the machine does meets both. The first round is not counted: in it
/// the client gets warm, and files get into memory.
@Command(name = "start", description = "Time from process start to the first answered put, beside etcd.")
public final class StartCommand implements Callable<Integer> {
    private static final byte[] WORD = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final String[] KINDS = {"first start", "restart"};

    @Option(names = "--starts", defaultValue = "20", description = "starts of each server and kind")
    private int startCount;

    @Option(names = "--tenon", defaultValue = "${sys:tenon.launcher}", description = "the launcher of Tenon")
    private Path launcher;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Server> servers = Server.installed(launcher);
        Map<String, long[][]> tookMs = new LinkedHashMap<>();
        servers.forEach(server -> tookMs.put(server.label(), new long[KINDS.length][startCount]));
        for (int round = -1; round < startCount; round++) {
            for (Server server : servers) {
                long[] took = startAndRestart(server);
                for (int kind = 0; round >= 0 && kind < KINDS.length; kind++) {
                    tookMs.get(server.label())[kind][round] = took[kind];
                }
            }
        }
        System.out.println("| server | | least, ms | median | 90 % | most |");
        System.out.println("|---|---|---|---|---|---|");
        tookMs.forEach((name, ofKinds) -> {
            for (int kind = 0; kind < KINDS.length; kind++) {
                System.out.println("| " + name + " | " + KINDS[kind] + " | " + row(ofKinds[kind]) + " |");
            }
        });
        return 0;
    }

    private static String row(long[] ms) {
        Arrays.sort(ms);
        return String.format(
                "%,d | %,d | %,d | %,d", ms[0], ms[ms.length / 2], ms[(ms.length - 1) * 9 / 10], ms[ms.length - 1]);
    }

    private static long[] startAndRestart(Server server) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("tenon-start");
        try {
            Member member = Member.cluster(1, home).getFirst();
            long[] tookMs = new long[KINDS.length];
            for (int kind = 0; kind < KINDS.length; kind++) {
                tookMs[kind] = startOnce(server, member);
            }
            return tookMs;
        } finally {
            new StoreDirectory(home).delete();
        }
    }

    private static long startOnce(Server server, Member member) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        try (NodeProcess node = NodeProcess.start(server, member)) {
            long answeredNs = node.awaitAnswer(calls -> {
                calls.putAndWait(WORD, WORD);
                return System.nanoTime();
            });
            node.kill();
            return (answeredNs - startNs) / 1_000_000;
        }
    }
}
