package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tenon.api.CorruptDataException;
import tenon.api.StorageException;
import tenon.api.StorageFailedException;
import tenon.api.StorageIoException;
import tenon.api.WriteTx;
import tenon.api.WrongFileException;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// Every write, sync and rename of a workload fails once, and the power goes once at each; with
/// `-Dtenon.crash.rounds=N` in so many workloads.
class StoreCrashTest {
    private static final int STEPS = 14;
    private static final int ROUNDS = Integer.getInteger("tenon.crash.rounds", 1);
    private static final long FIRST_OPERATION = Workload.newDisk().operationCount() + 1;

    private static long operationCount(long seed) {
        SimulatedFileSystem disk = Workload.newDisk();
        new Workload(seed, STEPS).run(disk);
        return disk.operationCount();
    }

    @Test
    void shouldOpenAtOldOrNewCommitAfterPowerCutAtAnyOperation() {
        long firstSeed = Seeds.seed(StoreCrashTest.class);
        for (long seed = firstSeed; seed < firstSeed + ROUNDS; seed++) {
            cutPowerAtAnyOperation(seed);
        }
    }

    private static void cutPowerAtAnyOperation(long seed) {
        long operations = operationCount(seed);
        assertTrue(operations > 3 * STEPS, "the workload should write");
        CrashStates states = new CrashStates(Seeds.from(seed));
        for (long operation = FIRST_OPERATION; operation <= operations; operation++) {
            SimulatedFileSystem disk = Workload.newDisk();
            Workload workload = runToPowerCut(disk, operation, seed);
            for (SimulatedFileSystem state : states.of(disk, workload.attempted())) {
                assertRecovers(state, workload, "seed " + seed + ", power cut at operation " + operation);
            }
        }
        report("power cut", states);
        assertTrue(states.count() > 4 * operations, "crashes should leave many states, not " + states.count());
    }

    private static void report(String what, CrashStates states) {
        System.out.println("StoreCrashTest: " + what + ": " + states.count() + " states of the disk");
    }

    private static Workload runToPowerCut(SimulatedFileSystem disk, long operation, long seed) {
        disk.failAt(operation, Fault.POWER_CUT);
        Workload workload = new Workload(seed, STEPS);
        assertThrows(SimulatedPowerCut.class, () -> workload.run(disk));
        closeDead(workload);
        return workload;
    }

    /// That no crash explains: the commit may be lost, but what is shown is right.
    @Test
    void shouldNeverShowWrongDataAfterPowerCutThatMisdirectedAWrite() {
        long firstSeed = Seeds.seed(StoreCrashTest.class);
        for (long seed = firstSeed; seed < firstSeed + ROUNDS; seed++) {
            misdirectAnyWrite(seed);
        }
    }

    private static void misdirectAnyWrite(long seed) {
        long operations = operationCount(seed);
        CrashStates states = new CrashStates(Seeds.from(seed));
        int detected = 0;
        for (long operation = FIRST_OPERATION; operation <= operations; operation++) {
            SimulatedFileSystem disk = Workload.newDisk();
            Workload workload = runToPowerCut(disk, operation, seed);
            for (SimulatedFileSystem state : states.misdirected(disk, workload.attempted())) {
                detected += isDetected(state, workload, "seed " + seed + ", operation " + operation) ? 1 : 0;
            }
        }
        report("power cut with a misdirected write", states);
        assertTrue(detected > 0, "some damage should be met");
    }

    /// Whether damage is told of. If not, the store must hold a commit that was made or attempted.
    private static boolean isDetected(SimulatedFileSystem disk, Workload workload, String when) {
        try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, Workload.OPTIONS)) {
            if (!Workload.findings(store).isEmpty()) {
                return true;
            }
            Model expected = workload.at(store.stats().txid());
            boolean isRight = Workload.holds(store, workload.attempted()) || Workload.holds(store, expected);
            assertTrue(isRight, when + ": wrong data passed the check");
            return false;
        } catch (CorruptDataException | WrongFileException expected) {
            return true;
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
        int refusedAfterWrite = 0;
        int refusedAfterSync = 0;
        for (long operation = FIRST_OPERATION; operation <= operations; operation++) {
            SimulatedFileSystem disk = Workload.newDisk();
            disk.failAt(operation, fault);
            Workload workload = new Workload(seed, STEPS);
            String when = fault + " at operation " + operation;
            try {
                workload.run(disk);
            } catch (StorageException failure) {
                Boolean refuses = refusesWrites(failure, workload, disk);
                assertReadsOn(workload, refuses, when + ": " + failure.getMessage());
                boolean isCommit = workload.call() == Workload.Call.COMMIT && Boolean.TRUE.equals(refuses);
                refusedAfterWrite += isCommit && isWrite(failure) ? 1 : 0;
                refusedAfterSync += isCommit && isSync(failure) ? 1 : 0;
            }
            closeDead(workload);
            assertRecovers(disk.crash(CrashPlan.random(random)), workload, when);
        }
        assertTrue(refusedAfterWrite >= STEPS / 2, "refused after a write only " + refusedAfterWrite + " times");
        assertTrue(refusedAfterSync >= STEPS / 2, "refused after a sync only " + refusedAfterSync + " times");
    }

    private static boolean isWrite(StorageException failure) {
        return failure.getMessage().contains("could not write at position ");
    }

    private static boolean isSync(StorageException failure) {
        return failure.getMessage().contains("could not sync: ");
    }

    /// Whether the store takes no more writes after a failure, or null if nothing is said of that.
    private static Boolean refusesWrites(StorageException failure, Workload workload, SimulatedFileSystem disk) {
        return switch (workload.call()) {
            case TRANSACTION -> false;
            case COMMIT, STEP -> failure instanceof StorageIoException || isOverwritten(failure, disk);
            // Until the copy gets the name, nothing has happened to the store. DefragmentationCrashTest looks closer.
            case DEFRAGMENTATION -> failure.getMessage().contains("could not sync the names")
                    ? null
                    : (Boolean) failure.getMessage().contains("could not rename");
            case OPENING_OR_CLOSING -> null;
        };
    }

    /// Mostly a full disk is met before anything is overwritten: when pages are written behind the end of the file, which
    /// are cut off again, or when the file is made to grow.
    private static boolean isOverwritten(StorageException full, SimulatedFileSystem disk) {
        Matcher write = Pattern.compile("could not write at position (\\d+)").matcher(full.getMessage());
        return write.find()
                ? Long.parseLong(write.group(1)) < disk.content(Workload.PATH).length
                : isSync(full);
    }

    /// Reads and mappings are counted apart, since they change nothing.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldStayAtLastCommitAfterAnyReadOrMappingThatFails(boolean maps) {
        long seed = Seeds.seed(StoreCrashTest.class);
        SimulatedFileSystem healthy = Workload.newDisk();
        new Workload(seed, STEPS).run(healthy);
        long calls = maps ? healthy.mapCount() : healthy.readCount();
        assertTrue(calls > 0, "the workload should " + (maps ? "map" : "read"));
        RandomGenerator random = Seeds.from(seed);
        for (long call = 1; call <= calls; call++) {
            SimulatedFileSystem disk = Workload.newDisk();
            if (maps) {
                disk.failMapAt(call);
            } else {
                disk.failReadAt(call);
            }
            Workload workload = new Workload(seed, STEPS);
            String when = (maps ? "mapping " : "read ") + call;
            assertThrows(StorageException.class, () -> workload.run(disk), when);
            Boolean refuses = switch (workload.call()) {
                case COMMIT -> true;
                case TRANSACTION, DEFRAGMENTATION -> false;
                case STEP, OPENING_OR_CLOSING -> null;
            };
            assertReadsOn(workload, refuses, when);
            closeDead(workload);
            assertRecovers(disk.crash(CrashPlan.random(random)), workload, when);
        }
    }

    /// The disk is full at every size that the store needs on its way.
    @Test
    void shouldStayAtLastCommitOnADiskOfAnySize() {
        long seed = Seeds.seed(StoreCrashTest.class);
        SimulatedFileSystem roomy = Workload.newDisk();
        new Workload(seed, STEPS).run(roomy);
        long needed = roomy.content(Workload.PATH).length;
        int refused = 0;
        for (long capacity = 0; capacity < 2 * needed; capacity += Math.max(2048, needed / 60)) {
            SimulatedFileSystem disk = Workload.newDisk();
            disk.setCapacityBytes(capacity);
            Workload workload = new Workload(seed, STEPS);
            String when = "a disk of " + capacity + " bytes";
            try {
                workload.run(disk);
            } catch (StorageException expected) {
                refused++;
                assertReadsOn(workload, false, when);
            }
            closeDead(workload);
            disk.setCapacityBytes(Long.MAX_VALUE / 2);
            assertRecovers(disk.crash(CrashPlan.keepAll()), workload, when);
        }
        assertTrue(refused > 10, "the disk was full only " + refused + " times");
    }

    /// @param refusesWrites whether the store takes no more writes, or null if that is open
    private static void assertReadsOn(Workload workload, Boolean refusesWrites, String when) {
        BTreeStore store = workload.store();
        if (store == null || store.isClosed()) {
            return;
        }
        assertTrue(Workload.holds(store, workload.committed()), when + ": readers should see the last commit");
        if (Boolean.TRUE.equals(refusesWrites)) {
            assertThrows(StorageFailedException.class, store::beginWrite, when);
            assertThrows(StorageFailedException.class, () -> store.write(tx -> null), when);
            assertThrows(StorageFailedException.class, store::sync, when);
        } else if (Boolean.FALSE.equals(refusesWrites)) {
            store.beginWrite().close();
            store.sync();
        }
    }

    /// The last operation of a commit is its sync: whether the commit is on the disk then nobody knows.
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"IO_ERROR", "DISK_FULL"})
    void shouldRefuseWritesAfterASyncThatFailed(Fault fault) {
        SimulatedFileSystem disk = Workload.newDisk();
        byte[] name = {'b'};
        try (BTreeStore store = Workload.open(disk)) {
            store.write(tx -> tx.createBucket(name));
            long before = disk.operationCount();
            store.write(tx -> tx.bucket(name).nextSequence());
            long operations = disk.operationCount() - before;
            disk.failAt(disk.operationCount() + operations, fault);
            StorageException failure =
                    assertThrows(StorageException.class, () -> store.write(tx -> tx.bucket(name).nextSequence()));
            assertTrue(isSync(failure), failure.getMessage());
            for (int i = 0; i < 2; i++) {
                assertSame(
                        failure,
                        assertThrows(StorageFailedException.class, store::beginWrite).getCause());
                assertSame(
                        failure,
                        assertThrows(StorageFailedException.class, store::sync).getCause());
            }
            assertEquals(1, store.<Long>read(tx -> tx.bucket(name).sequence()));
        }
        try (BTreeStore store = Workload.open(disk.crash(CrashPlan.dropAll()))) {
            assertEquals(1, store.<Long>read(tx -> tx.bucket(name).sequence()));
            assertEquals(List.of(), Workload.findings(store));
        }
    }

    @Test
    void shouldRefuseWritesAfterASyncOfRelaxedCommitsThatFailed() {
        BTreeOptions options = Workload.OPTIONS.withSyncMode(SyncMode.LOSE_COMMITS_SINCE_SYNC);
        for (int operation = 1; operation <= 3; operation++) {
            SimulatedFileSystem disk = Workload.newDisk();
            try (BTreeStore store = BTreeStore.open(Workload.platform(disk), Workload.PATH, options)) {
                store.write(tx -> tx.createBucket(new byte[] {'b'}));
                // A sync, a meta page, another sync.
                disk.failAt(disk.operationCount() + operation, Fault.IO_ERROR);
                StorageIoException failure = assertThrows(StorageIoException.class, store::sync);
                assertEquals(operation != 2, isSync(failure), failure.getMessage());
                assertSame(
                        failure,
                        assertThrows(StorageFailedException.class, store::beginWrite).getCause());
                assertThrows(StorageFailedException.class, store::sync);
            }
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
            SimulatedFileSystem disk = Workload.newDisk();
            disk.failAt(operation, fault);
            Workload workload = new Workload(seed, STEPS);
            try {
                workload.run(disk);
            } catch (CorruptDataException expected) {
                detected++;
            }
            closeDead(workload);
            detected += isDetected(disk, workload, fault + " at operation " + operation) ? 1 : 0;
        }
        assertTrue(detected > 0, "some faults should be met");
    }
}
