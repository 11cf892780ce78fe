package tenon.server.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Etcd's own client, of version 3.4 or later, as a process.
///
/// @param directory where it runs
record Etcdctl(URI endpoint, Path directory) {
    private static final int TIMEOUT_SECONDS = 30;

    /// What a command said, on both streams, without its log lines.
    record Result(int exitCode, String output) {}

    static boolean isInstalled() {
        try {
            Process process = new ProcessBuilder("etcdctl", "version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Result run(List<String> arguments, String input) {
        List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints=" + endpoint));
        command.addAll(arguments);
        try {
            Path output = Files.createTempFile(directory, "etcdctl", ".out");
            Path inputFile = Files.writeString(Files.createTempFile(directory, "etcdctl", ".in"), input);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(inputFile.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("ETCDCTL_API", "3");
            Process process = builder.start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("etcdctl did not end: " + command);
            }
            String said = Files.readString(output, StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> !line.startsWith("{\"level\":"))
                    .map(line -> line + "\n")
                    .collect(Collectors.joining());
            return new Result(process.exitValue(), said);
        } catch (IOException e) {
            throw new IllegalStateException("could not run " + command, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
