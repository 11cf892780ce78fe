package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.FileInUseException;
import tenon.api.MisuseException;
import tenon.api.Platform;
import tenon.testkit.ManualClock;

/// Who may have a store open at the same time, in one process and in several.
class StoreLockTest {
    private static final BTreeOptions READ_ONLY = BTreeOptions.DEFAULT.withReadOnly(true);

    @TempDir
    Path directory;

    private Path path() {
        return directory.resolve("store");
    }

    private BTreeStore open(BTreeOptions options) {
        return BTreeStore.open(Platform.system(), path(), options);
    }

    private void fill(String value) {
        try (BTreeStore store = open(BTreeOptions.DEFAULT)) {
            store.write(tx -> {
                tx.createBucketIfAbsent(StoreProcess.NAME).put(StoreProcess.KEY, value.getBytes());
                return null;
            });
        }
    }

    @Test
    void shouldLetSeveralProcessesReadAndNoneWrite() throws Exception {
        fill("shared");
        try (StoreProcess first = StoreProcess.reading(path());
                StoreProcess second = StoreProcess.reading(path())) {
            assertEquals("shared", first.answer());
            assertEquals("shared", second.answer());
            try (BTreeStore third = open(READ_ONLY)) {
                assertEquals("shared", StoreProcess.value(third));
            }
            assertThrows(FileInUseException.class, () -> open(BTreeOptions.DEFAULT));
        }
        fill("alone");
    }

    @Test
    void shouldRefuseAllOthersWhileOneProcessWrites() throws Exception {
        fill("before");
        try (StoreProcess writer = StoreProcess.writing(path(), "during");
                StoreProcess none = refused(writer)) {
            assertEquals(StoreProcess.IN_USE, none.answer());
            FileInUseException refusal = assertThrows(FileInUseException.class, () -> open(READ_ONLY));
            assertEquals(path(), refusal.path());
            assertThrows(FileInUseException.class, () -> open(BTreeOptions.DEFAULT));
            assertThrows(FileInUseException.class, () -> open(BTreeOptions.DEFAULT.withLockTimeoutNs(20_000_000)));
            // It is held by the process, not by the file.
            writer.kill();
            try (BTreeStore store = open(BTreeOptions.DEFAULT)) {
                assertEquals("during", StoreProcess.value(store));
                assertTrue(store.check().isClean());
            }
        }
    }

    private StoreProcess refused(StoreProcess writer) throws Exception {
        assertEquals("during", writer.answer());
        return StoreProcess.reading(path());
    }

    @Test
    void shouldGetTheFileAsSoonAsTheOtherProcessEnds() throws Exception {
        BTreeOptions patient = BTreeOptions.DEFAULT.withLockTimeoutNs(TimeUnit.MINUTES.toNanos(5));
        try (StoreProcess writer = StoreProcess.writing(path(), "theirs")) {
            assertEquals("theirs", writer.answer());
            CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> {
                try (BTreeStore store = open(patient)) {
                    return StoreProcess.value(store);
                }
            });
            Thread.sleep(30);
            assertTrue(!waiting.isDone());
            writer.end();
            assertEquals("theirs", waiting.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldWaitForTheLockAsLongAsItWasToldTo() throws Exception {
        ManualClock clock = new ManualClock();
        BTreeOptions patient = BTreeOptions.DEFAULT.withLockTimeoutNs(TimeUnit.SECONDS.toNanos(10));
        try (BTreeStore holder = open(BTreeOptions.DEFAULT)) {
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(
                    () -> BTreeStore.open(Platform.system().withClock(clock), path(), patient).close());
            for (int i = 0; i < 99; i++) {
                clock.advanceNs(TimeUnit.MILLISECONDS.toNanos(100));
                Thread.sleep(1);
            }
            assertTrue(!waiting.isDone(), "refused before its time");
            while (!waiting.isDone()) {
                clock.advanceNs(TimeUnit.MILLISECONDS.toNanos(100));
                Thread.sleep(1);
            }
            assertTrue(waiting.handle((none, e) -> e.getCause()).get() instanceof FileInUseException);
            assertEquals(path(), holder.path());
        }
    }

    @Test
    void shouldGiveUpWaitingWhenInterrupted() throws Exception {
        BTreeOptions patient = BTreeOptions.DEFAULT.withLockTimeoutNs(Long.MAX_VALUE);
        try (BTreeStore holder = open(BTreeOptions.DEFAULT)) {
            Thread.currentThread().interrupt();
            assertThrows(FileInUseException.class, () -> open(patient));
            assertTrue(Thread.interrupted());
            assertEquals(path(), holder.path());
        }
    }

    @Test
    void shouldRefuseLimitsThatMakeNoSense() {
        assertThrows(MisuseException.class, () -> BTreeOptions.DEFAULT.withLockTimeoutNs(-1));
        assertThrows(MisuseException.class, () -> BTreeOptions.DEFAULT.withBatchDelayNs(-1));
        assertThrows(MisuseException.class, () -> BTreeOptions.DEFAULT.withBatchCountMax(0));
    }
}
