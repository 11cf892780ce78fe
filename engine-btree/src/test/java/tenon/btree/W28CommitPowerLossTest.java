package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.api.Bucket;
import tenon.api.Cursor;
import tenon.api.ReadTx;
import tenon.testkit.CrashPlan;
import tenon.testkit.Fault;
import tenon.testkit.SimulatedFileSystem;
import tenon.testkit.SimulatedPowerCut;

/// W28: the power goes at each operation of one commit, and each write under way is kept, lost or torn, in all
/// combinations: the store opens at the old root or the new one. [StoreCrashTest] does the same by chance to long
/// histories.
class W28CommitPowerLossTest {
    private static final byte[] NAME = {'b'};
    private static final int KEY_COUNT = 120;
    /// Which of four sectors in a row a torn write leaves; a meta page has its two records in the first two.
    private static final int SECTOR_MASK_COUNT = 16;
    private static final CrashPlan.Fate[] FATES = {
        CrashPlan.Fate.KEPT, CrashPlan.Fate.DROPPED, CrashPlan.Fate.TORN
    };

    /// All the fates of so many operations, as digits of a number, and a pattern of sectors.
    private static final class Plan implements CrashPlan {
        private final int sectorMask;
        private int digits;
        private int askedCount;
        private int sector;
        private boolean hasTorn;

        Plan(int digits, int sectorMask) {
            this.digits = digits;
            this.sectorMask = sectorMask;
        }

        @Override
        public Fate fate() {
            Fate fate = FATES[digits % FATES.length];
            digits /= FATES.length;
            askedCount++;
            sector = 0;
            hasTorn |= fate == Fate.TORN;
            return fate;
        }

        @Override
        public boolean keepsSector() {
            return (sectorMask >> (sector++ % 4) & 1) == 1;
        }
    }

    private static SimulatedFileSystem diskWithFirstCommit() {
        SimulatedFileSystem disk = Workload.newDisk();
        try (BTreeStore store = Workload.open(disk)) {
            commit(store, 1);
        }
        return disk.copy();
    }

    /// Sets all keys to one number: a tree with two numbers in it is in between.
    private static void commit(BTreeStore store, int number) {
        store.write(tx -> {
            var bucket = tx.createBucketIfAbsent(NAME);
            for (int i = 0; i < KEY_COUNT; i++) {
                bucket.put(new byte[] {(byte) i}, new byte[] {(byte) number, 0, 0, 0, 0, 0, 0, 0, 0, 0});
            }
            return null;
        });
    }

    private static int numberIn(BTreeStore store, String when) {
        assertEquals(List.of(), store.check().findings(), when);
        Set<Byte> numbers = new HashSet<>();
        int count = 0;
        try (ReadTx tx = store.beginRead()) {
            Bucket bucket = tx.bucket(NAME);
            for (Cursor cursor = bucket.cursor(); cursor.next(); count++) {
                numbers.add(cursor.value().get(0));
            }
        }
        assertEquals(KEY_COUNT, count, when);
        assertEquals(1, numbers.size(), when + ": in between, with " + numbers);
        return numbers.iterator().next();
    }

    @Test
    void shouldOpenAtTheOldOrTheNewRootWhereverThePowerGoes() {
        SimulatedFileSystem first = diskWithFirstCommit();
        SimulatedFileSystem whole = first.copy();
        BTreeStore untroubled = Workload.open(whole);
        long begin = whole.operationCount();
        commit(untroubled, 2);
        long end = whole.operationCount();
        assertTrue(end - begin >= 3, "a commit writes pages, writes a meta page, syncs: " + (end - begin));
        Set<Integer> found = new HashSet<>();
        for (long operation = begin + 1; operation <= end; operation++) {
            SimulatedFileSystem disk = first.copy();
            BTreeStore store = Workload.open(disk);
            disk.failAt(operation, Fault.POWER_CUT);
            assertThrows(SimulatedPowerCut.class, () -> commit(store, 2));
            tryAllCrashes(disk, "operation " + (operation - begin), found);
        }
        assertEquals(Set.of(1, 2), found, "both outcomes should have been met");
        try (BTreeStore after = Workload.open(whole.crash(CrashPlan.dropAll()))) {
            assertEquals(2, numberIn(after, "after the commit had returned"));
        }
    }

    private static void tryAllCrashes(SimulatedFileSystem disk, String where, Set<Integer> found) {
        for (int digits = 0; ; digits++) {
            boolean hasTorn = true;
            for (int mask = 0; hasTorn && mask < SECTOR_MASK_COUNT; mask++) {
                Plan plan = new Plan(digits, mask);
                SimulatedFileSystem after = disk.crash(plan);
                if (Math.pow(FATES.length, plan.askedCount) <= digits) {
                    return;
                }
                hasTorn = plan.hasTorn;
                String when = where + ", fates " + digits + ", sectors " + mask;
                try (BTreeStore store = Workload.open(after)) {
                    found.add(numberIn(store, when));
                }
            }
        }
    }
}
