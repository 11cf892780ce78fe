package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.testkit.PrintedProgram;

/// The documents for those who link the store: the program runs as it is printed, the comparison names its tests.
class LinkingDocumentTest {
    private static final Pattern LINK = Pattern.compile("\\[(\\w+)(?:#(\\w+))?]\\(([^)]+)\\)");

    @TempDir
    Path directory;

    private static Path document(String name) {
        return Path.of("..", "docs", name);
    }

    @Test
    void shouldPrintAProgramThatRunsAsItSays() throws Exception {
        Path document = document("linking.md");
        PrintedProgram ledger = new PrintedProgram("Ledger", PrintedProgram.block(document, "java program"));
        assertEquals(
                PrintedProgram.block(document, "text output"),
                ledger.run(directory, List.of(tenon.api.Platform.class, BTreeStore.class), directory.toString()));
        try (BTreeStore copy = BTreeStore.open(
                tenon.api.Platform.system(), directory.resolve("copy"), BTreeOptions.DEFAULT.withReadOnly(true))) {
            assertTrue(copy.check().isClean());
        }
    }

    @Test
    void shouldNameATestForEachFeatureThatItClaims() throws IOException {
        List<String> wrong = new ArrayList<>();
        int claims = 0;
        for (String line : Files.readAllLines(document("comparison.md"))) {
            String[] cells = line.split("\\|");
            if (cells.length < 4 || line.startsWith("|---") || line.startsWith("| feature")) {
                continue;
            }
            String ours = cells[2].strip();
            Matcher link = LINK.matcher(ours);
            boolean isNamed = false;
            while (link.find()) {
                isNamed = true;
                Path file = document("comparison.md").resolveSibling(link.group(3));
                String source = Files.readString(file);
                if (!file.getFileName().toString().equals(link.group(1) + ".java")
                        || link.group(2) != null && !source.contains("void " + link.group(2) + "(")) {
                    wrong.add(line);
                }
            }
            claims += isNamed ? 1 : 0;
            if (!isNamed && !ours.startsWith("no")) {
                wrong.add(line);
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(claims > 20, claims + " claims");
    }
}
