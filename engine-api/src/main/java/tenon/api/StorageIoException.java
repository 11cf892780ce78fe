package tenon.api;

import java.nio.file.Path;

/// The operating system failed a read, write, sync or file operation. After a failed write or sync nothing can be
/// said about what is on the disk: the store or log that meets it refuses further writes until it is reopened.
public final class StorageIoException extends StorageException {
    private static final long serialVersionUID = 1L;

    /// @param operation what was tried, as a verb: `write 4096 bytes at position 8192`
    public StorageIoException(String operation, Path path, Throwable cause) {
        super("could not " + operation + " of " + path + ": " + reason(cause), path, cause);
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
