package tenon.mvcc.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.api.StorageException;
import tenon.api.StorageFailedException;
import tenon.mvcc.AppliedIndex;
import tenon.mvcc.KeyRange;
import tenon.mvcc.MvccOptions;
import tenon.mvcc.RangeOptions;
import tenon.mvcc.ReadTxn;
import tenon.mvcc.WriteTxn;
import tenon.testkit.Fault;
import tenon.testkit.Seeds;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// Wherever the power goes: what is reopened is the state after the entry of its consistent index, and the rest of the
/// log leads to the same end.
class KeySpaceCrashTest {
    private static final int ENTRY_COUNT = 120;

    @Test
    void shouldHoldEachEntryExactlyOnceAfterCrashes() {
        RandomGenerator random = Seeds.random(getClass());
        Workload workload = new Workload(random, 40, ENTRY_COUNT);
        long operationCount = operationCount(workload);
        for (int round = 0; round < 30; round++) {
            SimulatedFileSystem disk = TestedKeySpace.disk();
            long applied = 0;
            for (int crash = 0; crash < 3; crash++) {
                long cutAt = disk.operationCount() + 1 + random.nextLong(operationCount / (1 + crash) + 1);
                disk.failAt(cutAt, Fault.POWER_CUT);
                long durable = runUntilCut(workload, disk, applied, random);
                disk = disk.crash(random);
                applied = appliedAfterCrash(workload, disk, durable, random);
            }
            finish(workload, disk, random);
        }
    }

    private static long operationCount(Workload workload) {
        SimulatedFileSystem disk = TestedKeySpace.disk();
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(9))) {
            for (int i = 0; i < workload.size(); i++) {
                workload.apply(tested.keySpace, i);
            }
        }
        return disk.operationCount();
    }

    /// @return the index that was durable before the cut
    private static long runUntilCut(Workload workload, SimulatedFileSystem disk, long applied, RandomGenerator random) {
        TestedKeySpace tested = null;
        long durable = applied;
        try {
            tested = TestedKeySpace.open(disk, TestedKeySpace.options(1 + random.nextInt(20)));
            for (int i = (int) tested.keySpace.appliedIndex().raftIndex(); i < workload.size(); i++) {
                workload.apply(tested.keySpace, i);
            }
            tested.keySpace.backend().commit();
        } catch (StorageException | SimulatedPowerCut e) {
            // the cut that was asked for
        } finally {
            if (tested != null) {
                durable = Math.max(durable, tested.keySpace.backend().durableIndex().raftIndex());
                disk.cutPower();
                closeWithoutPower(tested);
            }
        }
        return durable;
    }

    private static void closeWithoutPower(TestedKeySpace tested) {
        try {
            tested.close();
        } catch (StorageException | SimulatedPowerCut e) {
            // there is nothing to close onto
        }
    }

    private static long appliedAfterCrash(
            Workload workload, SimulatedFileSystem disk, long durable, RandomGenerator random) {
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(20))) {
            AppliedIndex applied = tested.keySpace.appliedIndex();
            assertTrue(applied.raftIndex() >= durable, "entry " + durable + " was durable, found " + applied);
            if (applied.raftIndex() > 0) {
                assertEquals(Workload.at((int) applied.raftIndex() - 1), applied);
            }
            tested.assertEqualTo(workload.modelAfter(applied.raftIndex()), random);
            tested.assertCheckIsClean();
            return applied.raftIndex();
        }
    }

    private static void finish(Workload workload, SimulatedFileSystem disk, RandomGenerator random) {
        PlainKeySpace model = workload.modelAfter(workload.size());
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(9))) {
            for (int i = (int) tested.keySpace.appliedIndex().raftIndex(); i < workload.size(); i++) {
                workload.apply(tested.keySpace, i);
            }
            tested.assertEqualTo(model, random);
            model.begin();
            model.put("last", "", 0);
            model.end();
            model.compact(model.revision());
            try (WriteTxn write = tested.keySpace.write(Workload.at(workload.size()))) {
                write.put(PlainKeySpace.bytes("last"), new byte[0], 0);
            }
            tested.keySpace.compact(model.compacted(), Workload.at(workload.size() + 1)).join();
            tested.assertStored(model);
            tested.assertCheckIsClean();
        }
    }

    @Test
    void shouldTakeNoMoreWritesAfterAFailedCommitAndReadOn() {
        RandomGenerator random = Seeds.random(getClass());
        Workload workload = new Workload(random, 40, ENTRY_COUNT);
        long operationCount = operationCount(workload);
        for (int round = 0; round < 8; round++) {
            SimulatedFileSystem disk = TestedKeySpace.disk();
            TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(9));
            List<RuntimeException> told = new ArrayList<>();
            tested.keySpace.backend().onFailure(failure -> {
                synchronized (told) {
                    told.add(failure);
                }
            });
            long failAt = disk.operationCount() + 1 + random.nextLong(operationCount / 2);
            disk.failAt(failAt, random.nextBoolean() ? Fault.IO_ERROR : Fault.DISK_FULL);
            int applied = 0;
            try {
                for (; applied < workload.size(); applied++) {
                    workload.apply(tested.keySpace, applied);
                }
                tested.keySpace.backend().commit();
            } catch (StorageFailedException e) {
                // the one that was asked for
            }
            assertFailed(tested, workload, random);
            tested.close();
            synchronized (told) {
                assertEquals(1, told.size());
            }
            appliedAfterCrash(workload, disk.copy(), 0, random);
        }
    }

    private static void assertFailed(TestedKeySpace tested, Workload workload, RandomGenerator random) {
        KeySpace keySpace = tested.keySpace;
        long applied = keySpace.appliedIndex().raftIndex();
        AppliedIndex next = Workload.at((int) applied);
        assertThrows(StorageFailedException.class, () -> keySpace.write(next));
        assertThrows(StorageFailedException.class, () -> keySpace.skip(next));
        assertThrows(StorageFailedException.class, () -> keySpace.compact(1, next));
        assertThrows(StorageFailedException.class, () -> keySpace.backend().put("b", new byte[1], new byte[1]));
        assertThrows(StorageFailedException.class, () -> keySpace.backend().commit());
        PlainKeySpace model = workload.modelAfter(applied);
        try (ReadTxn read = keySpace.read()) {
            TestedKeySpace.assertRange(model, read, 0, "", "", 0);
            long revision = Math.max(1, model.compacted());
            TestedKeySpace.assertRange(model, read, revision, "", "", 0);
        }
        assertTrue(keySpace.backend().durableIndex().raftIndex() <= applied);
    }

    @Test
    void shouldGoOnWithACompactionThatWasClosed() {
        MvccOptions stuck = new MvccOptions(100_000_000, 10, 3, 1_000_000_000, false, 0.9);
        SimulatedFileSystem disk = TestedKeySpace.disk();
        RandomGenerator random = Seeds.random(getClass());
        Workload workload = new Workload(random, 10, 200);
        PlainKeySpace model = workload.modelAfter(workload.size());
        CompletableFuture<Void> compaction = new CompletableFuture<>();
        try (TestedKeySpace tested = TestedKeySpace.open(disk, stuck)) {
            for (int i = 0; i < workload.size(); i++) {
                CompletableFuture<Void> begun = workload.apply(tested.keySpace, i);
                compaction = begun == null ? compaction : begun;
            }
            // A revision that the workload has not compacted.
            put(tested, model, "y", workload.size());
            tested.keySpace.compact(model.revision(), Workload.at(workload.size() + 1));
            model.compact(model.revision());
        }
        assertThrows(CompletionException.class, compaction::join);
        try (TestedKeySpace tested = TestedKeySpace.open(disk, TestedKeySpace.options(10))) {
            assertEquals(model.compacted(), tested.keySpace.compactedRevision());
            try (WriteTxn write = tested.keySpace.write(Workload.at(workload.size() + 2))) {
                write.deleteRange(KeyRange.all());
                write.put(PlainKeySpace.bytes("x"), new byte[0], 0);
            }
            model.begin();
            model.deleteRange("", "");
            model.put("x", "", 0);
            model.end();
            // Queued behind the one that was resumed.
            tested.keySpace.compact(model.revision(), Workload.at(workload.size() + 3)).join();
            model.compact(model.revision());
            tested.assertStored(model);
            try (ReadTxn read = tested.keySpace.read()) {
                assertEquals(1, read.range(KeyRange.all(), RangeOptions.DEFAULT).count());
            }
            tested.assertCheckIsClean();
        }
    }

    private static void put(TestedKeySpace tested, PlainKeySpace model, String key, int index) {
        try (WriteTxn write = tested.keySpace.write(Workload.at(index))) {
            write.put(PlainKeySpace.bytes(key), new byte[0], 0);
        }
        model.begin();
        model.put(key, "", 0);
        model.end();
    }
}
