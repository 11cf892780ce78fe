package tenon.bench.btree;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tenon.bench.btree.peers.Peer;

/// Compiles the peers that are no Java: programs of `src/main/peers`, found on the class path.
final class NativePeers {
    private static final Path GO_SOURCES = Path.of("/usr/share/gocode");

    private final Path directory;
    private final Map<Peer, Path> programs = new EnumMap<>(Peer.class);

    /// @param directory where the programs go
    NativePeers(Path directory) {
        this.directory = directory;
    }

    /// Compiles the program of a peer.
    ///
    /// @throws MissingException if this machine has not what it needs
    void build(Peer peer) throws IOException, InterruptedException, MissingException {
        switch (peer) {
            case LMDB -> buildLmdb();
            case BBOLT -> buildBbolt();
            default -> throw new IllegalArgumentException(peer.label() + " is no program");
        }
    }

    /// Tells what to install.
    static final class MissingException extends Exception {
        private static final long serialVersionUID = 1L;

        MissingException(String message) {
            super(message);
        }
    }

    Path program(Peer peer) {
        return programs.get(peer);
    }

    /// What a program says of the version of its store.
    String version(Peer peer) throws IOException, InterruptedException {
        return output(new ProcessBuilder(program(peer).toString(), "--version"));
    }

    private void buildLmdb() throws IOException, InterruptedException, MissingException {
        Path source = source("lmdb.c");
        Path program = directory.resolve(Peer.LMDB.label());
        require("cc", "a C compiler (Debian: apt-get install gcc libc6-dev)");
        compile(
                new ProcessBuilder(
                        "cc", "-O2", "-o", program.toString(), source.toString(), "-llmdb", "-lpthread"),
                "LMDB's library and header (Debian: apt-get install liblmdb-dev)");
        programs.put(Peer.LMDB, program);
    }

    private void buildBbolt() throws IOException, InterruptedException, MissingException {
        Path source = source("bbolt.go");
        Path program = directory.resolve(Peer.BBOLT.label());
        require("go", "a Go compiler (Debian: apt-get install golang-go)");
        ProcessBuilder go = new ProcessBuilder("go", "build", "-o", program.toString(), source.toString());
        go.environment().put("GO111MODULE", "off");
        go.environment().putIfAbsent("GOPATH", GO_SOURCES.toString());
        go.environment().put("GOFLAGS", "");
        compile(go, "bbolt's source (Debian: apt-get install golang-github-coreos-bbolt-dev)");
        programs.put(Peer.BBOLT, program);
    }

    private Path source(String name) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(name);
        try (InputStream resource = NativePeers.class.getResourceAsStream("/peers/" + name)) {
            if (resource == null) {
                throw new IOException("peers/" + name + " is not on the class path");
            }
            Files.write(file, resource.readAllBytes());
        }
        return file;
    }

    private static void require(String program, String what) throws MissingException {
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

    static String output(ProcessBuilder program) throws IOException, InterruptedException {
        Process process = program.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return output;
    }

    /// The programs that this machine could build, of these peers.
    List<Peer> built() {
        return List.copyOf(programs.keySet());
    }
}
