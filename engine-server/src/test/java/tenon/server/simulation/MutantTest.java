package tenon.server.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// A simulation that finds no mistakes proves nothing: it must find these. `-Dtenon.mutant=lease.*` tries only some.
class MutantTest {
    private static final Path PROJECT = Path.of("..");
    private static final long FIRST_SEED = 1;
    static final int SEEDS_MAX = 1000;

    @TempDir
    private Path directory;

    @TestFactory
    Stream<DynamicTest> shouldBringEachMistakeToLight() {
        String wanted = System.getProperty("tenon.mutant", ".*");
        return Mutant.ALL.stream()
                .filter(mutant -> mutant.name().matches(wanted))
                .map(mutant -> DynamicTest.dynamicTest(mutant.name(), () -> check(mutant)));
    }

    private void check(Mutant mutant) throws Exception {
        Path classes = Files.createTempDirectory(directory, mutant.name());
        Mutant.Detection found = mutant.detect(PROJECT, classes, FIRST_SEED, SEEDS_MAX, false);
        assertTrue(found.seedCount() > 0, mutant.name() + " was not found with " + SEEDS_MAX + " seeds");
        System.out.println("| %s | %s | %d | %s".formatted(
                mutant.name(), mutant.breaks(), found.seedCount(), found.failure()));
    }

    @Test
    void shouldShrinkToTheFaultsThatMatter() throws Exception {
        Mutant mutant = Mutant.ALL.stream()
                .filter(each -> each.name().equals("late-append-truncates"))
                .findFirst()
                .orElseThrow();
        List<String> all = faults(mutant, false);
        List<String> few = faults(mutant, true);
        System.out.println(all.size() + " faults, of which these suffice:\n" + String.join("\n", few));
        assertTrue(all.containsAll(few));
        assertTrue(few.size() <= 2 && few.size() < all.size(), few::toString);
    }

    private List<String> faults(Mutant mutant, boolean shrinks) throws Exception {
        Path classes = Files.createTempDirectory(directory, mutant.name());
        return mutant.detect(PROJECT, classes, FIRST_SEED, SEEDS_MAX, shrinks)
                .faults()
                .lines()
                .toList();
    }

    /// What stands in the document is what is tried.
    @Test
    void shouldStandInTheDocument() throws Exception {
        String document = Files.readString(PROJECT.resolve("docs/TESTING.md"));
        List<String> missing = Mutant.ALL.stream()
                .map(Mutant::name)
                .filter(name -> !document.contains("| " + name + " |"))
                .toList();
        assertEquals(List.of(), missing);
    }
}
