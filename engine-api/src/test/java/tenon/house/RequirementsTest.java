package tenon.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Each requirement has its row in `docs/TESTING.md`, each test there is one and says the requirement's number, and
/// no test that is named for a requirement is missing there.
class RequirementsTest {
    private static final int REQUIREMENT_COUNT = 29;
    private static final Pattern ROW = Pattern.compile("(?m)^\\| W(\\d+) \\|.*$");
    private static final Pattern LINK = Pattern.compile("\\]\\(\\.\\./([^)]+\\.java)\\)");
    private static final Pattern NAMED_TEST = Pattern.compile(".*/W\\d\\d\\w*\\.java");

    private final Path root = SourceTree.ofProject().root();
    private final String document = SourceTree.content(root.resolve("docs/TESTING.md"));

    private static List<String> links(String text) {
        return LINK.matcher(text).results().map(match -> match.group(1)).toList();
    }

    @Test
    void shouldHaveATestForEachRequirement() {
        List<Integer> numbers = new ArrayList<>();
        for (Matcher row = ROW.matcher(document); row.find(); ) {
            int number = Integer.parseInt(row.group(1));
            numbers.add(number);
            List<String> tests = links(row.group());
            assertFalse(tests.isEmpty(), "W" + number + " has no test");
            tests.forEach(test -> assertSaysNumber(test, number));
        }
        assertEquals(IntStream.rangeClosed(1, REQUIREMENT_COUNT).boxed().toList(), numbers);
    }

    private void assertSaysNumber(String test, int number) {
        Path file = root.resolve(test);
        assertTrue(Files.exists(file), "there is no " + test);
        // w03Should…, W03…Test, …W3(), /// W3.
        Pattern says = Pattern.compile("[wW]0?" + number + "(?!\\d)");
        String content = SourceTree.content(file);
        assertTrue(content.contains("Test"), test);
        assertTrue(says.matcher(content).find(), test + " does not say W" + number);
    }

    @Test
    void shouldListEachTestThatIsNamedForARequirement() {
        List<String> listed = links(document);
        List<String> missing = SourceTree.ofProject().all().stream()
                .map(SourceTree.Source::name)
                .filter(name -> NAMED_TEST.matcher(name).matches() && !listed.contains(name))
                .toList();
        assertEquals(List.of(), missing);
    }
}
