package tenon.server.command.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How the tests start a server process: as a user does.
final class ServerProgram {
    private ServerProgram() {}

    /// The launcher of this project.
    static Path launcher() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path launcher = at.resolve("bin/tenon");
            if (Files.isExecutable(launcher)) {
                return launcher;
            }
        }
        throw new IllegalStateException("no bin/tenon above " + Path.of("").toAbsolutePath());
    }

    /// The words that start a server; `-Dtenon.kill.program` replaces them.
    static List<String> words() {
        String other = System.getProperty("tenon.kill.program");
        return other == null ? List.of(launcher().toString(), "server") : List.of(other.split(" "));
    }
}
