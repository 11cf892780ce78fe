package tenon.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SeamTest {
    /// The one package that may reach for the real world.
    private static final String SEAM = "engine-api/src/main/java/tenon/api/os/";

    private static final Pattern CLOCK = Pattern.compile(
            "System\\.(nanoTime|currentTimeMillis)|\\b(Instant|LocalDate|LocalDateTime|LocalTime|ZonedDateTime)\\.now\\b"
                    + "|\\bThread\\.sleep\\b");
    private static final Pattern THREADS =
            Pattern.compile("\\bnew Thread\\b|\\bThread\\.(of|start)\\w*|\\bExecutors\\.|\\bcommonPool\\b|Async\\(\\w+\\)");
    private static final Pattern RANDOMNESS = Pattern.compile(
            "\\bnew Random\\(\\)|\\bThreadLocalRandom\\b|\\bMath\\.random\\b|\\bUUID\\.random|\\bnew SecureRandom\\b");
    private static final Pattern FILES = Pattern.compile("\\bFileChannel\\b|\\bRandomAccessFile\\b|\\bFiles\\.|File(In|Out)putStream");

    private final SourceTree tree = SourceTree.ofProject();

    @Test
    void shouldReadTheClockOnlyInItsSeam() {
        assertEquals(List.of(), uses(CLOCK, ""));
    }

    @Test
    void shouldStartThreadsOnlyInTheirSeam() {
        assertEquals(List.of(), uses(THREADS, ""));
    }

    @Test
    void shouldMakeUpRandomNumbersOnlyInTheirSeam() {
        assertEquals(List.of(), uses(RANDOMNESS, ""));
    }

    /// Commands serve a person at a terminal and read and write that person's own files.
    @Test
    void shouldOpenFilesOnlyInTheirSeam() {
        assertEquals(List.of(), uses(FILES, "engine-server/src/main/java/tenon/server/command/"));
    }

    @Test
    void shouldSeeTheSeamItself() {
        assertTrue(tree.main().stream()
                .anyMatch(source -> source.name().startsWith(SEAM) && CLOCK.matcher(source.text()).find()));
    }

    private List<String> uses(Pattern pattern, String ownersFolder) {
        return tree.main().stream()
                .filter(source -> !source.name().startsWith("bench/"))
                .filter(source -> !source.name().startsWith(SEAM))
                .filter(source -> ownersFolder.isEmpty() || !source.name().startsWith(ownersFolder))
                .filter(source -> pattern.matcher(source.text()).find())
                .map(SourceTree.Source::name)
                .toList();
    }
}
