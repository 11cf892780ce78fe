package tenon.server.node;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import tenon.api.FileSystem;
import tenon.api.HardState;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.api.StorageException;
import tenon.api.StorageIoException;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.MvccStore;
import tenon.mvcc.Transplant;
import tenon.raft.RecoveredState;
import tenon.server.ServerConfig;
import tenon.server.divergence.StateComparison;
import tenon.server.membership.Bootstrap;
import tenon.server.membership.ClusterOrigin;
import tenon.server.membership.MembershipStore;
import tenon.wal.LogOptions;
import tenon.wal.SegmentedLog;

/// Makes the files of a founder of a new cluster whose store begins with the data of another. Its founding is in the store
/// already, and the log begins behind it, at a snapshot mark: who joins later gets the store, for no log tells of it.
///
/// Everything is written beside its place. Nobody has the files open meanwhile.
///
/// | after step | a crash leaves |
/// |---|---|
/// | 1 store and log are written and synced under `DIR.restoring` | no data directory |
/// | 2 a log outside of the data directory has its name | no data directory; a server refuses the log, for it has no store to it |
/// | 3 the data directory has its name, synced | all of it |
public final class Restoration {
    private static final String UNFINISHED_SUFFIX = ".restoring";

    private final ServerConfig config;
    private final Platform platform;
    private final FileSystem files;
    private final ClusterOrigin.Founding founding;
    private final Path unfinished;
    // Null for its place in the data directory.
    private final Path unfinishedLog;
    // The data directory comes last: without it, a server starts from nothing of this.
    private final List<Move> moves = new ArrayList<>();
    // What a failure takes back.
    private final Deque<Path> made = new ArrayDeque<>();

    /// What is written in one place and belongs in another.
    private record Move(Path from, Path to) {
        private static Move beside(Path place) {
            return new Move(place.resolveSibling(place.getFileName() + UNFINISHED_SUFFIX), place);
        }
    }

    private Restoration(ServerConfig config, Platform platform) {
        this.config = config;
        this.platform = platform;
        this.files = platform.files();
        this.founding = Bootstrap.ofRestored(config);
        Path dataDir = absolute(config.dataDir());
        Move whole = Move.beside(dataDir);
        this.unfinished = whole.from;
        if (config.walDir() == null) {
            this.unfinishedLog = null;
        } else if (absolute(config.walDir()).startsWith(dataDir)) {
            this.unfinishedLog = unfinished.resolve(dataDir.relativize(absolute(config.walDir())));
        } else {
            Move log = Move.beside(absolute(config.walDir()));
            this.unfinishedLog = log.from;
            moves.add(log);
        }
        moves.add(whole);
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /// Makes the files that a server with this configuration starts from.
    ///
    /// @param revisionBump by how much the revision rises, with all history marked as compacted; 0 for not at all
    /// @param copyStore writes a whole, sound store to the path that it gets
    /// @throws tenon.server.membership.BootstrapException if the configuration names no cluster that has this node
    /// @throws MisuseException if there are such files already
    /// @throws StorageException if the files cannot be written; nothing of them is left then
    public static void run(ServerConfig config, Platform platform, long revisionBump, Consumer<Path> copyStore) {
        Restoration restoration = new Restoration(config, platform);
        restoration.checkRoom();
        try {
            restoration.write(revisionBump, copyStore);
            restoration.putInPlace();
        } catch (RuntimeException | Error e) {
            restoration.takeBack(e);
            throw e;
        }
    }

    private void checkRoom() {
        if (!isEmpty(config.dataDir())) {
            throw new MisuseException("data-dir \"" + config.dataDir() + "\" not empty or could not be read");
        }
        if (config.walDir() != null && files.exists(config.walDir())) {
            throw new MisuseException("wal-dir \"" + config.walDir() + "\" exists");
        }
        for (Move move : moves) {
            if (files.exists(move.from)) {
                throw new MisuseException(
                        move.from + " exists: another restore is under way, or one was interrupted; then remove it");
            }
        }
    }

    private boolean isEmpty(Path directory) {
        try {
            return !files.exists(directory) || files.list(directory).isEmpty();
        } catch (StorageException e) {
            return false;
        }
    }

    private void write(long revisionBump, Consumer<Path> copyStore) {
        moves.forEach(move -> made.push(move.from));
        try (DataDirectory directory = DataDirectory.open(platform, unfinished, unfinishedLog)) {
            copyStore.accept(directory.store());
            HardState founded = RecoveredState.founding(founding.changes()).hardState();
            try (MvccStore store =
                    Transplant.open(platform, directory.store(), MvccOptions.DEFAULT, revisionBump)) {
                new MembershipStore(store.backend()).found(founding);
                StateComparison.forget(store.backend());
                store.skip(new AppliedIndex(founded.term(), founded.commitIndex()));
            }
            files.syncDirectory(directory.snapshots());
            LogOptions options = LogOptions.DEFAULT.withSegmentSizeBytes(config.walSegmentBytes());
            try (SegmentedLog log = SegmentedLog.create(platform, directory.log(), founding.identity(), options)) {
                log.appendSnapshotMark(new SnapshotMark(founded.term(), founded.commitIndex()));
                log.append(founded, List.of());
                log.sync();
            }
        }
    }

    private void putInPlace() {
        for (Move move : moves) {
            files.rename(move.from, move.to);
            made.push(move.to);
            files.syncDirectory(move.to.getParent());
        }
    }

    private void takeBack(Throwable cause) {
        try {
            made.forEach(this::deleteTree);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private void deleteTree(Path path) {
        List<Path> children;
        try {
            children = files.list(path);
        } catch (StorageIoException e) {
            // A file, or nothing.
            children = List.of();
        }
        children.forEach(this::deleteTree);
        files.delete(path);
    }
}
