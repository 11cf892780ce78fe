package tenon.testkit;

import java.util.List;
import java.util.random.RandomGenerator;

/// What becomes of the operations that were not synced when the power went. Asked once for each of them, oldest first;
/// what is dropped is as if it had never been asked for, also if a later one was kept.
public interface CrashPlan {
    /// The fate of one operation.
    enum Fate {
        KEPT,
        DROPPED,
        /// Only of writes and allocations; of names it means dropped.
        TORN,
        /// Only of writes: they land [#misdirectionBytes] away; what is no write is kept.
        MISDIRECTED
    }

    Fate fate();

    /// Whether a sector of 512 bytes of a torn write reached the disk.
    boolean keepsSector();

    /// How far from its place a misdirected write lands; before the beginning of the file it is lost.
    default int misdirectionBytes() {
        return 4096;
    }

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

    /// These fates in turn, and the last of them for all that follows.
    static CrashPlan inTurn(RandomGenerator random, int misdirectionBytes, List<Fate> fates) {
        return new CrashPlan() {
            private int index;

            @Override
            public Fate fate() {
                return fates.get(Math.min(index++, fates.size() - 1));
            }

            @Override
            public boolean keepsSector() {
                return random.nextBoolean();
            }

            @Override
            public int misdirectionBytes() {
                return misdirectionBytes;
            }
        };
    }

    /// Any mixture, but nothing goes to a wrong place.
    static CrashPlan random(RandomGenerator random) {
        return new CrashPlan() {
            @Override
            public Fate fate() {
                return Fate.values()[random.nextInt(Fate.MISDIRECTED.ordinal())];
            }

            @Override
            public boolean keepsSector() {
                return random.nextBoolean();
            }
        };
    }
}
