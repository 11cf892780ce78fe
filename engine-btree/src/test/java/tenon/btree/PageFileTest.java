package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tenon.api.TxEndedException;
import tenon.testkit.SimulatedFileSystem;

class PageFileTest {
    private static final byte[] NAME = {'b'};

    private static SimulatedFileSystem disk() {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = Workload.open(disk)) {
            store.write(tx -> tx.createBucket(NAME));
        }
        return disk;
    }

    @Test
    void shouldTouchNoPageThatNobodyHasAskedFor() {
        try (BTreeStore store = Workload.open(disk());
                BTreeReadTx tx = store.pin()) {
            long root = tx.meta.rootPageId();
            assertEquals(0, tx.file.touch(root), "not verified yet");
            assertTrue(tx.findBucket(NAME).isPresent());
            assertNotEquals(0, tx.file.touch(root));
            for (long pageId : new long[] {Long.MIN_VALUE, -1, 0, 1, tx.meta.highWaterMark(), 1 << 20, Long.MAX_VALUE}) {
                assertEquals(0, tx.file.touch(pageId), "page " + pageId);
            }
        }
    }

    @Test
    void shouldEndItsReadersWhenItIsClosed() {
        BTreeStore store = Workload.open(disk());
        BTreeReadTx early = store.pin();
        BTreeReadTx ended = store.pin();
        PageFile file = early.file;
        ended.close();
        store.close();
        assertTrue(early.isEnded());
        assertThrows(TxEndedException.class, early::checkOpen);
        BTreeReadTx late = new BTreeReadTx(file, early.meta);
        assertTrue(late.isEnded(), "it takes a slot when the readers were ended already");
    }
}
