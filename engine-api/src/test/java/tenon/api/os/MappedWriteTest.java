package tenon.api.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.MisuseException;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.testkit.Seeds;

/// What is written through memory is in the file, wherever the mapped pieces end.
class MappedWriteTest {
    private static final int PIECE_BYTES = 16 << 20;

    @TempDir
    Path directory;

    private Path path() {
        return directory.resolve("file");
    }

    private static void write(StorageFile file, byte[] model, long position, byte[] bytes, int length) {
        file.writeMapped(position, MemorySegment.ofArray(bytes), 0, length);
        System.arraycopy(bytes, 0, model, (int) position, length);
    }

    @Test
    void shouldHoldWhatWasWrittenBesideOrdinaryWritesGrowthAndTruncation() throws IOException {
        RandomGenerator random = Seeds.random(MappedWriteTest.class);
        byte[] model = new byte[2 * PIECE_BYTES + 4096];
        byte[] bytes = new byte[70_000];
        try (StorageFile file = new OsFileSystem().open(path(), OpenMode.CREATE)) {
            file.allocate(PIECE_BYTES + 100_000);
            for (int round = 0; round < 200; round++) {
                random.nextBytes(bytes);
                int length = random.nextInt(1, bytes.length + 1);
                long near = random.nextBoolean() ? PIECE_BYTES : random.nextInt(PIECE_BYTES);
                long position = Math.max(0, near - random.nextInt(bytes.length));
                if (random.nextInt(4) == 0) {
                    file.write(position, java.nio.ByteBuffer.wrap(bytes, 0, length));
                    System.arraycopy(bytes, 0, model, (int) position, length);
                } else {
                    write(file, model, position, bytes, length);
                }
                if (round == 100) {
                    file.sync();
                    file.allocate(model.length);
                }
            }
            file.truncate(1 << 20);
            file.allocate(model.length);
            Arrays.fill(model, 1 << 20, model.length, (byte) 0);
            write(file, model, PIECE_BYTES - 1000, bytes, 2000);
            file.sync();
        }
        assertArrayEquals(model, Files.readAllBytes(path()));
    }

    @Test
    void shouldNotChangeTheSizeByMapping() throws IOException {
        try (StorageFile file = new OsFileSystem().open(path(), OpenMode.CREATE)) {
            file.allocate(10_000);
            file.writeMapped(100, MemorySegment.ofArray(new byte[] {7}), 0, 1);
            assertEquals(10_000, file.sizeBytes());
        }
        assertEquals(7, Files.readAllBytes(path())[100]);
    }

    @Test
    void shouldRefuseToChangeAFileOpenedForReading() throws IOException {
        Files.write(path(), new byte[100]);
        try (StorageFile file = new OsFileSystem().open(path(), OpenMode.READ)) {
            assertThrows(
                    MisuseException.class, () -> file.writeMapped(0, MemorySegment.ofArray(new byte[1]), 0, 1));
        }
    }
}
