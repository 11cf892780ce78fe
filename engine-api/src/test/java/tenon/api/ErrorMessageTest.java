package tenon.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// An error says what was wrong, where, and what to do.
class ErrorMessageTest {
    private static final Path FILE = Path.of("/data/db");

    @Test
    void shouldNameFileAndOperation() {
        IOException cause = new IOException("Input/output error");
        StorageIoException error = new StorageIoException("write at position 4096", FILE, cause);
        assertEquals("/data/db: could not write at position 4096: Input/output error", error.getMessage());
        assertSame(cause, error.getCause());
        assertEquals(FILE, error.path());
        StorageIoException silent = new StorageIoException("sync", FILE, new IOException());
        assertEquals("/data/db: could not sync: IOException", silent.getMessage());
    }

    @Test
    void shouldSayWhereTheDamageIs() {
        CorruptDataException error = new CorruptDataException(FILE, 8192, "page 2 has a wrong checksum");
        assertEquals("/data/db is corrupt at position 8192: page 2 has a wrong checksum", error.getMessage());
        assertEquals(8192, error.positionBytes());
        assertEquals(FILE, error.path());
    }

    @Test
    void shouldSayWhatToDo() {
        assertEquals(
                "/data/db is in use by another process: stop that one first",
                new FileInUseException(FILE).getMessage());
        assertEquals(
                "/data/db has format version 3, this build reads up to version 1: use the newer build that wrote it",
                new FormatTooNewException(FILE, 3, 1).getMessage());
        assertEquals(
                "/data/db is the wrong file: it is a log", new WrongFileException(FILE, "it is a log").getMessage());
        IOException first = new IOException("No space left on device");
        StorageFailedException failed = new StorageFailedException(FILE, first);
        assertEquals(
                "/data/db takes no more writes since an earlier one failed (No space left on device): reopen it after"
                        + " mending the cause",
                failed.getMessage());
        assertSame(first, failed.getCause());
    }

    @Test
    void shouldNameTheBucketThatIsMissing() {
        byte[] name = "lease".getBytes(StandardCharsets.UTF_8);
        assertEquals("there is no bucket 'lease'", Bucket.missing(name).getMessage());
    }
}
