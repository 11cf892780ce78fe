package tenon.bench.btree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tenon.bench.btree.peers.Peer;
import tenon.bench.btree.peers.PeerStore;
import tenon.bench.measure.StoreDirectory;

/// A peer's store with random keys, for the benchmarks that JMH runs. It lies in a temporary directory:
/// `-jvmArgsAppend -Djava.io.tmpdir=…` puts it elsewhere.
@State(Scope.Benchmark)
public class LoadedStore {
    @Param({"tenon", "lmdbjava", "mvstore", "xodus", "mapdb", "rocksdb"})
    public String peer;

    @Param("1000000")
    public long keys;

    private StoreDirectory directory;
    private PeerStore store;

    /// Loads and opens it again, as a store that was not just written.
    @Setup(Level.Trial)
    public void load() throws IOException {
        Path home = Files.createTempDirectory("tenon-jmh");
        directory = new StoreDirectory(home);
        try (PeerStore loading = open(home)) {
            Phases.putAll(loading, Elements.RANDOM, keys, Phases.BATCH, false);
            loading.sync();
        }
        store = open(home);
    }

    private PeerStore open(Path home) {
        return Peer.of(peer).open(home, PeerStore.Sync.AT_END);
    }

    @TearDown(Level.Trial)
    public void delete() {
        store.close();
        directory.delete();
    }

    PeerStore store() {
        return store;
    }
}
