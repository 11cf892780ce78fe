package tenon.wal;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tenon.api.Entry;
import tenon.api.EntryType;
import tenon.api.HardState;
import tenon.api.Platform;
import tenon.api.StorageException;
import tenon.api.StorageFailedException;

/// Another process that works on a log.
final class LogProcess implements AutoCloseable {
    private static final int DATA_BYTES = 700;
    /// More than what waits in memory to be written by the sync.
    static final int LARGE_BATCH = 1_600;
    private static final long END_SECONDS_MAX = 30;

    private final Process process;
    private final BufferedReader output;

    private LogProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /// The body of the process.
    ///
    /// @param args `append`, `append-large` or `verify`, and directories of logs
    public static void main(String[] args) throws IOException {
        List<Path> logs = Arrays.stream(args).skip(1).map(Path::of).toList();
        if (args[0].equals("append")) {
            append(logs.getFirst(), LogOptions.DEFAULT.withSegmentSizeBytes(64 << 10), 1);
        } else if (args[0].equals("append-large")) {
            append(logs.getFirst(), LogOptions.DEFAULT, LARGE_BATCH);
        } else {
            for (Path log : logs) {
                System.out.println(new LogInspector(Platform.system().files(), log).verify());
            }
        }
    }

    /// Appends and syncs entries until its input ends, and says what is durable; after an error, what it was, and
    /// whether the log takes another entry.
    private static void append(Path directory, LogOptions options, int batch) throws IOException {
        try (SegmentedLog log = SegmentedLog.create(Platform.system(), directory, LogModel.IDENTITY, options)) {
            System.out.println("created");
            long raftIndex = 0;
            try {
                while (System.in.available() == 0) {
                    List<Entry> entries = new ArrayList<>();
                    for (int i = 0; i < batch; i++) {
                        raftIndex++;
                        entries.add(entry(raftIndex));
                    }
                    log.append(new HardState(1, 1, raftIndex - batch), entries);
                    log.sync();
                    System.out.println("synced " + raftIndex);
                }
            } catch (StorageException e) {
                System.out.println("failed " + e.getMessage());
                try {
                    log.append(null, List.of(entry(raftIndex + 1)));
                    System.out.println("took another");
                } catch (StorageFailedException refusal) {
                    System.out.println("refused");
                }
            }
        }
    }

    /// What the process appends.
    static Entry entry(long raftIndex) {
        byte[] data = new byte[DATA_BYTES];
        Arrays.fill(data, (byte) raftIndex);
        return new Entry(1, raftIndex, EntryType.NORMAL, data);
    }

    /// @param launcher words before the program, such as those of a tracer
    static LogProcess appending(Path log, String... launcher) throws IOException {
        return appending("append", log, launcher);
    }

    /// The same in batches of [#LARGE_BATCH], which are written before they are synced.
    static LogProcess appendingMuch(Path log, String... launcher) throws IOException {
        return appending("append-large", log, launcher);
    }

    private static LogProcess appending(String how, Path log, String... launcher) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher));
        command.addAll(java());
        command.addAll(List.of(how, log.toString()));
        return start(command);
    }

    static LogProcess verifying(List<Path> logs, String... flags) throws IOException {
        List<String> command = java(flags);
        command.add("verify");
        logs.forEach(log -> command.add(log.toString()));
        return start(command);
    }

    private static List<String> java(String... flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(List.of(flags));
        String tests = Path.of("target", "test-classes").toAbsolutePath().toString();
        command.addAll(List.of("-cp", mainPath() + File.pathSeparator + tests, LogProcess.class.getName()));
        return command;
    }

    /// The class path of the log, without its tests.
    static String mainPath() {
        return location(Platform.class) + File.pathSeparator + location(SegmentedLog.class);
    }

    private static String location(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toString();
    }

    private static LogProcess start(List<String> command) throws IOException {
        return new LogProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /// The next line that it prints, null if it ended.
    String line() throws IOException {
        return output.readLine();
    }

    /// Ends it as a power cut of that process alone would.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Tells it to end, and waits for that.
    ///
    /// @return its exit code
    int end() throws IOException, InterruptedException {
        try {
            process.outputWriter().append('\n').close();
        } catch (IOException e) {
            // It has ended already.
        }
        if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the process did not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
