package tenon.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The source files of the whole project, generated ones excepted.
final class SourceTree {
    private static final List<String> MODULES = List.of(
            "engine-api", "engine-btree", "engine-wal", "engine-raft", "engine-mvcc", "engine-server", "bench");

    private final Path root;

    /// @param text the file's content with comments and string literals blanked out
    record Source(Path file, String name, String raw, String text) {}

    private SourceTree(Path root) {
        this.root = root;
    }

    static SourceTree ofProject() {
        Path candidate = Path.of("").toAbsolutePath();
        while (!Files.exists(candidate.resolve("engine-api").resolve("pom.xml"))) {
            candidate = candidate.getParent();
            if (candidate == null) {
                throw new IllegalStateException("the tests must run inside the project");
            }
        }
        return new SourceTree(candidate);
    }

    Path root() {
        return root;
    }

    List<String> modules() {
        return MODULES;
    }

    List<Source> main() {
        return under("src/main/java");
    }

    List<Source> all() {
        return Stream.concat(main().stream(), under("src/test/java").stream()).toList();
    }

    private List<Source> under(String folder) {
        return MODULES.stream()
                .map(module -> root.resolve(module).resolve(folder))
                .filter(Files::isDirectory)
                .flatMap(this::javaFiles)
                .toList();
    }

    private Stream<Source> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().map(this::read).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Source read(Path file) {
        String raw = content(file);
        return new Source(file, root.relativize(file).toString(), raw, CodeText.withoutCommentsAndLiterals(raw));
    }

    static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
