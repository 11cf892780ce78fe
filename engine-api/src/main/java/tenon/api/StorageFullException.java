package tenon.api;

import java.nio.file.Path;

/// There is no room: the disk is full or a configured maximum size is reached. What was committed before is intact.
public final class StorageFullException extends StorageException {
    private static final long serialVersionUID = 1L;

    public StorageFullException(String message, Path path, Throwable cause) {
        super(message, path, cause);
    }
}
