package tenon.server.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tenon.server.ServerConfig;

/// What probes are told by a member that cannot serve, though nothing is wrong with it.
@Timeout(240)
class ClusterHealthTest {
    private static final UnaryOperator<ServerConfig.Builder> GATED = builder -> builder.initialCorruptCheck(true);
    private static final String TRUE = "200 {\"health\":\"true\",\"reason\":\"\"}";

    @TempDir
    Path directory;

    private static String get(TestCluster cluster, String name, String page) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    cluster.server(name).clientUri().resolve(page).toURL().openConnection();
            connection.setReadTimeout(30_000);
            int status = connection.getResponseCode();
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return status + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertServes(TestCluster cluster, String name) {
        TestCluster.await("a member that is ready", () -> get(cluster, name, "/readyz").equals("200 ok\n") ? name : null);
        assertEquals(TRUE, get(cluster, name, "/health"));
        assertEquals(TRUE, get(cluster, name, "/health?serializable=true"));
        assertEquals("200 ok\n", get(cluster, name, "/livez"));
    }

    @Test
    void shouldTellThatThereIsNoQuorum() {
        try (TestCluster cluster = TestCluster.start(directory, builder -> builder, "a", "b", "c")) {
            cluster.put("a", "k", "1");
            cluster.names().forEach(name -> assertServes(cluster, name));
            cluster.stop("b");
            cluster.stop("c");
            TestCluster.await("a member that knows no leader", () -> cluster.status("a").getLeader() == 0 ? "a" : null);
            assertEquals(
                    "503 [+]data_corruption ok\n[+]serializable_read ok\n"
                            + "[-]linearizable_read failed: etcdserver: no leader\n[+]non_learner ok\n\n",
                    get(cluster, "a", "/readyz"));
            assertEquals("200 ok\n", get(cluster, "a", "/readyz?exclude=linearizable_read"));
            assertEquals("200 [+]serializable_read ok\nok\n", get(cluster, "a", "/livez?verbose"));
            assertEquals("503 {\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}\n", get(cluster, "a", "/health"));
            assertEquals(TRUE, get(cluster, "a", "/health?serializable=true"));
            cluster.start("b");
            assertServes(cluster, "a");
        }
    }

    @Test
    void shouldTellThatItServesNobodyBeforeItWasCompared() {
        try (TestCluster cluster = TestCluster.prepare(directory, GATED, "a", "b")) {
            cluster.start("a");
            assertEquals(
                    "503 [+]data_corruption ok\n[-]serializable_read failed: etcdserver: unhealthy cluster\n"
                            + "[-]linearizable_read failed: etcdserver: unhealthy cluster\n[+]non_learner ok\n\n",
                    get(cluster, "a", "/readyz"));
            assertEquals(
                    "503 {\"health\":\"false\",\"reason\":\"RANGE ERROR:etcdserver: unhealthy cluster\"}\n",
                    get(cluster, "a", "/health?serializable=true"));
            assertEquals("200 ok\n", get(cluster, "a", "/livez"));
            cluster.start("b");
            cluster.names().forEach(name -> assertServes(cluster, name));
        }
    }
}
