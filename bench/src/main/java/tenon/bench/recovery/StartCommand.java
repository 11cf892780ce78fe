package tenon.bench.recovery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Takes the time from the start of the process, on an empty directory, to the first answered put. The servers take
/// turns, so that what else the machine does meets both.
@Command(name = "start", description = "Time from process start to the first answered put, beside etcd.")
public final class StartCommand implements Callable<Integer> {
    private static final byte[] WORD = "hello".getBytes(StandardCharsets.US_ASCII);

    @Option(names = "--starts", defaultValue = "10", description = "starts of each server")
    private int startCount;

    @Option(names = "--tenon", defaultValue = "${sys:tenon.launcher}", description = "the launcher of Tenon")
    private Path launcher;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, List<String>> servers = Servers.installed(launcher);
        Map<String, long[]> tookMs =
                servers.keySet().stream().collect(Collectors.toMap(name -> name, name -> new long[startCount]));
        for (int i = 0; i < startCount; i++) {
            for (Map.Entry<String, List<String>> server : servers.entrySet()) {
                tookMs.get(server.getKey())[i] = startOnce(server.getValue());
            }
        }
        System.out.println("| server | median, ms | all, ms |");
        System.out.println("|---|---|---|");
        for (String name : servers.keySet()) {
            long[] sorted = IntStream.range(0, startCount).mapToLong(i -> tookMs.get(name)[i]).sorted().toArray();
            String all = IntStream.range(0, startCount).mapToObj(i -> Long.toString(sorted[i])).collect(Collectors.joining(", "));
            System.out.println("| " + name + " | " + sorted[startCount / 2] + " | " + all + " |");
        }
        return 0;
    }

    private static long startOnce(List<String> program) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("tenon-start");
        try {
            NodeProcess.Ports ports = NodeProcess.Ports.free();
            long startNs = System.nanoTime();
            try (NodeProcess node =
                    NodeProcess.start(program, ports, home.resolve("data"), home.resolve("server.log"))) {
                long answeredNs = node.awaitAnswer(calls -> {
                    calls.putAndWait(WORD, WORD);
                    return System.nanoTime();
                });
                node.kill();
                return (answeredNs - startNs) / 1_000_000;
            }
        } finally {
            Servers.delete(home);
        }
    }
}
