package tenon.api;

import java.nio.file.Path;

/// An error of the medium. Each child says what it means for the data and what an operator has to do.
public abstract sealed class StorageException extends TenonException
        permits StorageIoException,
                StorageFullException,
                CorruptDataException,
                WrongFileException,
                FormatTooNewException,
                FileInUseException,
                StorageFailedException {
    private static final long serialVersionUID = 1L;

    private final transient Path path;

    StorageException(String message, Path path, Throwable cause) {
        super(message, cause);
        this.path = path;
    }

    /// The file or directory that the error is about.
    public final Path path() {
        return path;
    }
}
