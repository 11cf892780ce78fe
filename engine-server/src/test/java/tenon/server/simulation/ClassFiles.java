package tenon.server.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import tenon.api.Entry;
import tenon.raft.RaftNode;
import tenon.testkit.SimulatedFileSystem;
import tenon.wal.SegmentedLog;

/// Where the classes are that a simulation needs, and their bytes.
final class ClassFiles {
    private static final List<Class<?>> OF_EACH_PLACE = List.of(
            Simulation.class, RaftNode.class, SegmentedLog.class, Entry.class, SimulatedFileSystem.class);

    private ClassFiles() {}

    /// The places, as a class path.
    static String classPath() {
        return OF_EACH_PLACE.stream()
                .map(type -> place(type).toString())
                .distinct()
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }

    private static Path place(Class<?> type) {
        String name = type.getName().replace('.', '/') + ".class";
        URL url = type.getResource(type.getSimpleName() + ".class");
        String text = url.toString();
        if (text.startsWith("jar:")) {
            return Path.of(URI.create(text.substring("jar:".length(), text.indexOf("!/"))));
        }
        return Path.of(URI.create(text.substring(0, text.length() - name.length())));
    }

    /// Null if there is no such class.
    static byte[] find(String className) {
        try (InputStream in = ClassFiles.class
                .getClassLoader()
                .getResourceAsStream(className.replace('.', '/') + ".class")) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
