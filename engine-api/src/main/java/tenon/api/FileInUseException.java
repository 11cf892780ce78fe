package tenon.api;

import java.nio.file.Path;

/// Another process, or another opener in this process, holds the lock of the file or directory.
public final class FileInUseException extends StorageException {
    private static final long serialVersionUID = 1L;

    public FileInUseException(Path path) {
        super(path + " is in use by another process: stop that one first", path, null);
    }
}
