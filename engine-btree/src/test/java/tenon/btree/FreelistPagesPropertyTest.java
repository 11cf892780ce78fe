package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.WriteTx;
import tenon.testkit.Seeds;

/// After each commit, whatever was done in it and before, the freelist can be read, and says what the writer knows:
/// transactions that are rolled back, pages given back, a file that gets shorter and longer again, readers that hold
/// pages back, defragmentation in steps.
class FreelistPagesPropertyTest {
    private static final int STEPS = 1000;
    private static final int READERS_MAX = 6;
    private static final long IN_USE_BYTES_MAX = 2 << 20;
    private static final BTreeOptions OPTIONS = BTreeOptions.DEFAULT
            .withPageSizeBytes(1024)
            .withMapSegmentSizeBytes(64 << 10)
            .withGrowStepBytesMax(256 << 10)
            .withSyncMode(SyncMode.LOSE_STORE);

    private final List<Reader> readers = new ArrayList<>();
    private BTreeStore store;

    private record Reader(BTreeReadTx tx, int untilStep) {}

    @Test
    void shouldSayOnTheDiskWhatIsSoInMemory() {
        run(Seeds.random(getClass()));
    }

    /// A page behind the end of the file was allocated, given back, and taken for the freelist, all in one transaction; an
    /// old entry, from when the file was longer, said that it was free, and was repeated in between.
    @Test
    void shouldNotRepeatThatItsOwnPagesAreFree() {
        run(Seeds.from(1));
    }

    private void run(RandomGenerator random) {
        store = BTreeStore.open(Workload.platform(Workload.newDisk()), Workload.PATH, OPTIONS);
        Model model = new Model();
        int readersAge = 0;
        for (int step = 0; step < STEPS; step++) {
            if (step % 300 == 0) {
                readersAge = new int[] {0, 20, 150, 600}[random.nextInt(4)];
            }
            model = transaction(random, model);
            changeReaders(random, step, readersAge);
            if (random.nextInt(10) == 0) {
                store.defragmentStep(random.nextInt(1, 20));
                check();
            }
        }
        readers.forEach(reader -> reader.tx.close());
        assertEquals(List.of(), store.check().findings());
        store.close();
    }

    private Model transaction(RandomGenerator random, Model model) {
        Model changed = model.copy();
        try (WriteTx tx = store.beginWrite()) {
            for (int n = random.nextInt(1, 40); n > 0; n--) {
                changed.randomOperation(random, tx, 1024);
            }
            if (tx.sizeInUseBytes() > IN_USE_BYTES_MAX) {
                changed.deleteAll(tx);
            }
            if (random.nextInt(10) == 0) {
                return model;
            }
            tx.commit();
        }
        check();
        return changed;
    }

    private void changeReaders(RandomGenerator random, int step, int age) {
        if (age > 0 && random.nextInt(3) == 0 && readers.size() < READERS_MAX) {
            readers.add(new Reader(store.pin(), step + random.nextInt(age)));
        }
        for (Iterator<Reader> each = readers.iterator(); each.hasNext(); ) {
            Reader reader = each.next();
            if (reader.untilStep <= step || age == 0) {
                each.remove();
                reader.tx.close();
            }
        }
    }

    private void check() {
        try (BTreeReadTx tx = store.pin()) {
            Freelist written = FreelistReader.read(tx.meta, tx.file);
            assertTrue(written.validate());
            assertEquals(
                    store.stats().freePageCount() + store.stats().pendingPageCount(),
                    written.freePageCount() + written.pendingPageCount());
        }
    }
}
