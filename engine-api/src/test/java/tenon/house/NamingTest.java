package tenon.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NamingTest {
    private static final Pattern EMPTY_PACKAGE_NAME =
            Pattern.compile("package [a-z.]*\\b(utils?|commons?|impl|internal|misc|helpers?)\\b");
    private static final Pattern EMPTY_TYPE_NAME = Pattern.compile(
            "\\b(class|interface|record|enum)\\s+\\w*(Utils?|Commons?|Impl|Internal|Misc|Helpers?|Manager)\\b");

    private final SourceTree tree = SourceTree.ofProject();

    @Test
    void shouldNameThingsByWhatTheyAre() {
        List<String> found = tree.all().stream()
                .filter(source -> EMPTY_PACKAGE_NAME.matcher(source.text()).find()
                        || EMPTY_TYPE_NAME.matcher(source.text()).find())
                .map(SourceTree.Source::name)
                .toList();
        assertEquals(List.of(), found);
    }

    @Test
    void shouldHaveAHandbookInEveryMainPackage() {
        List<SourceTree.Source> sources = tree.main();
        List<String> missing = sources.stream()
                .map(source -> source.file().getParent())
                .distinct()
                .filter(folder -> !folder.endsWith("java"))
                .filter(folder -> !folder.resolve("package-info.java").toFile().exists())
                .map(folder -> tree.root().relativize(folder).toString())
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void shouldKeepTheTopLevelSmall() {
        List<String> expected = List.of(
                "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "bench", "bin", "docs", "engine-api",
                "engine-btree", "engine-mvcc", "engine-raft", "engine-server", "engine-wal", "pom.xml");
        String[] found = tree.root().toFile().list((folder, name) -> !name.startsWith(".") && !name.equals("target"));
        assertTrue(found != null && found.length > 0);
        List<String> unexpected =
                List.of(found).stream().filter(name -> !expected.contains(name)).sorted().toList();
        assertEquals(List.of(), unexpected);
    }
}
