package tenon.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a process has in memory, as Linux tells it; 0 elsewhere.
///
/// @param rssKb all, mapped file pages included
/// @param anonKb what is no file
public record Memory(long rssKb, long anonKb) {
    /// Of this process.
    public static Memory now() {
        return of(Path.of("/proc/self/status"));
    }

    public static Memory of(ProcessHandle process) {
        return of(Path.of("/proc/" + process.pid() + "/status"));
    }

    private static Memory of(Path status) {
        if (!Files.isReadable(status)) {
            return new Memory(0, 0);
        }
        try {
            List<String> lines = Files.readAllLines(status);
            return new Memory(kilobytes(lines, "VmRSS:"), kilobytes(lines, "RssAnon:"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Both together.
    public Memory plus(Memory other) {
        return new Memory(rssKb + other.rssKb, anonKb + other.anonKb);
    }

    private static long kilobytes(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length()).replace("kB", "").strip()))
                .findFirst()
                .orElse(0);
    }
}
