package tenon.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Replays every script in `testdata` and compares; `-Dtenon.rewrite=true` writes down what came out instead.
class TranscriptTest {
    private static final Path FOLDER = Path.of("src/test/resources/testdata");

    @TestFactory
    Stream<DynamicTest> shouldDoWhatTheTranscriptSays() throws IOException {
        List<Path> scripts;
        try (Stream<Path> files = Files.list(FOLDER)) {
            scripts = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
        }
        assertFalse(scripts.isEmpty());
        return scripts.stream()
                .map(script -> DynamicTest.dynamicTest(script.getFileName().toString(), () -> check(script)));
    }

    private static void check(Path script) throws IOException {
        String expected = Files.readString(script);
        String actual = Transcript.replay(expected.lines().toList());
        if (Boolean.getBoolean("tenon.rewrite")) {
            Files.writeString(script, actual);
        } else {
            assertEquals(expected, actual);
        }
    }
}
