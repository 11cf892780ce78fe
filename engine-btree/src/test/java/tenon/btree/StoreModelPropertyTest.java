package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.WriteTx;
import tenon.testkit.Seeds;

/// Random transactions on a store and on a [Model] side by side; the structural check after each of them.
class StoreModelPropertyTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"1,1024", "2,1024", "3,4096", "4,4096", "5,32768"})
    void shouldBehaveLikeSortedMaps(int run, int pageSizeBytes) {
        RandomGenerator random = Seeds.from(Seeds.seed(StoreModelPropertyTest.class) + run);
        Path path = directory.resolve("store");
        BTreeOptions options = BTreeOptions.DEFAULT
                .withPageSizeBytes(pageSizeBytes)
                .withMapSegmentSizeBytes(64 << 10)
                .withGrowStepBytesMax(32 << 10);
        Model model = new Model();
        BTreeStore store = BTreeStore.open(Platform.system(), path, options);
        List<Pinned> pinned = new ArrayList<>();
        try {
            for (int step = 0; step < 45; step++) {
                model = runTransaction(random, store, model, pageSizeBytes);
                assertEquals(List.of(), store.check().findings());
                if (random.nextInt(4) == 0) {
                    pinned.add(new Pinned(store.beginRead(), model.copy()));
                }
                if (!pinned.isEmpty() && random.nextInt(3) == 0) {
                    Pinned reader = pinned.remove(random.nextInt(pinned.size()));
                    reader.model().assertEqualTo(reader.tx());
                    reader.tx().close();
                }
                int event = random.nextInt(30);
                if (event == 0) {
                    pinned.forEach(reader -> reader.tx().close());
                    pinned.clear();
                    store.close();
                    store = BTreeStore.open(Platform.system(), path, options);
                } else if (event == 1) {
                    store.defragment();
                    assertEquals(List.of(), store.check().findings());
                }
                try (ReadTx tx = store.beginRead()) {
                    model.assertEqualTo(tx);
                }
            }
        } finally {
            pinned.forEach(reader -> reader.tx().close());
            store.close();
        }
    }

    private record Pinned(ReadTx tx, Model model) {}

    private static Model runTransaction(RandomGenerator random, BTreeStore store, Model model, int pageSizeBytes) {
        Model changed = model.copy();
        try (WriteTx tx = store.beginWrite()) {
            int operations = random.nextInt(1, 60);
            for (int i = 0; i < operations; i++) {
                changed.randomOperation(random, tx, pageSizeBytes);
            }
            changed.assertEqualTo(tx);
            if (random.nextInt(8) == 0) {
                tx.rollback();
                return model;
            }
            tx.commit();
            return changed;
        }
    }
}
