package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tenon.api.ReadTx;
import tenon.api.StorageException;
import tenon.api.StorageFailedException;
import tenon.api.WriteTx;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// The power goes at each operation of a defragmentation by a copy, and each of them fails once.
class DefragmentationCrashTest {
    private static final int PAGE_BYTES = Workload.OPTIONS.pageSizeBytes();
    /// A copy is many unsynced pages of a file that no one reads after a crash: a sample of its states is enough.
    private static final int SAMPLE_COUNT = 8;
    private static final int TORN_OPERATION_COUNT_MAX = 2;

    private final long seed = Seeds.seed(DefragmentationCrashTest.class);
    private final SimulatedFileSystem disk = Workload.newDisk();
    /// What the store on the disk holds.
    private final Model model = new Model();

    @BeforeEach
    void fill() {
        RandomGenerator random = Seeds.from(seed);
        try (BTreeStore store = Workload.open(disk)) {
            for (int i = 0; i < 12; i++) {
                change(store, model, random, 25);
            }
        }
    }

    private static void change(BTreeStore store, Model model, RandomGenerator random, int operations) {
        try (WriteTx tx = store.beginWrite()) {
            for (int i = 0; i < operations; i++) {
                model.randomOperation(random, tx, PAGE_BYTES);
            }
            tx.commit();
        }
    }

    private static void assertHolds(Model expected, BTreeStore store, String when) {
        assertTrue(Workload.holds(store, expected), when);
        assertEquals(List.of(), Workload.findings(store), when);
    }

    /// A defragmentation that has to follow a commit, which is made when all is copied.
    private final class Following {
        private final SimulatedFileSystem files = disk.copy();
        private final BTreeStore store = Workload.open(files);
        private final long begin = files.operationCount();
        private final Model changed = model.copy();
        private boolean isCommitted;

        void run() {
            try (Defragmentation defragmentation = new Defragmentation(Workload.platform(files), store)) {
                defragmentation.copy();
                change(store, changed, Seeds.from(seed + 1), 5);
                isCommitted = true;
                store.swap(defragmentation, 0);
            }
        }

        void closeDead() {
            try {
                store.close();
            } catch (SimulatedPowerCut expected) {
                // Its disk is gone.
            }
        }

        long operationCount() {
            return files.operationCount() - begin;
        }
    }

    @Test
    void shouldOpenAtTheLastCommitWhereverThePowerGoes() {
        Following whole = new Following();
        whole.run();
        assertHolds(whole.changed, whole.store, "no fault");
        whole.store.close();
        long operations = whole.operationCount();
        assertTrue(operations > 15, "the test wants some operations, not " + operations);
        CrashStates states = new CrashStates(Seeds.from(seed), SAMPLE_COUNT, TORN_OPERATION_COUNT_MAX);
        int committed = 0;
        for (long operation = 1; operation <= operations; operation++) {
            Following cut = new Following();
            cut.files.failAt(cut.begin + operation, Fault.POWER_CUT);
            assertThrows(SimulatedPowerCut.class, cut::run);
            cut.closeDead();
            committed += cut.isCommitted ? 1 : 0;
            for (SimulatedFileSystem state : states.of(cut.files, cut.isCommitted)) {
                assertRecovers(state, cut, "power cut at operation " + operation + " of " + operations);
            }
        }
        assertTrue(committed > 5, "the swap should take some operations, not " + committed);
        assertTrue(states.count() > operations, "crashes should leave many states, not " + states.count());
    }

    private void assertRecovers(SimulatedFileSystem state, Following cut, String when) {
        try (BTreeStore store = Workload.open(state)) {
            assertFalse(state.exists(Defragmentation.pathBeside(Workload.PATH)), when);
            boolean isOld = !cut.isCommitted && Workload.holds(store, model);
            Model present = (isOld ? model : cut.changed).copy();
            assertHolds(present, store, when);
            change(store, present, Seeds.from(7), 5);
            assertHolds(present, store, when);
        }
    }

    /// Until the copy gets the name, nothing has happened to the store. Then the old file must not be written any more,
    /// since nobody knows which one has the name.
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"IO_ERROR", "IO_ERROR_PARTIAL", "DISK_FULL"})
    void shouldGoOnWithoutTheCopyOrTakeNoMoreWrites(Fault fault) {
        long operations = operationsOfAWholeOne();
        RandomGenerator random = Seeds.from(seed + 2);
        int failures = 0;
        for (long operation = 1; operation <= operations; operation++) {
            SimulatedFileSystem faulty = disk.copy();
            Model present = model.copy();
            String when = fault + " at operation " + operation + " of " + operations;
            try (BTreeStore store = Workload.open(faulty);
                    ReadTx reader = store.beginRead()) {
                faulty.failAt(faulty.operationCount() + operation, fault);
                StorageException failure = defragment(store);
                assertHolds(present, store, when);
                assertEquals(failure == null ? 1 : 0, store.defragmentPauses().count(), when);
                if (failure != null && operation >= operations - 1) {
                    String expected = operation == operations ? "sync the names" : "rename";
                    assertTrue(failure.getMessage().contains("could not " + expected), failure.getMessage());
                    assertRefusesWrites(store, when);
                } else {
                    goOn(store, present, faulty, when);
                }
                model.assertEqualTo(reader);
                failures += failure == null ? 0 : 1;
            }
            try (BTreeStore store = Workload.open(faulty.crash(random))) {
                assertHolds(present, store, when);
            }
        }
        // What is only for growth, or for a shorter file, may fail.
        assertTrue(failures > operations * 2 / 3, failures + " failures of " + operations);
    }

    private long operationsOfAWholeOne() {
        SimulatedFileSystem whole = disk.copy();
        try (BTreeStore store = Workload.open(whole)) {
            long begin = whole.operationCount();
            store.defragment();
            return whole.operationCount() - begin;
        }
    }

    private static StorageException defragment(BTreeStore store) {
        try {
            store.defragment();
            return null;
        } catch (StorageException e) {
            return e;
        }
    }

    private static void assertRefusesWrites(BTreeStore store, String when) {
        assertThrows(StorageFailedException.class, store::beginWrite, when);
        assertThrows(StorageFailedException.class, store::sync, when);
        assertThrows(StorageFailedException.class, store::defragment, when);
    }

    private void goOn(BTreeStore store, Model present, SimulatedFileSystem files, String when) {
        change(store, present, Seeds.from(seed + 3), 5);
        assertHolds(present, store, when);
        store.defragment();
        assertHolds(present, store, when);
        assertFalse(files.exists(Defragmentation.pathBeside(Workload.PATH)), when);
    }
}
