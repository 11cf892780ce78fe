package tenon.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tenon.wal.LogWorld.entry;

import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.HardState;
import tenon.api.LogContents;
import tenon.api.StorageException;
import tenon.api.StorageFailedException;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// Faults at every operation of a workload: nothing synced is lost, and the log opens.
class SegmentedLogCrashTest {
    private static final int STEP_COUNT = 70;

    private final RandomGenerator random = Seeds.random(SegmentedLogCrashTest.class);
    private final long workload = random.nextLong();

    private static void runWorkload(LogWorld world, long seed) {
        RandomGenerator steps = Seeds.from(seed);
        for (int i = 0; i < STEP_COUNT; i++) {
            world.step(steps);
        }
    }

    private long countOperations() {
        LogWorld world = new LogWorld();
        world.create();
        runWorkload(world, workload);
        return world.disk.operationCount();
    }

    /// A world whose log exists, with a fault to come.
    private static LogWorld worldWithFault(long operation, Fault fault) {
        LogWorld world = new LogWorld();
        world.create();
        world.disk.failAt(operation, fault);
        return world;
    }

    private static long operationsOfCreation() {
        LogWorld world = new LogWorld();
        world.create();
        return world.disk.operationCount();
    }

    /// Opens, goes on, opens again; opening twice in a row changes nothing.
    private void checkRecovery(LogModel model, SimulatedFileSystem after) {
        LogWorld world = new LogWorld(after, model);
        LogContents first = world.recover(after).contents();
        world.log.close();
        SimulatedFileSystem before = world.disk.copy();
        LogContents second = world.open().contents();
        assertEquals(LogModel.withoutTail(first), second, "the tail is cut once");
        for (var name : new LogDirectory(before, LogWorld.DIRECTORY).segmentNames()) {
            var path = name.in(LogWorld.DIRECTORY);
            assertTrue(java.util.Arrays.equals(before.content(path), world.disk.content(path)), "repaired twice");
        }
        for (int i = 0; i < 5; i++) {
            world.step(random);
        }
        world.sync();
        SimulatedFileSystem again = world.disk.crash(random);
        world.recover(again);
        world.log.close();
    }

    private static LogModel copy(long seed, long operation, Fault fault) {
        LogWorld world = worldWithFault(operation, fault);
        assertThrows(SimulatedPowerCut.class, () -> runWorkload(world, seed));
        return world.model;
    }

    @Test
    void shouldLoseNothingSyncedWhereverThePowerIsCut() {
        long operations = countOperations();
        for (long n = operationsOfCreation() + 1; n <= operations; n++) {
            LogWorld world = worldWithFault(n, Fault.POWER_CUT);
            assertThrows(SimulatedPowerCut.class, () -> runWorkload(world, workload));
            checkRecovery(copy(workload, n, Fault.POWER_CUT), world.disk.crash(CrashPlan.dropAll()));
            checkRecovery(copy(workload, n, Fault.POWER_CUT), world.disk.crash(CrashPlan.keepAll()));
            for (int i = 0; i < 4; i++) {
                checkRecovery(copy(workload, n, Fault.POWER_CUT), world.disk.crash(random));
            }
        }
    }

    @Test
    void shouldLoseNothingSyncedWhenThePowerIsCutDuringRecovery() {
        long operations = countOperations();
        for (long n = operationsOfCreation() + 1; n <= operations; n += 3) {
            LogWorld world = worldWithFault(n, Fault.POWER_CUT);
            assertThrows(SimulatedPowerCut.class, () -> runWorkload(world, workload));
            SimulatedFileSystem disk = world.disk.crash(random);
            for (long m = 1; m < 12; m++) {
                disk.failAt(m, Fault.POWER_CUT);
                try {
                    SegmentedLog.open(LogWorld.platform(disk), LogWorld.DIRECTORY, world.options);
                } catch (SimulatedPowerCut e) {
                    // Expected of some.
                }
                disk = disk.crash(random);
            }
            checkRecovery(world.model, disk);
        }
    }

    @Test
    void shouldStopAtAnyErrorAndLoseNothingSynced() {
        long operations = countOperations();
        for (Fault fault : List.of(Fault.IO_ERROR, Fault.IO_ERROR_PARTIAL, Fault.DISK_FULL)) {
            for (long n = operationsOfCreation() + 1; n <= operations; n++) {
                LogWorld world = worldWithFault(n, fault);
                StorageException failure = null;
                try {
                    runWorkload(world, workload);
                } catch (StorageException e) {
                    failure = e;
                }
                if (failure != null) {
                    assertThrows(StorageFailedException.class, () -> world.log.append(null, List.of()));
                }
                world.log.close();
                checkRecovery(world.model, world.disk.crash(random));
            }
        }
    }

    /// A new process reads what lies in memory, on the disk or not. What it has read must stay.
    @Test
    void shouldKeepWhatANewProcessReadAfterAnyError() {
        long operations = countOperations();
        for (long n = operationsOfCreation() + 1; n <= operations; n++) {
            LogWorld world = worldWithFault(n, Fault.IO_ERROR);
            try {
                runWorkload(world, workload);
            } catch (StorageException e) {
                // Expected of all but the preparation of a segment.
            }
            world.log.close();
            world.recover(world.disk);
            if (n % 2 == 0) {
                long next = world.log.lastRaftIndex() + 1;
                world.append(new HardState(world.model.hardState().term() + 1, 0, next - 1), entry(100, next, 700));
                world.sync();
            }
            world.log.close();
            SimulatedFileSystem after = world.disk.crash(n % 4 < 2 ? CrashPlan.dropAll() : CrashPlan.random(random));
            checkRecovery(world.model, after);
        }
    }

    @Test
    void shouldOpenAfterAnyErrorOfOpening() {
        LogWorld world = new LogWorld();
        world.create();
        runWorkload(world, workload);
        world.append(null, entry(99, world.log.lastRaftIndex() + 1, 700));
        SimulatedFileSystem crashed = world.disk.crash(random);
        SimulatedFileSystem trial = crashed.copy();
        SegmentedLog.open(LogWorld.platform(trial), LogWorld.DIRECTORY, world.options).log().close();
        for (long n = 1; n <= trial.operationCount(); n++) {
            SimulatedFileSystem disk = crashed.copy();
            disk.failAt(n, Fault.IO_ERROR);
            tryOpening(disk, world.options);
            new LogWorld(disk, world.model).recover(disk.copy());
        }
        for (long n = 1; n <= trial.readCount(); n++) {
            SimulatedFileSystem disk = crashed.copy();
            disk.failReadAt(n);
            assertThrows(
                    StorageException.class,
                    () -> SegmentedLog.open(LogWorld.platform(disk), LogWorld.DIRECTORY, world.options));
            new LogWorld(disk, world.model).recover(disk);
        }
    }

    private static void tryOpening(SimulatedFileSystem disk, LogOptions options) {
        try {
            SegmentedLog.open(LogWorld.platform(disk), LogWorld.DIRECTORY, options).log().close();
        } catch (StorageException e) {
            // Expected of all but the preparation of a segment.
        }
    }

    @Test
    void shouldReportHowMuchOfATornTailWasCut() {
        LogWorld world = new LogWorld();
        world.create();
        world.append(new HardState(1, 0, 1), entry(1, 1, 100));
        world.sync();
        world.append(null, entry(1, 2, 1200));
        world.log.write();
        SimulatedFileSystem after = world.disk.crash(new CrashPlan() {
            private int sector;

            @Override
            public Fate fate() {
                return Fate.TORN;
            }

            @Override
            public boolean keepsSector() {
                return sector++ != 2;
            }
        });
        LogDiagnosis diagnosis = new LogInspector(after, LogWorld.DIRECTORY).verify();
        assertEquals(LogDiagnosis.Verdict.TORN, diagnosis.verdict(), diagnosis.toString());
        assertEquals(1240, world.recover(after).contents().tailCutBytes());
    }
}
