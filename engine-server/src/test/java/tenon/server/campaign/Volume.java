package tenon.server.campaign;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The disk of one member: an ext4 file system in a file in memory. It can be full, and it can lose its power, with
/// all that was not synced.
final class Volume {
    private static final long SIZE_BYTES = 768L << 20;
    private static final long ROOM_LEFT_BYTES = 16 << 10;
    private static final int ATTEMPTS_MAX = 100;
    private static final long ATTEMPT_PAUSE_MS = 20;

    private final Path image;
    private final Path mountPoint;
    private final Path ballast;
    private boolean isFilled;

    /// @param disks a directory of a file system in memory
    Volume(Path disks, String name) {
        image = disks.resolve(name + ".img");
        mountPoint = disks.resolve(name);
        ballast = mountPoint.resolve("ballast");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE_BYTES);
            Files.createDirectories(mountPoint);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Tool.run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "nodiscard", image.toString());
        mount();
    }

    private void mount() {
        Tool.run("mount", "-o", "loop,noatime", image.toString(), mountPoint.toString());
    }

    Path data() {
        return mountPoint.resolve("data");
    }

    /// Takes all room but a little. Its member may take some at the same time, so that more than one attempt is needed.
    synchronized void fill() {
        isFilled = true;
        try {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                long usableBytes = Files.getFileStore(mountPoint).getUsableSpace() - ROOM_LEFT_BYTES;
                long hasBytes = Files.exists(ballast) ? Files.size(ballast) : 0;
                String sizeBytes = Long.toString(hasBytes + usableBytes);
                if (usableBytes <= 0 || Tool.works("fallocate", "-l", sizeBytes, ballast.toString())) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Gives it back.
    synchronized void free() {
        isFilled = false;
        try {
            Files.deleteIfExists(ballast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The power goes and comes back. Nobody may be using it.
    synchronized void cutPower() {
        Kernel.shutDownFileSystem(mountPoint);
        for (int attempt = 1; !Tool.works("umount", mountPoint.toString()); attempt++) {
            if (attempt == ATTEMPTS_MAX) {
                throw new IllegalStateException(mountPoint + " stays in use");
            }
            pause();
        }
        mount();
        if (!isFilled) {
            // It may have been given back a moment ago, and the power cut has taken that back.
            free();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(ATTEMPT_PAUSE_MS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// As it was when its member was new, for good: no power cut brings anything back.
    synchronized void wipe() {
        try (Stream<Path> files = Files.exists(data()) ? Files.walk(data()) : Stream.empty()) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
            Tool.run("sync", "-f", mountPoint.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
