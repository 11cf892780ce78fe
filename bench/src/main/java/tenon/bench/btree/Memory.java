package tenon.bench.btree;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What this process has in memory, as Linux tells it; 0 elsewhere.
///
/// @param rssKb all, mapped file pages included
/// @param anonKb what is no file
record Memory(long rssKb, long anonKb) {
    private static final Path STATUS = Path.of("/proc/self/status");

    static Memory now() {
        if (!Files.isReadable(STATUS)) {
            return new Memory(0, 0);
        }
        try {
            List<String> lines = Files.readAllLines(STATUS);
            return new Memory(kilobytes(lines, "VmRSS:"), kilobytes(lines, "RssAnon:"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long kilobytes(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length()).replace("kB", "").strip()))
                .findFirst()
                .orElse(0);
    }
}
