package tenon.api;

import java.nio.file.Path;

/// The file is not what the caller takes it for: another kind of file, or of another node or cluster.
public final class WrongFileException extends StorageException {
    private static final long serialVersionUID = 1L;

    public WrongFileException(Path path, String finding) {
        super(path + " is the wrong file: " + finding, path, null);
    }
}
