package tenon.api;

import java.nio.file.Path;
import java.util.List;

/// The seam to the disk. All errors are [StorageException]s that name the path. Safe for use by any thread.
///
/// ## Durability
/// What [StorageFile#write] wrote is durable after [StorageFile#sync]; the existence or name of a file is durable
/// after [#syncDirectory] of its parent. Until then a crash may keep any part of it, in any order, torn at 512 bytes.
public interface FileSystem {
    /// Opens a file.
    ///
    /// @throws FileInUseException if this process has it locked, see [StorageFile#lock]; opening itself does not lock
    /// @throws StorageIoException if the file is missing and the mode does not create it
    StorageFile open(Path path, OpenMode mode);

    /// Creates the directory and its missing parents, durably.
    void createDirectories(Path directory);

    boolean exists(Path path);

    /// The names in a directory, sorted; without those of sub-directories' content.
    List<Path> list(Path directory);

    /// Renames, replacing the target as one atomic step. Durable after [#syncDirectory].
    void rename(Path from, Path to);

    /// Deletes a file; durable after [#syncDirectory]. An open handle on it stays usable.
    void delete(Path path);

    void syncDirectory(Path directory);

    /// Bytes that can still be written on the medium that holds the path.
    long freeBytes(Path path);
}
