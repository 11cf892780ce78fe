package tenon.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/// Where it was measured.
public final class Machine {
    private Machine() {}

    /// One line: processor, memory, disk, system, JVM.
    public static String describe(Path directory) throws IOException {
        return String.format(
                "%s: %d x %s, %s memory; %s; %s %s; Java %s (%s).",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                value("/proc/cpuinfo", "model name"),
                memory(),
                Files.getFileStore(directory).type(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("java.runtime.version"),
                System.getProperty("java.vm.vendor"));
    }

    private static String memory() throws IOException {
        String kilobytes = value("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kilobytes.isEmpty() ? "unknown" : Math.round(Long.parseLong(kilobytes) / 1048576.0) + " GiB";
    }

    private static String value(String file, String name) throws IOException {
        Path path = Path.of(file);
        List<String> lines = Files.isReadable(path) ? Files.readAllLines(path) : List.of();
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
