package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.entry;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tenon.api.FileSystem;
import tenon.api.HardState;
import tenon.api.Platform;
import tenon.api.StorageFile;
import tenon.testkit.CrashPlan;
import tenon.testkit.SimulatedFileSystem;

/// W14: the next segment is prepared by another thread while records are appended: a cut does not wait for zeros.
@Timeout(60)
class SegmentSupplyTest {
    private static final Path DIRECTORY = LogWorld.DIRECTORY;

    private final SimulatedFileSystem disk = new SimulatedFileSystem();
    private final Set<Thread> allocators = ConcurrentHashMap.newKeySet();
    /// Each allocation takes one.
    private final Semaphore allocations = new Semaphore(Integer.MAX_VALUE / 2);
    private final Platform platform = Platform.system().withFiles(gate(FileSystem.class, disk));

    /// Passes all calls on; an allocation waits until it is let.
    private <T> T gate(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (method.getName().equals("allocate")) {
                allocators.add(Thread.currentThread());
                allocations.acquire();
            }
            try {
                Object result = method.invoke(target, args);
                return result instanceof StorageFile file ? gate(StorageFile.class, file) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private SegmentedLog create() {
        return SegmentedLog.create(platform, DIRECTORY, LogModel.IDENTITY, LogWorld.SMALL);
    }

    private boolean hasSpare() {
        return disk.list(DIRECTORY).stream().anyMatch(path -> path.toString().endsWith(".tmp"));
    }

    private void append(SegmentedLog log) {
        long raftIndex = log.lastRaftIndex() + 1;
        log.append(new HardState(1, 1, raftIndex - 1), List.of(entry(1, raftIndex, 50)));
    }

    @Test
    void shouldNeverWriteZerosWhereItAppends() throws InterruptedException {
        try (SegmentedLog log = create()) {
            allocators.clear();
            while (log.stats().segmentCount() < 20) {
                int segmentCount = log.stats().segmentCount();
                while (log.stats().segmentCount() == segmentCount) {
                    append(log);
                }
                log.sync();
            }
            assertFalse(allocators.contains(Thread.currentThread()), "the appending thread has made a segment");
            assertFalse(allocators.isEmpty());
            log.validate();
        }
        long operations = disk.operationCount();
        for (Thread thread : allocators) {
            thread.join();
        }
        assertEquals(operations, disk.operationCount(), "closing waits for the preparation");
    }

    @Test
    void shouldAppendWhileTheNextSegmentIsPrepared() throws InterruptedException {
        allocations.drainPermits();
        allocations.release(1);
        SegmentedLog log = create();
        // The preparation stands still, what is appended and synced does not.
        while (log.stats().sizeBytes() - log.stats().appendedBytes() > 400) {
            append(log);
            log.sync();
        }
        assertEquals(1, log.stats().segmentCount());
        long lastRaftIndex = log.lastRaftIndex();
        CountDownLatch isCut = new CountDownLatch(1);
        Thread appender = platform.threads().start("appender", () -> {
            while (log.stats().segmentCount() == 1) {
                append(log);
            }
            isCut.countDown();
        });
        assertFalse(isCut.await(200, TimeUnit.MILLISECONDS), "a cut waits for the file that it needs");
        allocations.release(100);
        assertTrue(isCut.await(30, TimeUnit.SECONDS));
        appender.join();
        assertTrue(log.lastRaftIndex() > lastRaftIndex);
        log.sync();
        log.close();
        SegmentedLog.open(LogWorld.platform(disk), DIRECTORY, LogWorld.SMALL).log().close();
    }

    @Test
    void shouldMakeManyAppendsDurableWithOneSync() throws InterruptedException {
        try (SegmentedLog log = SegmentedLog.create(
                platform, DIRECTORY, LogModel.IDENTITY, LogOptions.DEFAULT.withSegmentSizeBytes(1 << 20))) {
            while (!hasSpare()) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            long before = log.stats().syncCount();
            for (int i = 0; i < 1000; i++) {
                append(log);
            }
            log.sync();
            assertEquals(before + 1, log.stats().syncCount());
        }
        OpenedLog opened = SegmentedLog.open(
                LogWorld.platform(disk.crash(CrashPlan.dropAll())), DIRECTORY, LogWorld.SMALL);
        assertEquals(1000, opened.contents().entries().size());
        opened.log().close();
    }
}
