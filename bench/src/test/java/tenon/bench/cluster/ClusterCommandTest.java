package tenon.bench.cluster;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tenon.bench.measure.CapturedOutput;

/// Tenon runs from the class path here, etcd where it is installed.
class ClusterCommandTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"--peers=oracle", "--work=sort", "--shapes=100/10", "--members=0", "--keys=0"})
    void shouldRefuseWhatItDoesNotKnow(String option) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        assertEquals(2, new CommandLine(new ClusterCommand()).setErr(nowhere).execute(option, "--dir=" + directory));
    }

    @Test
    void shouldMeasureBothAndTell() throws IOException {
        Path markdown = directory.resolve("report.md");
        Files.writeString(markdown, "# Prose\n\n<!-- measured -->\n\nold figures\n");
        CapturedOutput output = CapturedOutput.of(
                new ClusterCommand(), "--members=1", "--shapes=1/1,2/6", "--rounds=1", "--keys=300", "--seconds=0.2",
                "--warm-up-seconds=0", "--jvm=-Xmx256m", "--dir=" + directory, "--markdown=" + markdown);
        String text = Files.readString(markdown);
        assertEquals(0, output.status(), text);
        assertTrue(text.startsWith("# Prose\n") && !text.contains("old figures"), text);
        for (Work work : Work.values()) {
            for (String shape : List.of("1/1", "2/6")) {
                String row = "| " + work.label + ", 1 member | " + shape + " | ";
                assertTrue(text.contains(row + "tenon |"), row + text);
                // Etcd is there, or it is said that it is not.
                assertTrue(text.contains(row + "etcd |") != text.contains("**etcd IS NOT MEASURED"), row + text);
                assertTrue(text.contains(row + "p99 |"), "no goal: " + row + text);
            }
        }
        assertTrue(output.text().contains("Tenon beside etcd"), output.text());
        assertNothingLeftBut(markdown);
    }

    @Test
    void shouldTellWhatAServerSaidThatDidNotStart() throws IOException {
        CapturedOutput output = CapturedOutput.of(
                new ClusterCommand(), "--members=1", "--peers=tenon", "--rounds=2", "--keys=1",
                "--jvm=-XX:NoSuchOption", "--dir=" + directory);
        assertEquals(1, output.status());
        String failure = "tenon FAILED with 1 member: m0 ended; it said last: ";
        assertEquals(2, output.text().split(failure, -1).length, "told once: " + output.text());
        assertNothingLeftBut();
    }

    private void assertNothingLeftBut(Path... files) throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(files), left.toList(), "files were left behind");
        }
    }
}
