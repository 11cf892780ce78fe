package tenon.api.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.FileInUseException;
import tenon.api.MisuseException;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.testkit.Seeds;

/// What is written durably is in the file, past the page cache or not.
class DirectWriteTest {
    private static final int BLOCK_BYTES = StorageFile.BLOCK_BYTES;
    private static final int FILE_BYTES = 64 * BLOCK_BYTES;

    @TempDir
    Path directory;

    private Path path() {
        return directory.resolve("file");
    }

    private static ByteBuffer blocks(RandomGenerator random, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        random.nextBytes(bytes);
        return ByteBuffer.allocateDirect(lengthBytes + 2 * BLOCK_BYTES)
                .alignedSlice(BLOCK_BYTES)
                .put(bytes)
                .flip();
    }

    private static void copy(ByteBuffer source, byte[] target, long position) {
        source.duplicate().get(target, (int) position, source.remaining());
    }

    /// An open file stays usable when its name is gone; only the way past the page cache needs the name.
    @Test
    void shouldWriteToAFileWhoseNameIsGone() throws IOException {
        ByteBuffer written = blocks(Seeds.random(DirectWriteTest.class), BLOCK_BYTES);
        try (StorageFile file = new OsFileSystem().open(path(), OpenMode.CREATE)) {
            Files.delete(path());
            file.writeDurably(0, written.duplicate());
            ByteBuffer found = ByteBuffer.allocate(BLOCK_BYTES);
            assertEquals(BLOCK_BYTES, file.read(0, found));
            assertEquals(written, found.flip());
        }
    }

    @Test
    void shouldHoldWhatWasWrittenBesideOrdinaryWritesAndReads() throws IOException {
        RandomGenerator random = Seeds.random(DirectWriteTest.class);
        byte[] model = new byte[FILE_BYTES];
        try (StorageFile file = new OsFileSystem().open(path(), OpenMode.CREATE)) {
            file.allocate(FILE_BYTES);
            for (int round = 0; round < 300; round++) {
                boolean isWhole = random.nextInt(3) > 0;
                int unit = isWhole ? BLOCK_BYTES : 1;
                int length = unit * random.nextInt(1, 3 * BLOCK_BYTES / unit);
                long position = (long) unit * random.nextInt((FILE_BYTES - length) / unit + 1);
                ByteBuffer source = blocks(random, length);
                copy(source, model, position);
                if (random.nextInt(4) == 0) {
                    file.write(position, source);
                } else {
                    file.writeDurably(position, source);
                }
                assertFalse(source.hasRemaining());
                ByteBuffer target = ByteBuffer.allocate(length);
                file.read(position, target);
                assertArrayEquals(Arrays.copyOfRange(model, (int) position, (int) position + length), target.array());
            }
        }
        assertArrayEquals(model, Files.readAllBytes(path()));
    }

    @Test
    void shouldBypassTheCacheWhereItCan() throws IOException {
        FileStore store = Files.getFileStore(directory);
        Assumptions.assumeTrue(
                List.of("ext4", "xfs").contains(store.type()), "SKIPPED: not known to have a way past its cache");
        RandomGenerator random = Seeds.random(DirectWriteTest.class);
        Files.write(path(), new byte[FILE_BYTES]);
        DirectWriter writer = new DirectWriter(path(), HeldLocks.key(path()));
        try {
            assertEquals(2 * BLOCK_BYTES, writer.write(BLOCK_BYTES, blocks(random, 2 * BLOCK_BYTES)));
            assertEquals(0, writer.write(512, blocks(random, BLOCK_BYTES)), "no place of a block");
            assertEquals(0, writer.write(0, blocks(random, 512)), "no whole block");
            assertEquals(0, writer.write(0, blocks(random, 2 * BLOCK_BYTES).position(8).limit(8 + BLOCK_BYTES)));
            assertEquals(0, writer.write(0, ByteBuffer.allocate(BLOCK_BYTES)), "memory of the heap");
        } finally {
            writer.close();
        }
    }

    @Test
    void shouldGrowAFile() throws IOException {
        RandomGenerator random = Seeds.random(DirectWriteTest.class);
        byte[] model = new byte[2 * BLOCK_BYTES + 100];
        try (StorageFile file = new OsFileSystem().open(path(), OpenMode.CREATE)) {
            ByteBuffer whole = blocks(random, 2 * BLOCK_BYTES);
            copy(whole, model, 0);
            file.writeDurably(0, whole);
            ByteBuffer rest = blocks(random, 100);
            copy(rest, model, 2 * BLOCK_BYTES);
            file.writeDurably(2 * BLOCK_BYTES, rest);
        }
        assertArrayEquals(model, Files.readAllBytes(path()));
    }

    /// Closing a second descriptor of a locked file would take its lock away.
    @Test
    void shouldKeepALock() {
        RandomGenerator random = Seeds.random(DirectWriteTest.class);
        OsFileSystem files = new OsFileSystem();
        try (StorageFile file = files.open(path(), OpenMode.CREATE)) {
            file.writeDurably(0, blocks(random, BLOCK_BYTES));
            file.lock(true);
            file.writeDurably(0, blocks(random, BLOCK_BYTES));
            assertThrows(FileInUseException.class, () -> files.open(path(), OpenMode.READ_WRITE));
        }
        try (StorageFile file = files.open(path(), OpenMode.READ_WRITE)) {
            file.lock(true);
            file.writeDurably(0, blocks(random, BLOCK_BYTES));
            assertThrows(FileInUseException.class, () -> files.open(path(), OpenMode.READ_WRITE));
        }
    }

    @Test
    void shouldWriteToTheFileThatWasOpenedWhateverHasItsPath() throws IOException {
        RandomGenerator random = Seeds.random(DirectWriteTest.class);
        byte[] model = new byte[BLOCK_BYTES];
        Path other = directory.resolve("other");
        try (StorageFile file = new OsFileSystem().open(path(), OpenMode.CREATE)) {
            Files.move(path(), other);
            Files.write(path(), new byte[BLOCK_BYTES]);
            ByteBuffer source = blocks(random, BLOCK_BYTES);
            copy(source, model, 0);
            file.writeDurably(0, source);
        }
        assertArrayEquals(model, Files.readAllBytes(other));
        assertArrayEquals(new byte[BLOCK_BYTES], Files.readAllBytes(path()));
    }

    @Test
    void shouldRefuseAFileOpenedForReading() throws IOException {
        Files.write(path(), new byte[BLOCK_BYTES]);
        try (StorageFile file = new OsFileSystem().open(path(), OpenMode.READ)) {
            ByteBuffer source = blocks(Seeds.random(DirectWriteTest.class), BLOCK_BYTES);
            assertThrows(MisuseException.class, () -> file.writeDurably(0, source));
        }
    }
}
