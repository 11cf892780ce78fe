package tenon.api.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.FileInUseException;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.api.StorageFullException;

class OsFileTest {
    /// A device of Linux that is always full.
    private static final Path FULL = Path.of("/dev/full");
    private static final Path LOCKS = Path.of("/proc/locks");

    @Test
    void shouldKeepItsLockWhenTheSameProcessTriesToOpenTheFileAgain(@TempDir Path directory) throws Exception {
        assumeTrue(Files.exists(LOCKS), "only Linux tells who has locks");
        Path path = directory.resolve("file");
        try (StorageFile file = new OsFileSystem().open(path, OpenMode.CREATE)) {
            file.lock(true);
            assertTrue(isLockedForOthers(path));
            assertThrows(FileInUseException.class, () -> {
                try (StorageFile second = new OsFileSystem().open(path, OpenMode.READ_WRITE)) {
                    second.lock(true);
                }
            });
            assertTrue(isLockedForOthers(path), "the lock is gone");
        }
        try (StorageFile file = new OsFileSystem().open(path, OpenMode.READ_WRITE)) {
            file.lock(true);
        }
    }

    @Test
    void shouldKeepItsLockWhenOneThatWasOpenBeforeCloses(@TempDir Path directory) throws Exception {
        assumeTrue(Files.exists(LOCKS), "only Linux tells who has locks");
        Path path = directory.resolve("file");
        StorageFile loser = new OsFileSystem().open(path, OpenMode.CREATE);
        try (StorageFile holder = new OsFileSystem().open(path, OpenMode.CREATE)) {
            holder.lock(true);
            assertThrows(FileInUseException.class, () -> loser.lock(true));
            loser.close();
            assertTrue(isLockedForOthers(path), "the lock is gone");
        }
        assertFalse(isLockedForOthers(path));
        try (StorageFile file = new OsFileSystem().open(path, OpenMode.READ_WRITE)) {
            file.lock(true);
        }
    }

    private static boolean isLockedForOthers(Path path) throws Exception {
        long inode = ((Number) Files.getAttribute(path, "unix:ino")).longValue();
        long pid = ProcessHandle.current().pid();
        try (Stream<String> locks = Files.lines(LOCKS)) {
            return locks.anyMatch(line -> line.contains(" " + pid + " ") && line.contains(":" + inode + " "));
        }
    }

    /// A reader maps a long value while the writer makes room.
    @Test
    void shouldKeepWhatItGrewByWhileAnotherThreadMapsInside(@TempDir Path directory) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (StorageFile file = new OsFileSystem().open(directory.resolve("file"), OpenMode.CREATE)) {
            file.allocate(4096);
            Thread reader = Thread.ofPlatform().start(() -> {
                while (!stop.get()) {
                    try (Arena arena = Arena.ofShared()) {
                        file.map(0, 4096, arena);
                    }
                }
            });
            try {
                for (int pages = 2; pages < 3000; pages++) {
                    long sizeBytes = pages * 4096L;
                    file.allocate(sizeBytes);
                    Thread.onSpinWait();
                    assertEquals(sizeBytes, file.sizeBytes());
                }
            } finally {
                stop.set(true);
                reader.join();
            }
        }
    }

    /// Who waits for a lock may get it when the file is not the one of that name any more.
    @Test
    void shouldNotLockAFileThatWasReplaced(@TempDir Path directory) {
        OsFileSystem files = new OsFileSystem();
        Path path = directory.resolve("file");
        try (StorageFile replaced = files.open(path, OpenMode.CREATE)) {
            files.open(directory.resolve("new"), OpenMode.CREATE).close();
            files.rename(directory.resolve("new"), path);
            assertThrows(FileInUseException.class, () -> replaced.lock(true));
        }
        try (StorageFile file = files.open(path, OpenMode.READ_WRITE)) {
            file.lock(true);
        }
    }

    @Test
    void shouldStayOpenWhenAnInterruptedThreadUsesIt(@TempDir Path directory) {
        OsFileSystem files = new OsFileSystem();
        try (StorageFile file = files.open(directory.resolve("file"), OpenMode.CREATE);
                Arena arena = Arena.ofShared()) {
            List<Runnable> uses = List.of(
                    () -> files.syncDirectory(directory),
                    () -> file.lock(true),
                    () -> file.allocate(8192),
                    () -> file.write(0, ByteBuffer.allocate(10)),
                    file::sync,
                    file::sizeBytes,
                    () -> file.map(0, 4096, arena),
                    () -> file.read(0, ByteBuffer.allocate(10)),
                    () -> file.truncate(4096));
            for (Runnable use : uses) {
                Thread.currentThread().interrupt();
                use.run();
                assertTrue(Thread.interrupted(), "it should be interrupted again afterwards");
            }
            assertEquals(4096, file.sizeBytes());
        }
    }

    @Test
    void shouldTellAFullDiskFromOtherErrors() {
        assumeTrue(Files.exists(FULL));
        try (StorageFile file = new OsFileSystem().open(FULL, OpenMode.READ_WRITE)) {
            StorageFullException e =
                    assertThrows(StorageFullException.class, () -> file.write(0, ByteBuffer.allocate(10)));
            assertEquals(FULL, e.path());
            assertTrue(e.getMessage().contains("the disk is full; make room and restart"), e.getMessage());
            assertThrows(StorageFullException.class, () -> file.allocate(1 << 20));
        }
    }

    @Test
    void shouldAllocateMoreThanItsBlockOfZeros(@TempDir Path directory) {
        long sizeBytes = (5 << 19) + 13;
        try (StorageFile file = new OsFileSystem().open(directory.resolve("file"), OpenMode.CREATE)) {
            file.write(0, ByteBuffer.wrap(new byte[] {1}));
            file.allocate(sizeBytes);
            assertEquals(sizeBytes, file.sizeBytes());
            ByteBuffer content = ByteBuffer.allocate((int) sizeBytes);
            assertEquals(sizeBytes, file.read(0, content));
            assertEquals(1, content.get(0));
            for (int i = 1; i < sizeBytes; i++) {
                assertEquals(0, content.get(i));
            }
        }
    }
}
