package tenon.api.os;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tenon.api.FileInUseException;
import tenon.api.StorageIoException;

/// The files that this process has locked. A POSIX lock belongs to the process and is gone as soon as the process
/// closes any descriptor of the file. So a locked file must not be opened a second time, and a channel that was opened
/// before another one took the lock stays open until the lock's holder closes. Like these locks, the table is the
/// process's own, whatever file systems there are in it.
final class HeldLocks {
    /// Key of a locked file to the channels that wait for its holder to close. Guards itself.
    private static final Map<Object, List<FileChannel>> LATE_CHANNELS = new HashMap<>();

    private HeldLocks() {}

    /// @throws FileInUseException if this process has locked the file
    static void check(Path path) {
        synchronized (LATE_CHANNELS) {
            if (LATE_CHANNELS.isEmpty() || !Files.exists(path) || !LATE_CHANNELS.containsKey(key(path))) {
                return;
            }
        }
        throw new FileInUseException(path);
    }

    /// Opens a file that is open already.
    ///
    /// @param key of the file
    /// @return null if this process has locked it, or if another file has its path now
    static FileChannel openAgain(Object key, Path path, Set<OpenOption> options) throws IOException {
        synchronized (LATE_CHANNELS) {
            return LATE_CHANNELS.containsKey(key) || !key.equals(key(path)) ? null : FileChannel.open(path, options);
        }
    }

    /// Takes the lock of the channel's file for it.
    ///
    /// @param key of the file
    /// @return whether it was had; not if it is held elsewhere, in this process or in another
    static boolean lock(Object key, FileChannel channel, boolean exclusive) throws IOException {
        synchronized (LATE_CHANNELS) {
            if (LATE_CHANNELS.containsKey(key) || channel.tryLock(0, Long.MAX_VALUE, !exclusive) == null) {
                return false;
            }
            LATE_CHANNELS.put(key, new ArrayList<>());
            return true;
        }
    }

    /// Closes a channel: now, or, where that would take away somebody's lock, with that lock's holder.
    static void close(Object key, FileChannel channel, boolean isHolder) throws IOException {
        synchronized (LATE_CHANNELS) {
            List<FileChannel> late = LATE_CHANNELS.get(key);
            if (late != null && !isHolder) {
                late.add(channel);
                return;
            }
            if (isHolder) {
                LATE_CHANNELS.remove(key);
                for (FileChannel other : late) {
                    other.close();
                }
            }
            channel.close();
        }
    }

    /// Whether a path still leads to the file of a key.
    static boolean isNamed(Object key, Path path) {
        return Files.exists(path) && key.equals(key(path));
    }

    /// What identifies a file in this process: device and inode where the system has them.
    static Object key(Path path) {
        try {
            Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            return key != null ? key : path.toRealPath();
        } catch (IOException e) {
            throw new StorageIoException("identify", path, e);
        }
    }
}
