package tenon.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tenon.api.FileSystem;
import tenon.api.StorageFile;

/// A file system on which syncs of the files in one directory hang while it is stalled. Safe for use by any thread.
public final class HangingDisk {
    /// What makes anything durable.
    private static final Set<String> SYNCS = Set.of("sync", "writeDurably");

    private static final long SECONDS_MAX = 60;

    private final FileSystem files;
    private final Path directory;
    private final AtomicInteger syncCount = new AtomicInteger();
    private volatile CountDownLatch stalled = new CountDownLatch(0);

    public HangingDisk(FileSystem files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    public void stall() {
        stalled = new CountDownLatch(1);
    }

    public void goOn() {
        stalled.countDown();
    }

    /// Syncs that were begun.
    public int syncCount() {
        return syncCount.get();
    }

    public FileSystem files() {
        return (FileSystem) Proxy.newProxyInstance(
                FileSystem.class.getClassLoader(), new Class<?>[] {FileSystem.class}, (_, method, arguments) -> {
                    try {
                        Object result = method.invoke(files, arguments);
                        return result instanceof StorageFile file ? hanging(file) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private StorageFile hanging(StorageFile file) {
        boolean mayHang = file.path().startsWith(directory);
        return (StorageFile) Proxy.newProxyInstance(
                StorageFile.class.getClassLoader(), new Class<?>[] {StorageFile.class}, (_, method, arguments) -> {
                    if (mayHang && SYNCS.contains(method.getName())) {
                        syncCount.incrementAndGet();
                        if (!stalled.await(SECONDS_MAX, TimeUnit.SECONDS)) {
                            throw new IllegalStateException("nobody let the disk go on");
                        }
                    }
                    try {
                        return method.invoke(file, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
