package tenon.bench.recovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The servers that are measured side by side, and what they leave behind.
final class Servers {
    private Servers() {}

    /// From a server's name to the words that start it.
    static Map<String, List<String>> installed(Path launcher) {
        Map<String, List<String>> servers = new LinkedHashMap<>();
        servers.put("tenon", List.of(launcher.toString(), "server"));
        if (Stream.of(System.getenv("PATH").split(":")).anyMatch(entry -> Files.isExecutable(Path.of(entry, "etcd")))) {
            servers.put("etcd", List.of("etcd"));
        }
        return servers;
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
