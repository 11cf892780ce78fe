package tenon.btree;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import tenon.testkit.CrashPlan;
import tenon.testkit.CrashPlan.Fate;
import tenon.testkit.SimulatedFileSystem;

/// The states in which a power cut may leave a disk: each set of unsynced operations kept and the others dropped, so
/// long as they are few, and a sample where they are many; each of them torn, or a sample; each of them misdirected.
final class CrashStates {
    /// Up to so many unsynced operations all their sets are tried.
    private static final int EXHAUSTIVE_COUNT_MAX = 6;
    private static final int SAMPLE_COUNT = 48;
    private static final int TORN_COUNT = 3;

    private final RandomGenerator random;
    private final int sampleCount;
    private final int tornOperationCountMax;
    private final Set<List<Object>> seen = new HashSet<>();
    private long count;

    CrashStates(RandomGenerator random) {
        this(random, SAMPLE_COUNT, Integer.MAX_VALUE);
    }

    /// For disks with so many unsynced operations that not each of them can be torn.
    CrashStates(RandomGenerator random, int sampleCount, int tornOperationCountMax) {
        this.random = random;
        this.sampleCount = sampleCount;
        this.tornOperationCountMax = tornOperationCountMax;
    }

    /// Different states given out so far.
    long count() {
        return count;
    }

    /// How many unsynced operations a crash asks about.
    private static int unsyncedCount(SimulatedFileSystem disk) {
        int[] asked = {0};
        CrashPlan all = CrashPlan.keepAll();
        disk.crash(new CrashPlan() {
            @Override
            public Fate fate() {
                asked[0]++;
                return all.fate();
            }

            @Override
            public boolean keepsSector() {
                return true;
            }
        });
        return asked[0];
    }

    /// Dropped, kept, torn and reordered.
    ///
    /// @param expected what goes with the disk: the same bytes are another state beside something else
    List<SimulatedFileSystem> of(SimulatedFileSystem disk, Object expected) {
        int unsynced = unsyncedCount(disk);
        List<SimulatedFileSystem> states = new ArrayList<>();
        int sets = unsynced <= EXHAUSTIVE_COUNT_MAX ? 1 << unsynced : sampleCount;
        for (int set = 0; set < sets; set++) {
            List<Fate> fates = new ArrayList<>();
            for (int i = 0; i < unsynced; i++) {
                boolean keeps = unsynced <= EXHAUSTIVE_COUNT_MAX ? (set >>> i & 1) == 1 : random.nextBoolean();
                fates.add(keeps ? Fate.KEPT : Fate.DROPPED);
            }
            addNew(disk, 0, fates, expected, states);
        }
        addNew(disk, 0, List.of(Fate.DROPPED), expected, states);
        addNew(disk, 0, List.of(Fate.KEPT), expected, states);
        boolean tearsAll = unsynced <= tornOperationCountMax;
        for (int i = 0; i < Math.min(unsynced, tornOperationCountMax); i++) {
            int index = tearsAll ? i : random.nextInt(unsynced);
            for (int torn = 0; torn < TORN_COUNT; torn++) {
                addNew(disk, 0, allKeptBut(index, unsynced, Fate.TORN), expected, states);
            }
        }
        return states;
    }

    /// One write of those under way lands in a wrong place.
    List<SimulatedFileSystem> misdirected(SimulatedFileSystem disk, Object expected) {
        int unsynced = unsyncedCount(disk);
        List<SimulatedFileSystem> states = new ArrayList<>();
        for (int i = 0; i < unsynced; i++) {
            for (int distance : new int[] {4096, -4096, 1024, -1024, 512, -512, 1 << 16}) {
                addNew(disk, distance, allKeptBut(i, unsynced, Fate.MISDIRECTED), expected, states);
            }
        }
        return states;
    }

    private static List<Fate> allKeptBut(int index, int unsynced, Fate fate) {
        List<Fate> fates = new ArrayList<>(Collections.nCopies(unsynced, Fate.KEPT));
        fates.set(index, fate);
        return fates;
    }

    private void addNew(
            SimulatedFileSystem disk, int distance, List<Fate> fates, Object expected, List<SimulatedFileSystem> to) {
        List<Fate> atLeastOne = fates.isEmpty() ? List.of(Fate.KEPT) : fates;
        SimulatedFileSystem state = disk.crash(CrashPlan.inTurn(random, distance, atLeastOne));
        if (seen.add(List.of(contents(state), System.identityHashCode(expected)))) {
            count++;
            to.add(state);
        }
    }

    /// What is in each file: the store's, and the one of a defragmentation beside it.
    private static Map<Path, Integer> contents(SimulatedFileSystem state) {
        Map<Path, Integer> hashes = new HashMap<>();
        for (Path path : state.list(Workload.PATH.getParent())) {
            hashes.put(path, Arrays.hashCode(state.content(path)));
        }
        return hashes;
    }
}
