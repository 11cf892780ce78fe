package tenon.bench.measure;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/// Starts the processes in which is measured. Their errors go to ours.
public final class Processes {
    private final List<String> jvmOptions;
    private volatile boolean stopped;

    /// @param jvmOptions of the JVMs among them
    public Processes(List<String> jvmOptions) {
        this.jvmOptions = List.copyOf(jvmOptions);
    }

    /// The command of a JVM with this class path that may do what ours may: `bin/tenon` says what the peers' libraries
    /// want.
    public List<String> java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--"))
                .forEach(command::add);
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    public Process start(List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getOutputStream().close();
        if (stopped) {
            process.destroyForcibly();
        }
        return process;
    }

    /// The lines that a process prints until it ends.
    ///
    /// @throws IOException if it ends with an error
    public List<String> output(List<String> command) throws IOException, InterruptedException {
        Process process = start(command);
        try (BufferedReader output = process.inputReader()) {
            List<String> lines = output.lines().collect(Collectors.toList());
            checkEnd(process);
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    /// The lines that a process prints until it ends, or is ended because its time is over.
    ///
    /// @throws IOException if it ends with an error
    public Output output(List<String> command, Duration limit) throws IOException, InterruptedException {
        Process process = start(command);
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Void> end = CompletableFuture.runAsync(
                () -> {
                    // Told before the process ends, so that nobody takes that for its own end.
                    isOver.set(true);
                    process.destroyForcibly();
                },
                CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
        try (BufferedReader output = process.inputReader()) {
            List<String> lines = output.lines().collect(Collectors.toList());
            boolean isWhole = !isOver.get();
            if (isWhole) {
                checkEnd(process);
            }
            return new Output(lines, isWhole);
        } finally {
            end.cancel(false);
            process.destroyForcibly();
        }
    }

    /// What a process printed.
    ///
    /// @param isWhole whether it ended by itself, and not because its time was over
    public record Output(List<String> lines, boolean isWhole) {}

    private static void checkEnd(Process process) throws IOException, InterruptedException {
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException("its process ended with status " + status + ", and said why on standard error");
        }
    }

    /// Ends all processes; no other one will start.
    public void stop() {
        stopped = true;
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }
}
