package tenon.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The directory of a peer's files.
public record StoreDirectory(Path path) {
    /// Deletes what is inside; creates the directory if it is missing.
    public void wipe() {
        try {
            Files.createDirectories(path);
            for (Path file : contents()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void delete() {
        if (!Files.exists(path)) {
            return;
        }
        wipe();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Size of all files.
    public long sizeBytes() {
        long sum = 0;
        for (Path file : contents()) {
            try {
                sum += Files.isRegularFile(file) ? Files.size(file) : 0;
            } catch (NoSuchFileException e) {
                // The store deleted it at this moment.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return sum;
    }

    /// The deepest first.
    private List<Path> contents() {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(file -> !file.equals(path)).sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
