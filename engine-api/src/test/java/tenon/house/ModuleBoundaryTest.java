package tenon.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Pins what each module exports and requires, so that a boundary changes only on purpose: with a change of
/// `house/boundaries.txt` that somebody reviews.
class ModuleBoundaryTest {
    private final SourceTree tree = SourceTree.ofProject();

    @Test
    void shouldExportAndRequireWhatIsAgreed() {
        String found = tree.modules().stream().map(this::boundary).collect(Collectors.joining("\n"));
        Path expected = tree.root().resolve("engine-api/src/test/resources/house/boundaries.txt");
        assertEquals(SourceTree.content(expected), found);
    }

    private String boundary(String module) {
        Path descriptor = tree.root().resolve(module).resolve("src/main/java/module-info.java");
        if (!Files.exists(descriptor)) {
            return module + "\n    no descriptor\n";
        }
        List<String> lines = CodeText.withoutCommentsAndLiterals(SourceTree.content(descriptor))
                .lines()
                .map(String::strip)
                .filter(line -> line.matches("(exports|requires|opens|uses|provides|(open )?module)\\b.*"))
                .map(line -> line.replaceAll("[;{]", "").strip())
                .toList();
        List<String> directives = lines.subList(1, lines.size()).stream().sorted().toList();
        return directives.stream().map(line -> "    " + line + "\n").collect(Collectors.joining("", lines.get(0) + "\n", ""));
    }
}
