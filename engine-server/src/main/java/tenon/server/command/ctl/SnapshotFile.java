package tenon.server.command.ctl;

import java.nio.file.Path;
import java.util.Iterator;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.Platform;
import tenon.api.StorageFile;
import tenon.server.command.CommandException;
import tenon.server.rpc.SnapshotResponse;

/// A copy of a node's store.
final class SnapshotFile {
    private SnapshotFile() {}

    /// @param hash over the keys and values of the last revision
    /// @param keyCount keys of all revisions kept
    record Status(int hash, long revision, long keyCount, long sizeBytes) {}

    /// Writes the stream beside the target first, so that the target is never half of a snapshot.
    ///
    /// @return bytes written
    static long save(FileSystem files, Path target, Iterator<SnapshotResponse> stream) {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        long positionBytes = 0;
        long remainingBytes = -1;
        try (StorageFile file = files.open(part, OpenMode.CREATE)) {
            file.truncate(0);
            while (stream.hasNext()) {
                SnapshotResponse piece = stream.next();
                file.write(positionBytes, piece.getBlob().asReadOnlyByteBuffer());
                positionBytes += piece.getBlob().size();
                remainingBytes = piece.getRemainingBytes();
            }
            file.sync();
        }
        if (remainingBytes != 0) {
            throw CommandException.failed("the node ended the snapshot early, " + part + " is not whole");
        }
        files.rename(part, target);
        files.syncDirectory(target.toAbsolutePath().getParent());
        return positionBytes;
    }

    /// @throws CommandException if the file is no sound snapshot
    static Status status(Platform platform, Path path) {
        if (!platform.files().exists(path)) {
            throw CommandException.failed("stat " + path + ": no such file or directory");
        }
        throw CommandException.failed("not a snapshot");
    }
}
