package tenon.bench.btree.peers;

import java.nio.file.Path;
import java.util.Arrays;
import tenon.btree.BTreeStore;

/// Who is measured.
public enum Peer {
    TENON("tenon", TenonPeer::new, BTreeStore.class),
    LMDB("lmdb-c", Kind.PROGRAM),
    BBOLT("bbolt", Kind.PROGRAM),
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
    private final Class<?> versionSource;

    private interface Opener {
        PeerStore open(Path directory, PeerStore.Sync sync);
    }

    Peer(String label, Opener opener, Class<?> versionSource) {
        this.label = label;
        this.kind = Kind.JAVA;
        this.opener = opener;
        this.versionSource = versionSource;
    }

    Peer(String label, Kind kind) {
        this.label = label;
        this.kind = kind;
        this.opener = (directory, sync) -> {
            throw new UnsupportedOperationException(label + " is not opened in the JVM");
        };
        this.versionSource = null;
    }

    public String label() {
        return label;
    }

    public Kind kind() {
        return kind;
    }

    /// The version of a store of the JVM, as its library tells it; empty if it does not.
    public String version() {
        String version = versionSource == null ? null : versionSource.getPackage().getImplementationVersion();
        return version == null ? "" : version;
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
