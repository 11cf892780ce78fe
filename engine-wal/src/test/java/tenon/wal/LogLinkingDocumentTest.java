package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Platform;
import tenon.testkit.PrintedProgram;

/// The program of `docs/linking.md` that uses the log on its own, without Raft, runs as it is printed.
class LogLinkingDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "linking.md");

    @TempDir
    Path directory;

    @Test
    void shouldPrintAProgramThatRunsAsItSays() throws Exception {
        PrintedProgram journal = new PrintedProgram("Journal", PrintedProgram.block(DOCUMENT, "java journal"));
        assertEquals(
                PrintedProgram.block(DOCUMENT, "text journal"),
                journal.run(directory, List.of(Platform.class, SegmentedLog.class), directory.toString()));
        LogInspector inspector = new LogInspector(Platform.system().files(), directory.resolve("journal"));
        assertEquals(491, inspector.contents().entries().size());
    }
}
