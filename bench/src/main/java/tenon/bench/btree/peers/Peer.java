package tenon.bench.btree.peers;

import java.nio.file.Path;
import java.util.Arrays;
import jetbrains.exodus.env.Environment;
import org.h2.mvstore.MVStore;
import org.lmdbjava.Env;
import org.mapdb.DB;
import org.rocksdb.RocksDB;
import tenon.bench.measure.Libraries;
import tenon.btree.BTreeStore;

/// Who is measured.
public enum Peer {
    TENON("tenon", TenonPeer::new, BTreeStore.class),
    LMDB("lmdb-c", Kind.PROGRAM),
    BBOLT("bbolt", Kind.PROGRAM),
    LMDB_JAVA("lmdbjava", LmdbJavaPeer::new, Env.class),
    MV_STORE("mvstore", MvStorePeer::new, MVStore.class),
    XODUS("xodus", XodusPeer::new, Environment.class),
    MAP_DB("mapdb", MapDbPeer::new, DB.class),
    ROCKS_DB("rocksdb", RocksDbPeer::new, RocksDB.class),
    /// No store: what the disk allows at best.
    DISK("disk", Kind.PROBE);

    /// How it is run.
    public enum Kind {
        /// On a [PeerStore].
        JAVA,
        /// A program in another language.
        PROGRAM,
        /// The disk alone.
        PROBE
    }

    private final String label;
    private final Kind kind;
    private final Opener opener;
    /// A class of the library.
    private final Class<?> library;

    private interface Opener {
        PeerStore open(Path directory, PeerStore.Sync sync);
    }

    Peer(String label, Opener opener, Class<?> library) {
        this.label = label;
        this.kind = Kind.JAVA;
        this.opener = opener;
        this.library = library;
    }

    Peer(String label, Kind kind) {
        this.label = label;
        this.kind = kind;
        this.opener = (directory, sync) -> {
            throw new UnsupportedOperationException(label + " is not opened in the JVM");
        };
        this.library = null;
    }

    public String label() {
        return label;
    }

    public Kind kind() {
        return kind;
    }

    /// The library of a store of the JVM: the name of its file. Empty for the others.
    public String library() {
        if (library == null) {
            return "";
        }
        return Libraries.nameOf(library);
    }

    public static Peer of(String label) {
        return Arrays.stream(values())
                .filter(peer -> peer.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such peer: " + label));
    }

    /// Opens the store of a directory that exists; creates the store if there is none.
    public PeerStore open(Path directory, PeerStore.Sync sync) {
        return opener.open(directory, sync);
    }
}
