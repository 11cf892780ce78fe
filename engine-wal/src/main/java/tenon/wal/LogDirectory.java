package tenon.wal;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.wal.format.SegmentName;

/// The names in the directory of a log.
final class LogDirectory {
    static final String TEMPORARY_SUFFIX = ".tmp";
    private static final String LOCK_NAME = "lock";

    final FileSystem files;
    final Path path;

    LogDirectory(FileSystem files, Path path) {
        this.files = files;
        this.path = path;
    }

    /// The segments in order.
    List<SegmentName> segmentNames() {
        return files.list(path).stream()
                .map(SegmentName::parse)
                .flatMap(Optional::stream)
                .sorted()
                .toList();
    }

    /// Takes the lock that keeps other openers out.
    ///
    /// @throws tenon.api.FileInUseException if somebody holds it
    StorageFile lock() {
        StorageFile lock = files.open(path.resolve(LOCK_NAME), OpenMode.CREATE);
        try {
            lock.lock(true);
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
        return lock;
    }

    /// Deletes what an earlier run prepared, but did not use.
    void deleteTemporaries() {
        for (Path child : files.list(path)) {
            if (child.getFileName().toString().endsWith(TEMPORARY_SUFFIX)) {
                files.delete(child);
            }
        }
    }

    Path temporary(long number) {
        return path.resolve("spare-" + number + TEMPORARY_SUFFIX);
    }
}
