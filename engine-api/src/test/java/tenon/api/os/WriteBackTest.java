package tenon.api.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.MisuseException;
import tenon.api.OpenMode;
import tenon.api.StorageFile;
import tenon.api.Threads;

/// What is brought to the disk beside the writer, and what becomes of its errors.
class WriteBackTest {
    private final List<Runnable> begun = new ArrayList<>();
    /// Threads that run when the test says so.
    private final Threads threads = (name, body) -> {
        begun.add(body);
        return Thread.currentThread();
    };
    private int syncCount;

    private WriteBack writeBack() {
        return new WriteBack(() -> syncCount++, threads);
    }

    @Test
    void shouldSyncOnceMoreForAllThatAskMeanwhile() throws IOException {
        WriteBack writeBack = writeBack();
        writeBack.start();
        writeBack.start();
        writeBack.start();
        assertEquals(1, begun.size());
        begun.getFirst().run();
        assertEquals(2, syncCount);
        writeBack.await();
        writeBack.checkNotFailed();
        writeBack.start();
        assertEquals(2, begun.size());
    }

    @Test
    void shouldLeaveToTheCallerWhatIsStillOnlyAskedFor() {
        WriteBack writeBack = writeBack();
        writeBack.start();
        writeBack.start();
        writeBack.cancelWanted();
        begun.getFirst().run();
        assertEquals(1, syncCount);
    }

    /// The system tells an error of the disk once. It was told to a thread that nobody asks.
    @Test
    void shouldTellItsFailureToEachWhoSyncsLater() {
        WriteBack writeBack = new WriteBack(
                () -> {
                    throw new IOException("No space left on device");
                },
                threads);
        writeBack.start();
        begun.getFirst().run();
        writeBack.await();
        assertThrows(IOException.class, writeBack::checkNotFailed);
        IOException again = assertThrows(IOException.class, writeBack::checkNotFailed);
        assertEquals("what was written before did not get to the disk: No space left on device", again.getMessage());
        writeBack.start();
        assertEquals(1, begun.size(), "nothing more is tried");
    }

    /// Nobody waits for ever for a thread that is gone.
    @Test
    void shouldTakeAnyEndOfItsThreadForAFailure() {
        WriteBack writeBack = new WriteBack(
                () -> {
                    throw new OutOfMemoryError("heap");
                },
                threads);
        writeBack.start();
        begun.getFirst().run();
        writeBack.await();
        assertThrows(IOException.class, writeBack::checkNotFailed);
    }

    @Test
    void shouldLeaveAllToTheSyncWhereThereIsNoThread() throws IOException {
        WriteBack writeBack = new WriteBack(() -> syncCount++, (name, body) -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        writeBack.start();
        writeBack.await();
        writeBack.checkNotFailed();
        assertEquals(0, syncCount);
    }

    @Test
    void shouldWaitForWhatIsUnderWayEvenIfInterrupted() throws InterruptedException {
        WriteBack writeBack = writeBack();
        writeBack.start();
        boolean[] stayedInterrupted = new boolean[1];
        Thread waiting = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            writeBack.await();
            stayedInterrupted[0] = Thread.currentThread().isInterrupted();
        });
        waiting.join(50);
        assertTrue(waiting.isAlive(), "nothing has been brought to the disk yet");
        begun.getFirst().run();
        waiting.join();
        assertTrue(stayedInterrupted[0]);
    }

    @Test
    void shouldSyncAndCloseBesideIt(@TempDir Path directory) {
        Path path = directory.resolve("file");
        byte[] bytes = new byte[1 << 20];
        try (StorageFile file = new OsFileSystem().open(path, OpenMode.CREATE)) {
            for (int i = 0; i < 16; i++) {
                bytes[0] = (byte) i;
                file.write((long) i * bytes.length, ByteBuffer.wrap(bytes));
                file.startWriteBack();
            }
            file.sync();
            file.startWriteBack();
        }
        try (StorageFile file = new OsFileSystem().open(path, OpenMode.READ)) {
            for (int i = 0; i < 16; i++) {
                ByteBuffer found = ByteBuffer.allocate(1);
                file.read((long) i * bytes.length, found);
                assertEquals(i, found.get(0));
            }
            assertThrows(MisuseException.class, file::startWriteBack);
        }
    }
}
