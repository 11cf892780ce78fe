package tenon.bench.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tenon.bench.measure.CapturedOutput;

class WalCommandTest {
    @TempDir
    Path directory;

    @Test
    void shouldRefuseAPeerThatItDoesNotKnow() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        assertEquals(
                2, new CommandLine(new WalCommand()).setErr(nowhere).execute("--peers=oracle", "--dir=" + directory));
    }

    @Test
    void shouldMeasureInProcessesAndTell() throws IOException {
        Path markdown = directory.resolve("report.md");
        Files.writeString(markdown, "# Prose\n\n<!-- measured -->\n\nold figures\n");
        CapturedOutput output = CapturedOutput.of(
                new WalCommand(), "--appenders=1,7", "--rounds=1", "--seconds=0.1", "--warm-up-seconds=0",
                "--jvm=-Xmx256m", "--dir=" + directory, "--markdown=" + markdown);
        assertEquals(0, output.status());
        String text = Files.readString(markdown);
        assertTrue(text.startsWith("# Prose\n") && !text.contains("old figures"), text);
        for (String row : List.of("| 1 | tenon |", "| 1 | disk |", "| 7 | tenon |", "| 7 | tenon-server |", "| 7 | disk |")) {
            assertTrue(text.contains(row), row + " is missing in " + text);
        }
        // Etcd's log is there, or it is said that it is not.
        assertTrue(text.contains("| 7 | etcd-wal |") != text.contains("**etcd-wal IS NOT MEASURED"), text);
        assertTrue(output.text().contains("beside the disk"), output.text());
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(markdown), left.toList(), "files were left behind");
        }
    }

    @Test
    void shouldGiveNoVerdictWithoutTheDisk() {
        CapturedOutput output = CapturedOutput.of(
                new WalCommand(), "--appenders=1", "--peers=tenon", "--rounds=1", "--seconds=0", "--warm-up-seconds=0",
                "--jvm=-Xmx256m", "--dir=" + directory);
        assertEquals(0, output.status());
        assertTrue(output.text().contains("not measured"), output.text());
    }
}
