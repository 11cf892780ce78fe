package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.WriteTx;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// What [SyncMode#LOSE_COMMITS_SINCE_SYNC] promises of a power cut: one commit, whole, and none that is older than the
/// last sync. The power goes once at each write, sync and rename of a workload; with `-Dtenon.crash.rounds=N` in so many
/// workloads.
class RelaxedSyncCrashTest {
    private static final int STEPS = 12;
    private static final int SAMPLE_COUNT = 8;
    private static final int TORN_OPERATION_COUNT_MAX = 2;
    private static final int ROUNDS = Integer.getInteger("tenon.crash.rounds", 1);
    private static final SyncMode MODE = SyncMode.LOSE_COMMITS_SINCE_SYNC;
    private static final BTreeOptions OPTIONS = Workload.OPTIONS.withSyncMode(MODE);

    private long stateCount;
    private long lostCount;
    private long newerCount;

    @Test
    void shouldOpenAtACommitNotOlderThanTheLastSyncAfterPowerCutAtAnyOperation() {
        long firstSeed = Seeds.seed(RelaxedSyncCrashTest.class);
        for (long seed = firstSeed; seed < firstSeed + ROUNDS; seed++) {
            cutPowerAtAnyOperation(seed);
        }
        System.out.println("RelaxedSyncCrashTest: " + stateCount + " states of the disk, commits lost in " + lostCount
                + ", kept without a sync in " + newerCount);
        assertTrue(lostCount > 0, "some commits should be lost: else the mode is not relaxed");
    }

    private void cutPowerAtAnyOperation(long seed) {
        SimulatedFileSystem healthy = Workload.newDisk();
        long first = healthy.operationCount() + 1;
        new Workload(seed, STEPS, MODE).run(healthy);
        long last = healthy.operationCount();
        assertTrue(last > 3 * STEPS, "the workload should write");
        CrashStates states = new CrashStates(Seeds.from(seed), SAMPLE_COUNT, TORN_OPERATION_COUNT_MAX);
        for (long operation = first; operation <= last; operation++) {
            SimulatedFileSystem disk = Workload.newDisk();
            disk.failAt(operation, Fault.POWER_CUT);
            Workload workload = new Workload(seed, STEPS, MODE);
            assertThrows(SimulatedPowerCut.class, () -> workload.run(disk));
            closeDead(workload);
            for (SimulatedFileSystem state : states.of(disk, workload.attempted())) {
                assertRecovers(state, workload, "seed " + seed + ", power cut at operation " + operation);
            }
        }
        stateCount += states.count();
    }

    private static void closeDead(Workload workload) {
        if (workload.store() != null) {
            try {
                workload.store().close();
            } catch (SimulatedPowerCut expected) {
                // Its disk is gone.
            }
        }
    }

    private void assertRecovers(SimulatedFileSystem disk, Workload workload, String when) {
        Model next;
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, OPTIONS)) {
            assertEquals(List.of(), Workload.findings(store), when);
            long txid = store.stats().txid();
            assertTrue(txid >= workload.syncedTxid(), when + ": older than the last sync");
            next = workload.at(txid);
            if (!Workload.holds(store, next)) {
                next = workload.attempted();
                assertTrue(Workload.holds(store, next), when + ": it is not what was committed as " + txid);
            }
            lostCount += next == workload.committed() ? 0 : 1;
            newerCount += txid > workload.syncedTxid() ? 1 : 0;
            next = next.copy();
            commitMore(store, next);
        }
        // To close it is to sync it.
        try (BTreeStore store = BTreeStore.open(
                Workload.platform(disk.crash(CrashPlan.dropAll())), Workload.PATH, Workload.OPTIONS)) {
            assertEquals(List.of(), Workload.findings(store), when);
            assertTrue(Workload.holds(store, next), when + ": the commit after it is wrong");
        }
    }

    private static void commitMore(BTreeStore store, Model model) {
        RandomGenerator random = Seeds.from(7);
        try (WriteTx tx = store.beginWrite()) {
            for (int i = 0; i < 5; i++) {
                model.randomOperation(random, tx, OPTIONS.pageSizeBytes());
            }
            tx.commit();
        }
    }
}
