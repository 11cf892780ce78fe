package tenon.api.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tenon.api.FileInUseException;
import tenon.api.StorageIoException;

/// The files that this process has locked. A POSIX lock belongs to the process and is gone as soon as the process
/// closes any descriptor of the file, so a locked file must not be opened a second time. Like these locks, the set is
/// the process's own, whatever file systems there are in it.
final class HeldLocks {
    private static final Set<Object> KEYS = ConcurrentHashMap.newKeySet();

    private HeldLocks() {}

    /// @throws FileInUseException if this process has locked the file
    static void check(Path path) {
        if (!KEYS.isEmpty() && Files.exists(path) && KEYS.contains(key(path))) {
            throw new FileInUseException(path);
        }
    }

    /// @return what to [#remove] when the file is closed
    static Object add(Path path) {
        Object key = key(path);
        KEYS.add(key);
        return key;
    }

    /// @param key null for none
    static void remove(Object key) {
        if (key != null) {
            KEYS.remove(key);
        }
    }

    /// Device and inode where the system has them.
    private static Object key(Path path) {
        try {
            Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            return key != null ? key : path.toRealPath();
        } catch (IOException e) {
            throw new StorageIoException("identify", path, e);
        }
    }
}
