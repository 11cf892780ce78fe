package tenon.btree;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tenon.api.FileSystem;
import tenon.api.OpenMode;
import tenon.api.StorageFile;

/// The files of one store in memory. An open file that is replaced stays usable until it is closed.
final class AnonymousFiles implements FileSystem {
    private final long chunkBytes;
    private final Map<Path, AnonymousFile> files = new TreeMap<>();

    AnonymousFiles(long chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    @Override
    public synchronized StorageFile open(Path path, OpenMode mode) {
        return files.computeIfAbsent(path, missing -> new AnonymousFile(missing, chunkBytes));
    }

    @Override
    public void createDirectories(Path directory) {
        // There are none.
    }

    @Override
    public synchronized boolean exists(Path path) {
        return files.containsKey(path);
    }

    @Override
    public synchronized List<Path> list(Path directory) {
        return List.copyOf(files.keySet());
    }

    @Override
    public synchronized void rename(Path from, Path to) {
        files.put(to, files.remove(from));
    }

    @Override
    public synchronized void delete(Path path) {
        AnonymousFile file = files.remove(path);
        if (file != null) {
            file.close();
        }
    }

    @Override
    public void syncDirectory(Path directory) {
        // Memory has nothing to make durable.
    }

    @Override
    public long freeBytes(Path path) {
        return Long.MAX_VALUE;
    }
}
