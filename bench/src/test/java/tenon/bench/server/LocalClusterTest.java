package tenon.bench.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tenon.bench.load.EtcdCalls;
import tenon.bench.measure.StoreDirectory;

class LocalClusterTest {
    @TempDir
    Path directory;

    static Stream<Server> servers() throws IOException, InterruptedException {
        return Server.installed(null).stream();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void shouldKeepItsKeysThroughStopsAndKills(Server server) throws IOException, InterruptedException {
        Path home = directory.resolve("home");
        try (LocalCluster cluster = LocalCluster.found(server, 1, new StoreDirectory(home), List.of())) {
            put(cluster, "a");
            LocalCluster.Leadership before = cluster.leadership();
            cluster.restart();
            put(cluster, "b");
            assertEquals(0, before.index());
            assertTrue(cluster.leadership().term() > before.term(), "it was not elected anew");
            cluster.kill(0);
            cluster.revive(0);
            assertEquals(2, count(cluster));
            assertTrue(cluster.effort().cpuNs() > 0 && cluster.memory().anonKb() > 0);
        }
        assertFalse(Files.exists(home), "files were left behind");
    }

    private static void put(LocalCluster cluster, String key) {
        try (EtcdCalls calls = new EtcdCalls(cluster.clientAddresses(0).getFirst())) {
            calls.putAndWait(key.getBytes(StandardCharsets.US_ASCII), new byte[1]);
        }
    }

    private static long count(LocalCluster cluster) {
        try (EtcdCalls calls = new EtcdCalls(cluster.clientAddresses(0).getFirst())) {
            return calls.countKeys();
        }
    }
}
