package tenon.api;

import java.nio.file.Path;

/// Bytes on the disk are not what was written there, and no crash explains it. Nothing is repaired silently.
public final class CorruptDataException extends StorageException {
    private static final long serialVersionUID = 1L;

    private final long positionBytes;

    /// @param positionBytes where in the file the damaged structure begins
    /// @param finding what is wrong there, and what to do
    public CorruptDataException(Path path, long positionBytes, String finding) {
        super(path + " is corrupt at position " + positionBytes + ": " + finding, path, null);
        this.positionBytes = positionBytes;
    }

    public long positionBytes() {
        return positionBytes;
    }
}
