package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.StorageException;
import tenon.api.WriteTx;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// Something fails, the process ends, and a new one opens the store while the machine goes on. It reads what lies in
/// memory, on the disk or not, and serves it: from then on that must stay, whenever the power goes.
class StoreRestartTest {
    private static final int STEPS = 14;
    private static final int CUTS = 4;

    @Test
    void shouldKeepWhatANewProcessReadWhateverFailedBefore() {
        long seed = Seeds.seed(StoreRestartTest.class);
        SimulatedFileSystem healthy = Workload.newDisk();
        long first = healthy.operationCount() + 1;
        new Workload(seed, STEPS).run(healthy);
        RandomGenerator random = Seeds.from(seed);
        for (long operation = first; operation <= healthy.operationCount(); operation++) {
            for (int cut = 0; cut < CUTS; cut++) {
                SimulatedFileSystem disk = Workload.newDisk();
                disk.failAt(operation, Fault.IO_ERROR);
                Workload workload = new Workload(seed, STEPS);
                try {
                    workload.run(disk);
                } catch (StorageException expected) {
                    close(workload.store());
                }
                goOn(disk, workload, cut, random, "seed " + seed + ", error at operation " + operation + ", cut " + cut);
            }
        }
    }

    /// @param cut the operation of the next commit at which the power goes; 0 if it goes when that has returned
    private static void goOn(
            SimulatedFileSystem disk, Workload workload, int cut, RandomGenerator random, String when) {
        BTreeStore store = Workload.open(disk);
        boolean isOld = Workload.holds(store, workload.committed());
        assertTrue(isOld || Workload.holds(store, workload.attempted()), when + ": neither old nor new");
        Model seen = isOld ? workload.committed() : workload.attempted();
        if (cut > 0) {
            disk.failAt(disk.operationCount() + cut, Fault.POWER_CUT);
        }
        Model next = seen.copy();
        boolean isDone = false;
        try (WriteTx tx = store.beginWrite()) {
            next.randomOperation(random, tx, Workload.OPTIONS.pageSizeBytes());
            tx.commit();
            isDone = true;
        } catch (SimulatedPowerCut expected) {
            // The commit may be there or not.
        }
        assertHolds(disk.crash(CrashPlan.dropAll()), isDone, seen, next, when + ", all dropped");
        assertHolds(disk.crash(CrashPlan.keepAll()), isDone, seen, next, when + ", all kept");
        for (int i = 0; i < 3; i++) {
            assertHolds(disk.crash(random), isDone, seen, next, when + ", a mixture");
        }
        close(store);
    }

    private static void assertHolds(SimulatedFileSystem after, boolean isDone, Model seen, Model next, String when) {
        try (BTreeStore store = Workload.open(after)) {
            assertEquals(List.of(), Workload.findings(store), when);
            boolean isRight = Workload.holds(store, next) || !isDone && Workload.holds(store, seen);
            assertTrue(isRight, when + ": a commit that was served is gone");
        }
    }

    private static void close(BTreeStore store) {
        if (store != null) {
            try {
                store.close();
            } catch (SimulatedPowerCut expected) {
                // Its disk is gone.
            }
        }
    }
}
