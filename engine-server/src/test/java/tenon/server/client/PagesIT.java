package tenon.server.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagesIT {
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(\\{[^}]*\\})? (\\S+)");
    private static final Pattern LABELS = Pattern.compile("\\{(\\w+=\"[^\"\\\\]*\",?)*\\}");

    @TempDir
    private Path directory;

    @Test
    void shouldServeWhatOperatorsReadOnTheClientPort() throws IOException {
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            // An etcd before 3.5 gives no reason.
            assertTrue(get(server, "/health").startsWith("200 {\"health\":\"true\""));
            String version = get(server, "/version");
            assertTrue(
                    version.matches("200 \\{\"etcdserver\":\"3\\.[^\"]+\",\"etcdcluster\":\"3\\.[45]\\.0\"}"), version);
            assertTrue(get(server, "/nothing").startsWith("404 "));
        }
    }

    @Test
    void shouldServeMetricsThatPrometheusCanRead() throws IOException {
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            String text = get(server, "/metrics");
            assertTrue(text.startsWith("200 "), text);
            List<String> lines = text.substring(4).lines().toList();
            Set<String> families = new HashSet<>();
            Set<String> series = new HashSet<>();
            for (String line : lines) {
                if (line.startsWith("# TYPE ")) {
                    assertTrue(families.add(line.split(" ")[2]), "twice: " + line);
                } else if (!line.startsWith("#")) {
                    checkSample(line, families, series);
                }
            }
            for (String family : List.of(
                    "etcd_server_has_leader",
                    "etcd_mvcc_db_total_size_in_bytes",
                    "etcd_disk_wal_fsync_duration_seconds",
                    "grpc_server_handled_total")) {
                assertTrue(families.contains(family), "no " + family);
            }
        }
    }

    private static void checkSample(String line, Set<String> families, Set<String> series) {
        Matcher sample = SAMPLE.matcher(line);
        assertTrue(sample.matches(), line);
        String labels = sample.group(2) == null ? "" : sample.group(2);
        assertTrue(labels.isEmpty() || LABELS.matcher(labels).matches(), line);
        assertTrue(series.add(sample.group(1) + labels), "twice: " + line);
        String family = sample.group(1);
        assertTrue(
                families.contains(family) || families.contains(family.replaceAll("_(bucket|sum|count)$", "")),
                "without type: " + line);
        if (!sample.group(3).matches("[+-]Inf|NaN")) {
            Double.parseDouble(sample.group(3));
        }
    }

    private static String get(ServerUnderTest server, String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) server.uri().resolve(path).toURL().openConnection();
        connection.setReadTimeout(20_000);
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return status + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        }
    }
}
