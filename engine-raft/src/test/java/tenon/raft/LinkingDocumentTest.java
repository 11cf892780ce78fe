package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.Consensus;
import tenon.testkit.PrintedProgram;

/// The document for those who link the Raft core: its program runs as it is printed, and is short.
class LinkingDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "linking.md");
    private static final int LINES_MAX = 150;

    @TempDir
    Path directory;

    @Test
    void shouldPrintAReplicatedCounterThatRunsAsItSays() throws Exception {
        String source = PrintedProgram.block(DOCUMENT, "java counter");
        assertTrue(source.lines().count() <= LINES_MAX, source.lines().count() + " lines");
        PrintedProgram counter = new PrintedProgram("Counter", source);
        assertEquals(
                PrintedProgram.block(DOCUMENT, "text counter"),
                counter.run(directory, List.of(Consensus.class, RaftNode.class)));
    }
}
