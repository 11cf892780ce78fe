package tenon.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.os.OsFileSystem;
import tenon.testkit.SimulatedFileSystem;

/// What every [FileSystem] does: run on the operating system's files and on the simulated disk.
class FileSystemContractTest {
    @TempDir
    private Path temporary;

    /// The file system under test and an empty directory in it.
    private record World(FileSystem files, Path directory) {
        Path path(String name) {
            return directory.resolve(name);
        }

        StorageFile create(String name, int... bytes) {
            StorageFile file = files.open(path(name), OpenMode.CREATE);
            file.write(0, buffer(bytes));
            return file;
        }
    }

    private List<DynamicTest> onBoth(Consumer<World> test) {
        Supplier<World> os = () -> new World(new OsFileSystem(), temporary);
        Supplier<World> simulated = () -> {
            SimulatedFileSystem disk = new SimulatedFileSystem();
            disk.createDirectories(Path.of("/contract"));
            return new World(disk, Path.of("/contract"));
        };
        return List.of(
                DynamicTest.dynamicTest("operating system", () -> test.accept(os.get())),
                DynamicTest.dynamicTest("simulated disk", () -> test.accept(simulated.get())));
    }

    private static ByteBuffer buffer(int... bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
        for (int value : bytes) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    private static byte[] read(StorageFile file, long position, int length) {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        int count = file.read(position, buffer);
        assertEquals(buffer.position(), count);
        return java.util.Arrays.copyOf(buffer.array(), count);
    }

    private static void assertNames(Path path, StorageException e) {
        assertEquals(path, e.path());
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
    }

    @TestFactory
    List<DynamicTest> shouldOpenAsTheModeSays() {
        return onBoth(world -> {
            Path path = world.path("file");
            for (OpenMode mode : List.of(OpenMode.READ, OpenMode.READ_WRITE)) {
                assertNames(path, assertThrows(StorageIoException.class, () -> world.files.open(path, mode)));
            }
            world.files.open(path, OpenMode.CREATE_NEW).close();
            assertNames(
                    path,
                    assertThrows(StorageIoException.class, () -> world.files.open(path, OpenMode.CREATE_NEW)));
            try (StorageFile file = world.files.open(path, OpenMode.CREATE)) {
                file.write(0, buffer(1));
            }
            try (StorageFile file = world.files.open(path, OpenMode.READ)) {
                assertEquals(path, file.path());
                assertEquals(1, file.sizeBytes());
                assertThrows(MisuseException.class, () -> file.write(0, buffer(2)));
                assertThrows(MisuseException.class, () -> file.truncate(0));
                assertThrows(MisuseException.class, () -> file.allocate(10));
            }
            Path lost = world.path("missing").resolve("file");
            assertNames(lost, assertThrows(StorageIoException.class, () -> world.files.open(lost, OpenMode.CREATE)));
        });
    }

    @TestFactory
    List<DynamicTest> shouldReadWhatWasWritten() {
        return onBoth(world -> {
            try (StorageFile file = world.create("file", 1, 2, 3)) {
                file.write(5, buffer(6), buffer(), buffer(7, 8));
                assertEquals(8, file.sizeBytes());
                assertArrayEquals(new byte[] {1, 2, 3, 0, 0, 6, 7, 8}, read(file, 0, 100));
                assertArrayEquals(new byte[] {7}, read(file, 6, 1));
                assertEquals(0, read(file, 8, 10).length);
                assertEquals(0, read(file, 1000, 10).length);
            }
        });
    }

    @TestFactory
    List<DynamicTest> shouldChangeTheSize() {
        return onBoth(world -> {
            try (StorageFile file = world.create("file", 1, 2, 3)) {
                file.truncate(5);
                assertArrayEquals(new byte[] {1, 2, 3, 0, 0}, read(file, 0, 10));
                file.truncate(1);
                file.truncate(2);
                assertArrayEquals(new byte[] {1, 0}, read(file, 0, 10));
                file.allocate(4);
                assertArrayEquals(new byte[] {1, 0, 0, 0}, read(file, 0, 10));
                file.allocate(3);
                assertEquals(4, file.sizeBytes(), "allocating never shrinks");
                file.sync();
            }
        });
    }

    @TestFactory
    List<DynamicTest> shouldShowWritesInMappings() {
        return onBoth(world -> {
            try (StorageFile file = world.create("file", 1, 2, 3);
                    Arena arena = Arena.ofShared()) {
                MemorySegment mapped = file.map(0, 8192, arena);
                assertEquals(3, file.sizeBytes(), "mapping does not grow the file");
                assertTrue(mapped.isReadOnly());
                assertEquals(2, mapped.get(ValueLayout.JAVA_BYTE, 1));
                file.write(1, buffer(9));
                assertEquals(9, mapped.get(ValueLayout.JAVA_BYTE, 1));
                file.write(8000, buffer(7));
                assertEquals(7, mapped.get(ValueLayout.JAVA_BYTE, 8000));
                file.allocate(20000);
                MemorySegment behind = file.map(4096, 4096, arena);
                assertEquals(7, behind.get(ValueLayout.JAVA_BYTE, 8000 - 4096));
            }
        });
    }

    @TestFactory
    List<DynamicTest> shouldRefuseALockThatIsHeld() {
        return onBoth(world -> {
            StorageFile first = world.create("file");
            try (StorageFile second = world.files.open(world.path("file"), OpenMode.CREATE)) {
                first.lock(true);
                assertNames(
                        world.path("file"), assertThrows(FileInUseException.class, () -> second.lock(true)));
                assertThrows(FileInUseException.class, () -> second.lock(false));
                first.close();
                second.lock(true);
            }
            try (StorageFile reader = world.files.open(world.path("file"), OpenMode.READ)) {
                reader.lock(false);
            }
        });
    }

    @TestFactory
    List<DynamicTest> shouldRenameAndDelete() {
        return onBoth(world -> {
            StorageFile file = world.create("a", 1);
            world.create("b", 2).close();
            world.files.rename(world.path("a"), world.path("b"));
            world.files.syncDirectory(world.directory);
            assertEquals(List.of(world.path("b")), world.files.list(world.directory));
            try (StorageFile renamed = world.files.open(world.path("b"), OpenMode.READ)) {
                assertArrayEquals(new byte[] {1}, read(renamed, 0, 10));
            }
            world.files.delete(world.path("b"));
            world.files.delete(world.path("b"));
            assertFalse(world.files.exists(world.path("b")));
            file.write(1, buffer(5));
            assertArrayEquals(new byte[] {1, 5}, read(file, 0, 10), "the handle outlives the name");
            file.close();
            Path missing = world.path("missing");
            assertNames(
                    missing,
                    assertThrows(StorageIoException.class, () -> world.files.rename(missing, world.path("x"))));
        });
    }

    @TestFactory
    List<DynamicTest> shouldListNamesInOrder() {
        return onBoth(world -> {
            Path child = world.path("c");
            world.files.createDirectories(child.resolve("d"));
            world.files.createDirectories(child.resolve("d"));
            world.create("b").close();
            world.create("a").close();
            assertEquals(
                    List.of(world.path("a"), world.path("b"), child), world.files.list(world.directory));
            assertEquals(List.of(child.resolve("d")), world.files.list(child));
            assertTrue(world.files.exists(child));
            assertNames(child, assertThrows(StorageIoException.class, () -> world.files.delete(child)));
            Path missing = world.path("missing");
            assertNames(missing, assertThrows(StorageIoException.class, () -> world.files.list(missing)));
            assertNames(
                    missing, assertThrows(StorageIoException.class, () -> world.files.syncDirectory(missing)));
        });
    }

    @TestFactory
    List<DynamicTest> shouldFailOnAClosedHandle() {
        return onBoth(world -> {
            StorageFile file = world.create("file", 1);
            file.close();
            file.close();
            Path path = world.path("file");
            assertNames(path, assertThrows(StorageIoException.class, file::sizeBytes));
            assertNames(path, assertThrows(StorageIoException.class, file::sync));
            assertNames(path, assertThrows(StorageIoException.class, () -> file.write(0, buffer(1))));
            assertNames(path, assertThrows(StorageIoException.class, () -> file.read(0, buffer(1))));
            assertNames(path, assertThrows(StorageIoException.class, () -> file.lock(true)));
        });
    }

    @TestFactory
    List<DynamicTest> shouldKnowTheFreeSpace() {
        return onBoth(world -> assertTrue(world.files.freeBytes(world.directory) > 0));
    }
}
