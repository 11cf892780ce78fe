package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tenon.api.DefragmentReport;
import tenon.api.PauseStats;
import tenon.api.Platform;
import tenon.api.ReadTx;
import tenon.api.WriteTx;
import tenon.testkit.Seeds;

/// Commits go on between the copy and the swap.
class DefragmentationPropertyTest {
    private static final BTreeOptions OPTIONS = Workload.OPTIONS.withSyncMode(SyncMode.LOSE_STORE);

    @TempDir
    Path directory;

    private Model model = new Model();

    private void commit(BTreeStore store, RandomGenerator random, int transactions) {
        for (int i = 0; i < transactions; i++) {
            try (WriteTx tx = store.beginWrite()) {
                for (int operation = random.nextInt(1, 20); operation > 0; operation--) {
                    model.randomOperation(random, tx, OPTIONS.pageSizeBytes());
                }
                tx.commit();
            }
        }
    }

    private void assertWhole(BTreeStore store) {
        assertEquals(List.of(), store.check().findings());
        try (ReadTx tx = store.beginRead()) {
            model.assertEqualTo(tx);
        }
    }

    @Test
    void shouldFollowCommitsMadeWhileCopying() {
        RandomGenerator random = Seeds.random(DefragmentationPropertyTest.class);
        Path path = directory.resolve("store");
        BTreeStore store = BTreeStore.open(Platform.system(), path, OPTIONS);
        try {
            for (int round = 0; round < 25; round++) {
                commit(store, random, random.nextInt(6));
                Model before = model.copy();
                long txid;
                try (ReadTx old = store.beginRead();
                        Defragmentation defragmentation = new Defragmentation(Platform.system(), store)) {
                    commit(store, random, random.nextInt(4));
                    defragmentation.copy();
                    commit(store, random, random.nextInt(12));
                    txid = store.stats().txid();
                    PauseStats paused = store.defragmentPauses();
                    DefragmentReport report = store.swap(defragmentation, 0);
                    PauseStats pausedAgain = store.defragmentPauses();
                    assertEquals(paused.count() + 1, pausedAgain.count());
                    assertEquals(paused.totalNs() + report.writerPauseNs(), pausedAgain.totalNs());
                    before.assertEqualTo(old);
                }
                assertTrue(store.stats().txid() > txid, "txids should ascend");
                assertWhole(store);
                assertFalse(Defragmentation.pathBeside(path).toFile().exists());
                commit(store, random, 2);
                assertWhole(store);
                if (round % 5 == 0) {
                    store.close();
                    store = BTreeStore.open(Platform.system(), path, OPTIONS);
                    assertWhole(store);
                }
            }
        } finally {
            store.close();
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenGivenUp() {
        RandomGenerator random = Seeds.random(DefragmentationPropertyTest.class);
        Path path = directory.resolve("store");
        try (BTreeStore store = BTreeStore.open(Platform.system(), path, OPTIONS)) {
            commit(store, random, 10);
            try (Defragmentation defragmentation = new Defragmentation(Platform.system(), store)) {
                defragmentation.copy();
                assertTrue(Defragmentation.pathBeside(path).toFile().exists());
            }
            assertFalse(Defragmentation.pathBeside(path).toFile().exists());
            assertEquals(0, store.stats().openReadTxCount());
            commit(store, random, 3);
            assertWhole(store);
        }
    }
}
