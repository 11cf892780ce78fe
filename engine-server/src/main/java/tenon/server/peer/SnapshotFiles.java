package tenon.server.peer;

import java.nio.file.Path;
import tenon.api.FileSystem;

/// Where snapshots are on their way. What is left there from an earlier life of the node is of no use.
final class SnapshotFiles {
    /// A snapshot to be sent.
    private static final String SPOOL_SUFFIX = ".snap.spool";
    /// A snapshot of which a part has come.
    private static final String PART_SUFFIX = ".snap.part";
    /// A snapshot that has come, until its handler has moved or deleted it: named as etcd names it.
    private static final String WHOLE_SUFFIX = ".snap.db";

    private SnapshotFiles() {}

    /// Makes the directory if it is missing, and deletes what an earlier life has left.
    static void prepare(FileSystem files, Path directory) {
        files.createDirectories(directory);
        for (Path path : files.list(directory)) {
            String name = path.getFileName().toString();
            if (name.endsWith(SPOOL_SUFFIX) || name.endsWith(PART_SUFFIX) || name.endsWith(WHOLE_SUFFIX)) {
                files.delete(path);
            }
        }
    }

    static Path spool(Path directory, long toNodeId) {
        return directory.resolve(Handshake.hex(toNodeId) + SPOOL_SUFFIX);
    }

    static Path part(Path directory, long snapshotId) {
        return directory.resolve(Handshake.hex(snapshotId) + PART_SUFFIX);
    }

    static Path whole(Path directory, long raftIndex) {
        return directory.resolve(String.format("%016x", raftIndex) + WHOLE_SUFFIX);
    }
}
