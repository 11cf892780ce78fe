package tenon.testkit;

import java.util.random.RandomGenerator;

/// What becomes of the operations that were not synced when the power went. Asked once for each of them, oldest first;
/// what is dropped is as if it had never been asked for, also if a later one was kept.
public interface CrashPlan {
    /// The fate of one operation.
    enum Fate {
        KEPT,
        DROPPED,
        /// Only of writes and allocations; of names it means dropped.
        TORN
    }

    Fate fate();

    /// Whether a sector of 512 bytes of a torn write reached the disk.
    boolean keepsSector();

    /// Nothing unsynced is left.
    static CrashPlan dropAll() {
        return of(Fate.DROPPED);
    }

    /// Everything happened to be written in time.
    static CrashPlan keepAll() {
        return of(Fate.KEPT);
    }

    private static CrashPlan of(Fate fate) {
        return new CrashPlan() {
            @Override
            public Fate fate() {
                return fate;
            }

            @Override
            public boolean keepsSector() {
                return fate == Fate.KEPT;
            }
        };
    }

    /// Any mixture.
    static CrashPlan random(RandomGenerator random) {
        return new CrashPlan() {
            @Override
            public Fate fate() {
                return Fate.values()[random.nextInt(Fate.values().length)];
            }

            @Override
            public boolean keepsSector() {
                return random.nextBoolean();
            }
        };
    }
}
