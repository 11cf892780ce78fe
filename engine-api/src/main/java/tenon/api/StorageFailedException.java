package tenon.api;

import java.nio.file.Path;

/// An earlier write or sync failed, so the store or log takes no further write until it is reopened. The cause is
/// that first failure.
public final class StorageFailedException extends StorageException {
    private static final long serialVersionUID = 1L;

    public StorageFailedException(Path path, Throwable firstFailure) {
        super(
                path + " takes no more writes since an earlier one failed (" + firstFailure.getMessage()
                        + "): reopen it after mending the cause",
                path,
                firstFailure);
    }
}
