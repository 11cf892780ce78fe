package tenon.bench.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BTreeCommandTest {
    @TempDir
    Path directory;

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        for (String option : List.of("--peers=oracle", "--work=sort")) {
            assertEquals(2, new CommandLine(new BTreeCommand()).setErr(nowhere).execute(option, "--dir=" + directory));
        }
    }

    @Test
    void shouldMeasureInProcessesAndTell() throws IOException {
        Path markdown = directory.resolve("report.md");
        Files.writeString(markdown, "# Prose\n\n<!-- measured -->\n\nold figures\n");
        String[] arguments = {
            "--keys", "2000", "--rounds", "1", "--peers", "tenon,mvstore", "--work", "scan,put-one-sync", "--dir",
            directory.toString(), "--jvm", "-Xmx256m", "--warm-up-seconds", "0", "--markdown", markdown.toString()
        };
        PrintStream out = System.out;
        java.io.ByteArrayOutputStream printed = new java.io.ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        int status;
        try {
            status = new CommandLine(new BTreeCommand()).execute(arguments);
        } finally {
            System.setOut(out);
        }
        assertEquals(0, status);
        String text = Files.readString(markdown);
        for (String row : List.of("| scan | tenon", "| scan | mvstore", "| put-one-sync | tenon", "| put-one-sync | disk")) {
            assertTrue(text.contains(row), row + " is missing in " + text);
        }
        assertTrue(text.startsWith("# Prose\n") && !text.contains("old figures"), text);
        assertTrue(text.contains("not measured"), "a goal without its peer has no verdict: " + text);
        assertTrue(printed.toString(StandardCharsets.UTF_8).contains("put-one-sync"));
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(markdown), left.toList(), "files were left behind");
        }
    }
}
