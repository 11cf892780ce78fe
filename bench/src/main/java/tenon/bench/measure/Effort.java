package tenon.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// What processes have cost so far, as Linux tells it.
///
/// @param cpuNs processor time of all threads, in user mode and in the kernel; in steps of 10 ms
/// @param switchCount how many times a thread that now lives went to sleep; 0 elsewhere than on Linux
public record Effort(long cpuNs, long switchCount) {
    private static final String SWITCHES = "voluntary_ctxt_switches:";

    public static Effort of(List<ProcessHandle> processes) {
        long cpuNs = 0;
        long switchCount = 0;
        for (ProcessHandle process : processes) {
            cpuNs += process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
            switchCount += switchCount(Path.of("/proc/" + process.pid() + "/task"));
        }
        return new Effort(cpuNs, switchCount);
    }

    public static Effort ofThisProcess() {
        return of(List.of(ProcessHandle.current()));
    }

    public Effort since(Effort before) {
        return new Effort(cpuNs - before.cpuNs, switchCount - before.switchCount);
    }

    private static long switchCount(Path threads) {
        try (Stream<Path> all = Files.list(threads)) {
            return all.mapToLong(thread -> switchCountOf(thread.resolve("status"))).sum();
        } catch (IOException e) {
            return 0;
        }
    }

    /// 0 for a thread that has just ended.
    private static long switchCountOf(Path status) {
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(SWITCHES))
                    .mapToLong(line -> Long.parseLong(line.substring(SWITCHES.length()).strip()))
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }
}
