package tenon.bench.measure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Compiles the programs of `src/main/peers`, found on the class path.
public final class Programs {
    private static final Path GO_SOURCES = Path.of("/usr/share/gocode");

    private final Path directory;

    /// @param directory where the programs go
    public Programs(Path directory) {
        this.directory = directory;
    }

    /// This machine has not what a program needs; tells what to install.
    public static final class MissingException extends Exception {
        private static final long serialVersionUID = 1L;

        MissingException(String message) {
            super(message);
        }
    }

    /// Compiles a program of C.
    ///
    /// @param needed the library beside the compiler, and where it comes from
    /// @param libraries as the linker is told of them
    public Path buildC(String source, String needed, String... libraries)
            throws IOException, InterruptedException, MissingException {
        require("cc", "a C compiler (Debian: apt-get install gcc libc6-dev)");
        Path program = programOf(source);
        ProcessBuilder cc = new ProcessBuilder("cc", "-O2", "-o", program.toString(), copy(source).toString());
        cc.command().addAll(Stream.of(libraries).toList());
        compile(cc, needed);
        return program;
    }

    /// Compiles a program of Go with the libraries that Debian installs as sources.
    ///
    /// @param needed the library beside the compiler, and where it comes from
    public Path buildGo(String source, String needed) throws IOException, InterruptedException, MissingException {
        require("go", "a Go compiler (Debian: apt-get install golang-go)");
        Path program = programOf(source);
        ProcessBuilder go = new ProcessBuilder("go", "build", "-o", program.toString(), copy(source).toString());
        go.environment().put("GO111MODULE", "off");
        go.environment().putIfAbsent("GOPATH", GO_SOURCES.toString());
        go.environment().put("GOFLAGS", "");
        compile(go, needed);
        return program;
    }

    /// What a program prints if it is asked for its version.
    public static String version(Path program) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return output;
    }

    private Path programOf(String source) {
        return directory.resolve(source.substring(0, source.lastIndexOf('.')));
    }

    private Path copy(String source) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(source);
        try (InputStream resource = Programs.class.getResourceAsStream("/peers/" + source)) {
            if (resource == null) {
                throw new IOException("peers/" + source + " is not on the class path");
            }
            Files.write(file, resource.readAllBytes());
        }
        return file;
    }

    /// Fails unless there is such a program on the PATH.
    ///
    /// @param what it is, and where it comes from
    public static void require(String program, String what) throws MissingException {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
        if (!found) {
            throw new MissingException("there is no " + program + " on the PATH; it needs " + what);
        }
    }

    private static void compile(ProcessBuilder compiler, String needed)
            throws IOException, InterruptedException, MissingException {
        Process process = compiler.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new MissingException("it did not compile; it needs " + needed + ". "
                    + String.join(" ", compiler.command()) + " said:\n" + output.strip());
        }
    }
}
