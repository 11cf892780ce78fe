package tenon.bench.btree;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tenon.bench.btree.peers.Peer;
import tenon.bench.measure.Programs;

/// The peers that are no Java: compiled where they are measured.
final class NativePeers {
    private final Programs compiler;
    private final Map<Peer, Path> programs = new EnumMap<>(Peer.class);

    /// @param directory where the programs go
    NativePeers(Path directory) {
        compiler = new Programs(directory);
    }

    /// Compiles the program of a peer.
    ///
    /// @throws Programs.MissingException if this machine has not what it needs
    void build(Peer peer) throws IOException, InterruptedException, Programs.MissingException {
        programs.put(peer, switch (peer) {
            case LMDB ->
                compiler.buildC(
                        "lmdb.c", "LMDB's library and header (Debian: apt-get install liblmdb-dev)", "-llmdb",
                        "-lpthread");
            case BBOLT ->
                compiler.buildGo(
                        "bbolt.go", "bbolt's source (Debian: apt-get install golang-github-coreos-bbolt-dev)");
            default -> throw new IllegalArgumentException(peer.label() + " is no program");
        });
    }

    Path program(Peer peer) {
        return programs.get(peer);
    }

    /// What a program says of the version of its store.
    String version(Peer peer) throws IOException, InterruptedException {
        return Programs.version(program(peer));
    }

    /// The programs that this machine could build.
    List<Peer> built() {
        return List.copyOf(programs.keySet());
    }
}
