package tenon.bench.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.bench.measure.CapturedOutput;
import tenon.bench.measure.Programs;
import tenon.bench.server.Server;

class FailoverCommandTest {
    @TempDir
    Path directory;

    @Test
    void shouldKillLeadersAndWaitForTheNext() throws IOException, InterruptedException {
        try {
            Server.etcd();
        } catch (Programs.MissingException e) {
            Assumptions.abort(e.getMessage());
        }
        CapturedOutput output = CapturedOutput.of(
                new FailoverCommand(), "--peers=etcd", "--rounds=2", "--heartbeat-interval=50",
                "--election-timeout=500", "--dir=" + directory);
        assertEquals(0, output.status(), output.text());
        for (String row : List.of("write +etcd +2 ", "linearizable read +etcd +2 ")) {
            assertTrue(output.text().lines().anyMatch(line -> line.matches(row + ".*")), row + output.text());
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(), left.toList(), "files were left behind");
        }
    }
}
