package tenon.server.node;

import java.nio.file.Path;
import tenon.api.FileInUseException;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.SnapshotMark;
import tenon.api.StorageFile;

/// Where a node keeps its files. Holds a lock from [#open] to [#close], so that no other node uses them.
final class DataDirectory implements AutoCloseable {
    private static final String RECEIVED_PREFIX = "db.received-";

    private final Path member;
    private final Path log;
    private final StorageFile lock;

    private DataDirectory(Path member, Path log, StorageFile lock) {
        this.member = member;
        this.log = log;
        this.lock = lock;
    }

    /// Makes what is missing and takes the lock.
    ///
    /// @param log where the log is, null for its place in the data directory
    /// @throws FileInUseException if another node has it
    static DataDirectory open(Platform platform, Path dataDir, Path log) {
        Path member = dataDir.resolve("member");
        platform.files().createDirectories(member.resolve("snap"));
        StorageFile lock = platform.files().open(member.resolve("lock"), OpenMode.CREATE);
        try {
            lock.lock(true);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
        DataDirectory directory = new DataDirectory(member, log == null ? member.resolve("wal") : log, lock);
        directory.deleteReceived(platform.files());
        return directory;
    }

    /// What an earlier life received and did not install.
    private void deleteReceived(FileSystem files) {
        for (Path file : files.list(snapshots())) {
            if (file.getFileName().toString().startsWith(RECEIVED_PREFIX)) {
                files.delete(snapshots().resolve(file.getFileName()));
            }
        }
    }

    Path member() {
        return member;
    }

    Path store() {
        return snapshots().resolve("db");
    }

    /// Where snapshots of other members arrive.
    Path snapshots() {
        return member.resolve("snap");
    }

    /// A store that another member sent, until it takes the place of [#store]. More than one may wait for that.
    Path received(SnapshotMark mark) {
        return snapshots().resolve(RECEIVED_PREFIX + mark.term() + "-" + mark.raftIndex());
    }

    Path log() {
        return log;
    }

    @Override
    public void close() {
        lock.close();
    }
}
