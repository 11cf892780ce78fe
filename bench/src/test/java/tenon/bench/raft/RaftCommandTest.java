package tenon.bench.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tenon.bench.measure.CapturedOutput;

class RaftCommandTest {
    @TempDir
    Path directory;

    @Test
    void shouldRefuseAPeerThatItDoesNotKnow() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        assertEquals(2, new CommandLine(new RaftCommand()).setErr(nowhere).execute("--peers=oracle"));
    }

    @Test
    void shouldMeasureInProcessesAndTell() throws IOException {
        Path markdown = directory.resolve("report.md");
        CapturedOutput output = CapturedOutput.of(
                new RaftCommand(), "--batches=1,16", "--rounds=1", "--seconds=0.1", "--warm-up-seconds=0",
                "--jvm=-Xmx256m", "--markdown=" + markdown);
        assertEquals(0, output.status());
        String text = Files.readString(markdown);
        for (String count : List.of("1", "16")) {
            for (Peer peer : Peer.values()) {
                assertTrue(text.contains("| " + count + " | " + peer.label + " |"), text);
            }
        }
        assertTrue(text.contains("5.00 x: "), "no verdict beside MicroRaft: " + text);
        assertTrue(output.text().contains("bytes allocated"), output.text());
    }
}
