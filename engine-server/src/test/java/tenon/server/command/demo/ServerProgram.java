package tenon.server.command.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How the tests start a server process: as a user does.
public final class ServerProgram {
    private ServerProgram() {}

    /// The launcher of this project.
    public static Path launcher() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path launcher = at.resolve("bin/tenon");
            if (Files.isExecutable(launcher)) {
                return launcher;
            }
        }
        throw new IllegalStateException("no bin/tenon above " + Path.of("").toAbsolutePath());
    }

    /// The words that start a server.
    ///
    /// @param property whose value replaces them, to test the test on another server that takes the same flags
    public static List<String> words(String property) {
        String other = System.getProperty(property);
        return other == null ? List.of(launcher().toString(), "server") : List.of(other.split(" "));
    }

    /// Makes our own start-up cache, once, and not by all processes that are started at the same time.
    ///
    /// @param words as given by [#words]
    public static void prepare(List<String> words) throws IOException, InterruptedException {
        if (words.getFirst().equals(launcher().toString())) {
            int exitCode = new ProcessBuilder(words.getFirst(), "prepare").inheritIO().start().waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException("bin/tenon prepare ended with " + exitCode);
            }
        }
    }
}
