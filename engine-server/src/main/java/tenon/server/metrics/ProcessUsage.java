package tenon.server.metrics;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.StorageException;
import tenon.api.StorageFile;
import tenon.server.metrics.MetricsSnapshot.Counter;
import tenon.server.metrics.MetricsSnapshot.Gauge;
import tenon.server.metrics.MetricsSnapshot.Metric;

/// What this process takes of the machine, as Linux counts it, under the names that Prometheus' own libraries use. What
/// the system does not tell is left out.
final class ProcessUsage {
    private static final Path SELF = Path.of("/proc/self");
    private static final int TEXT_BYTES_MAX = 1 << 16;
    private static final double TICKS_PER_SECOND = 100;
    /// Fields 14, 15 and 22 of the line; field 3 is the first one behind the parenthesised name.
    private static final int USER_TICKS_INDEX = 14 - 3;
    private static final int SYSTEM_TICKS_INDEX = 15 - 3;
    private static final int START_TICKS_INDEX = 22 - 3;
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");
    private static final Pattern VIRTUAL = Pattern.compile("(?m)^VmSize:\\s+(\\d+) kB$");
    private static final Pattern MAX_FILES = Pattern.compile("(?m)^Max open files\\s+(\\d+)\\s");
    private static final Pattern BOOT_TIME = Pattern.compile("(?m)^btime (\\d+)$");

    private final FileSystem files;
    private final List<Metric> metrics = new ArrayList<>();

    private ProcessUsage(FileSystem files) {
        this.files = files;
    }

    static List<Metric> of(FileSystem files) {
        ProcessUsage usage = new ProcessUsage(files);
        String status = usage.read(SELF.resolve("status"));
        usage.gauge("process_resident_memory_bytes", "Memory in use.", number(RESIDENT, status, 1024));
        usage.gauge("process_virtual_memory_bytes", "Memory that is mapped.", number(VIRTUAL, status, 1024));
        usage.gauge("process_open_fds", "Open files and connections.", usage.openFileCount());
        usage.gauge(
                "process_max_fds", "How many there may be.", number(MAX_FILES, usage.read(SELF.resolve("limits")), 1));
        usage.addTimes();
        return usage.metrics;
    }

    private void addTimes() {
        String stat = read(SELF.resolve("stat"));
        ticks(stat, fields -> fields[USER_TICKS_INDEX] + fields[SYSTEM_TICKS_INDEX])
                .ifPresent(ticks -> metrics.add(new Counter(
                        "process_cpu_seconds_total", "Processor time used.", "", ticks / TICKS_PER_SECOND)));
        OptionalDouble start = ticks(stat, fields -> fields[START_TICKS_INDEX]);
        OptionalDouble boot = number(BOOT_TIME, read(Path.of("/proc/stat")), 1);
        if (start.isPresent() && boot.isPresent()) {
            gauge(
                    "process_start_time_seconds",
                    "When the process started, in seconds since 1970.",
                    OptionalDouble.of(boot.getAsDouble() + start.getAsDouble() / TICKS_PER_SECOND));
        }
    }

    private void gauge(String name, String help, OptionalDouble value) {
        value.ifPresent(known -> metrics.add(new Gauge(name, help, "", known)));
    }

    private OptionalDouble openFileCount() {
        Path descriptors = SELF.resolve("fd");
        try {
            return files.exists(descriptors) ? OptionalDouble.of(files.list(descriptors).size()) : OptionalDouble.empty();
        } catch (StorageException _) {
            return OptionalDouble.empty();
        }
    }

    /// Empty if there is no such file.
    private String read(Path path) {
        try {
            if (!files.exists(path)) {
                return "";
            }
            try (StorageFile file = files.open(path, OpenMode.READ)) {
                ByteBuffer text = ByteBuffer.allocate(TEXT_BYTES_MAX);
                int length = file.read(0, text);
                return new String(text.array(), 0, Math.max(0, length), StandardCharsets.UTF_8);
            }
        } catch (StorageException _) {
            return "";
        }
    }

    private static OptionalDouble number(Pattern pattern, String text, double unit) {
        Matcher found = pattern.matcher(text);
        return found.find() ? OptionalDouble.of(Long.parseLong(found.group(1)) * unit) : OptionalDouble.empty();
    }

    /// Of the line of `/proc/self/stat`, behind the name, which may hold anything.
    private static OptionalDouble ticks(String stat, Function<long[], Long> choice) {
        int nameEnd = stat.lastIndexOf(") ");
        if (nameEnd < 0) {
            return OptionalDouble.empty();
        }
        String[] texts = stat.substring(nameEnd + 2).strip().split(" ");
        if (texts.length <= START_TICKS_INDEX) {
            return OptionalDouble.empty();
        }
        long[] fields = new long[START_TICKS_INDEX + 1];
        // The first one is a letter.
        for (int i = 1; i < fields.length; i++) {
            fields[i] = Long.parseLong(texts[i]);
        }
        return OptionalDouble.of(choice.apply(fields));
    }
}
