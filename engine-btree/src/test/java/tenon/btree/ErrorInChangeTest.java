package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.api.MisuseException;
import tenon.api.WriteBucket;
import tenon.api.WriteTx;
import tenon.testkit.SimulatedFileSystem;

/// An error in the middle of a change: what was half done must not be committed, and no page buffer is given out twice.
class ErrorInChangeTest {
    private static final byte[] NAME = {'b'};

    private final SimulatedFileSystem disk = Workload.newDisk();

    @Test
    void shouldNotCommitWhatAnErrorInterrupted() {
        try (BTreeStore store = Workload.open(disk)) {
            try (WriteTx tx = store.beginWrite()) {
                tx.createBucket(NAME).put(NAME, NAME);
                StackOverflowError error = new StackOverflowError("in the middle");
                assertEquals(error, assertThrows(StackOverflowError.class, () -> ((BTreeWriteTx) tx).change(() -> {
                    throw error;
                })));
                MisuseException refusal = assertThrows(MisuseException.class, tx::commit);
                assertTrue(refusal.getMessage().contains("in the middle"), refusal.getMessage());
            }
            store.write(tx -> {
                WriteBucket bucket = tx.createBucket(NAME);
                bucket.put(NAME, NAME);
                return null;
            });
            assertEquals(List.of(), Workload.findings(store));
        }
    }

    /// No memory for the buffer of a page: then there is no such page.
    @Test
    void shouldHaveNoPageWithoutABuffer() {
        int impossibleBytes = -4096;
        DirtyPages dirty = new DirtyPages(new PagePool(impossibleBytes), null);
        assertThrows(RuntimeException.class, () -> dirty.add(7, new PageView()));
        assertFalse(dirty.contains(7));
    }
}
