package tenon.api;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The operating system failed a read, write, sync or file operation. After a failed write or sync nothing can be
/// said about what is on the disk: the store or log that meets it refuses further writes until it is reopened.
public final class StorageIoException extends StorageException {
    private static final long serialVersionUID = 1L;

    /// @param operation what was tried, as a verb: `write 4096 bytes at position 8192`
    public StorageIoException(String operation, Path path, Throwable cause) {
        super(path + ": could not " + operation + ": " + reason(cause), path, cause);
    }

    /// The JDK says no more than the path for the commonest reasons.
    private static String reason(Throwable cause) {
        return switch (cause) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "it exists already";
            default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        };
    }
}
