package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tenon.api.CorruptDataException;
import tenon.api.StorageException;
import tenon.api.StorageFailedException;
import tenon.api.WriteTx;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// Every write, sync and rename of a workload fails once, and the power goes once at each.
class StoreCrashTest {
    private static final int STEPS = 14;
    private static final long FIRST_OPERATION = newDisk().operationCount() + 1;

    private static SimulatedFileSystem newDisk() {
        SimulatedFileSystem disk = new SimulatedFileSystem();
        disk.createDirectories(Workload.PATH.getParent());
        return disk;
    }

    private static long operationCount(long seed) {
        SimulatedFileSystem disk = newDisk();
        new Workload(seed, STEPS).run(disk);
        return disk.operationCount();
    }

    @Test
    void shouldOpenAtOldOrNewCommitAfterPowerCutAtAnyOperation() {
        long seed = Seeds.seed(StoreCrashTest.class);
        long operations = operationCount(seed);
        assertTrue(operations > 3 * STEPS, "the workload should write");
        RandomGenerator random = Seeds.from(seed);
        for (long operation = FIRST_OPERATION; operation <= operations; operation++) {
            SimulatedFileSystem disk = newDisk();
            disk.failAt(operation, Fault.POWER_CUT);
            Workload workload = new Workload(seed, STEPS);
            assertThrows(SimulatedPowerCut.class, () -> workload.run(disk));
            closeDead(workload);
            List<CrashPlan> plans = List.of(
                    CrashPlan.dropAll(),
                    CrashPlan.keepAll(),
                    CrashPlan.random(random),
                    CrashPlan.random(random),
                    CrashPlan.random(random));
            for (CrashPlan plan : plans) {
                assertRecovers(disk.crash(plan), workload, "power cut at operation " + operation);
            }
        }
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

    private static void assertRecovers(SimulatedFileSystem disk, Workload workload, String when) {
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS)) {
            assertEquals(List.of(), Workload.findings(store), when);
            boolean isOld = Workload.holds(store, workload.committed());
            assertTrue(isOld || Workload.holds(store, workload.attempted()), when + ": neither old nor new");
            Model next = (isOld ? workload.committed() : workload.attempted()).copy();
            try (WriteTx tx = store.beginWrite()) {
                RandomGenerator random = Seeds.from(7);
                for (int i = 0; i < 5; i++) {
                    next.randomOperation(random, tx, Workload.OPTIONS.pageSizeBytes());
                }
                tx.commit();
            }
            assertEquals(List.of(), Workload.findings(store), when);
            assertTrue(Workload.holds(store, next), when + ": the commit after it is wrong");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"IO_ERROR", "IO_ERROR_PARTIAL", "DISK_FULL"})
    void shouldStayAtLastCommitAfterAnyFailure(Fault fault) {
        long seed = Seeds.seed(StoreCrashTest.class);
        long operations = operationCount(seed);
        RandomGenerator random = Seeds.from(seed);
        for (long operation = FIRST_OPERATION; operation <= operations; operation++) {
            SimulatedFileSystem disk = newDisk();
            disk.failAt(operation, fault);
            Workload workload = new Workload(seed, STEPS);
            String when = fault + " at operation " + operation;
            try {
                workload.run(disk);
            } catch (StorageException expected) {
                assertReadsOnAndRefusesWrites(workload, when);
            }
            closeDead(workload);
            assertRecovers(disk.crash(CrashPlan.random(random)), workload, when);
        }
    }

    private static void assertReadsOnAndRefusesWrites(Workload workload, String when) {
        BTreeStore store = workload.store();
        if (store == null || store.isClosed()) {
            return;
        }
        assertTrue(Workload.holds(store, workload.committed()), when + ": readers should see the last commit");
        try {
            // Nothing was overwritten yet: the store goes on.
            store.beginWrite().close();
        } catch (StorageFailedException expected) {
            assertThrows(StorageFailedException.class, store::beginWrite);
            assertThrows(StorageFailedException.class, store::sync);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LOST_WRITE", "MISDIRECTED_WRITE"})
    void shouldNeverShowWrongDataAfterWriteThatOnlySeemedToWork(Fault fault) {
        long seed = Seeds.seed(StoreCrashTest.class);
        long operations = operationCount(seed);
        int detected = 0;
        for (long operation = FIRST_OPERATION; operation <= operations; operation++) {
            SimulatedFileSystem disk = newDisk();
            disk.failAt(operation, fault);
            Workload workload = new Workload(seed, STEPS);
            try {
                workload.run(disk);
            } catch (CorruptDataException expected) {
                detected++;
            }
            closeDead(workload);
            try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS)) {
                if (!Workload.findings(store).isEmpty()) {
                    detected++;
                } else {
                    // If the last meta page was lost, that is the commit before, and whole.
                    Model expected = workload.at(store.stats().txid());
                    assertTrue(
                            Workload.holds(store, expected),
                            fault + " at operation " + operation + ": wrong data passed the check");
                }
            } catch (CorruptDataException expected) {
                detected++;
            }
        }
        assertTrue(detected > 0, "some faults should be met");
    }
}
