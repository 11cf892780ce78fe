package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tenon.api.DefragmentReport;
import tenon.api.FileSystem;
import tenon.api.PauseStats;
import tenon.api.StorageIoException;
import tenon.testkit.Fault;
import tenon.testkit.ManualClock;
import tenon.testkit.SimulatedFileSystem;

/// How long a defragmentation by a copy holds up the writer, on a disk whose operations take the time that the test
/// says.
class DefragmentationPauseTest {
    private static final byte[] NAME = {'b'};
    private static final long OPEN_NS = 50_000_000;

    private final ManualClock clock = new ManualClock();
    private final SimulatedFileSystem disk = Workload.newDisk();
    /// The copy is opened before the writer is held up, and renamed while it is.
    private long renameNs;

    private final BTreeStore store = BTreeStore.open(
            Workload.platform(slow(disk)).withClock(clock), Workload.PATH, Workload.OPTIONS);

    private FileSystem slow(FileSystem files) {
        return (FileSystem) Proxy.newProxyInstance(
                FileSystem.class.getClassLoader(), new Class<?>[] {FileSystem.class}, (_, method, arguments) -> {
                    switch (method.getName()) {
                        case "open" -> clock.advanceNs(OPEN_NS);
                        case "rename" -> clock.advanceNs(renameNs);
                        default -> {
                            // Takes no time.
                        }
                    }
                    try {
                        return method.invoke(files, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @AfterEach
    void close() {
        store.close();
    }

    private DefragmentReport defragment(long writerPauseNs) {
        store.write(tx -> tx.createBucketIfAbsent(NAME).nextSequence());
        renameNs = writerPauseNs;
        return store.defragment();
    }

    @Test
    void shouldTellHowLongTheSwapHeldUpTheWriter() {
        DefragmentReport report = defragment(7_000_000);
        assertEquals(7_000_000, report.writerPauseNs());
        assertEquals(OPEN_NS + 7_000_000, report.durationNs());
    }

    @Test
    void shouldCountEachSwap() {
        assertEquals(new PauseStats(0, 0, 0, 0, 0, 0), store.defragmentPauses());
        defragment(7_000_000);
        assertEquals(
                new PauseStats(1, 7_000_000, 7_000_000, 7_000_000, 7_000_000, 7_000_000), store.defragmentPauses());
        defragment(9_000_000);
        PauseStats both = store.defragmentPauses();
        assertEquals(2, both.count());
        assertEquals(9_000_000, both.maxNs());
        assertEquals(16_000_000, both.totalNs());
    }

    @Test
    void shouldNotCountACopyThatWasGivenUp() {
        defragment(7_000_000);
        disk.failAt(disk.operationCount() + 1, Fault.IO_ERROR);
        assertThrows(StorageIoException.class, store::defragment);
        assertEquals(1, store.defragmentPauses().count());
        assertEquals(7_000_000, store.defragmentPauses().totalNs());
    }
}
