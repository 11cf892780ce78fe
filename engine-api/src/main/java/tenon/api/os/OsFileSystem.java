package tenon.api.os;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tenon.api.FileInUseException;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.api.StorageIoException;

/// The operating system's files.
public final class OsFileSystem implements FileSystem {
    @Override
    public StorageFile open(Path path, OpenMode mode) {
        Set<StandardOpenOption> options =
                switch (mode) {
                    case READ -> Set.of(StandardOpenOption.READ);
                    case READ_WRITE -> Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
                    case CREATE -> Set.of(
                            StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
                    case CREATE_NEW -> Set.of(
                            StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
                };
        HeldLocks.check(path);
        Object before = Files.exists(path) ? HeldLocks.key(path) : null;
        FileChannel channel = openChannel(path, options);
        try {
            Object key = HeldLocks.key(path);
            if (before != null && !before.equals(key)) {
                // Replaced in between: which of the two was opened, nobody knows, and the new one may be locked here.
                HeldLocks.close(key, channel, false);
                throw new FileInUseException(path);
            }
            return new OsFile(path, key, channel, mode != OpenMode.READ);
        } catch (IOException e) {
            throw new StorageIoException("close", path, e);
        } catch (StorageIoException e) {
            closeQuietly(channel, e);
            throw e;
        }
    }

    private static FileChannel openChannel(Path path, Set<StandardOpenOption> options) {
        try {
            return FileChannel.open(path, options);
        } catch (IOException e) {
            throw new StorageIoException("open", path, e);
        }
    }

    private static void closeQuietly(FileChannel channel, StorageIoException cause) {
        try {
            channel.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void createDirectories(Path directory) {
        Path missing = directory.toAbsolutePath();
        if (Files.isDirectory(missing)) {
            return;
        }
        Path parent = missing.getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        try {
            Files.createDirectories(missing);
        } catch (IOException e) {
            throw new StorageIoException("create directory", directory, e);
        }
        if (parent != null) {
            syncDirectory(parent);
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public List<Path> list(Path directory) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        } catch (IOException e) {
            throw new StorageIoException("list the names", directory, e);
        }
    }

    @Override
    public void rename(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new StorageIoException("rename to " + to.getFileName(), from, e);
        }
    }

    @Override
    public void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new StorageIoException("delete", path, e);
        }
    }

    @Override
    public void syncDirectory(Path directory) {
        // An interrupt would close the channel.
        boolean interrupted = Thread.interrupted();
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new StorageIoException("sync the names", directory, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long freeBytes(Path path) {
        try {
            return Files.getFileStore(path).getUsableSpace();
        } catch (IOException e) {
            throw new StorageIoException("find the free space", path, e);
        }
    }
}
