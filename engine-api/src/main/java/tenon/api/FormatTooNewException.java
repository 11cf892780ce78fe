package tenon.api;

import java.nio.file.Path;

/// The file was written by a later version of Tenon, in a format that this version does not know.
public final class FormatTooNewException extends StorageException {
    private static final long serialVersionUID = 1L;

    public FormatTooNewException(Path path, int foundVersion, int knownVersion) {
        super(
                path + " has format version " + foundVersion + ", this build reads up to version " + knownVersion
                        + ": use the newer build that wrote it",
                path,
                null);
    }
}
