package tenon.testkit;

import java.util.random.RandomGenerator;

/// How long a disk takes, in units of whatever time a simulation has: from one seed, always the same. It may be slow,
/// or stalled for a while, and nothing that it began is then finished before the end of that.
public final class DiskPace {
    private final RandomGenerator random;
    private final int leastUnits;
    private final int mostUnits;
    private int slownessFactor = 1;
    private long stalledUntilUnits;

    public DiskPace(RandomGenerator random, int leastUnits, int mostUnits) {
        this.random = random;
        this.leastUnits = leastUnits;
        this.mostUnits = mostUnits;
    }

    /// @param factor 1 for the usual pace
    public void slowDown(int factor) {
        slownessFactor = factor;
    }

    public void stallUntil(long units) {
        stalledUntilUnits = units;
    }

    /// How long an operation takes that begins now.
    public long units(long nowUnits) {
        long usual = leastUnits + random.nextInt(mostUnits - leastUnits + 1);
        return Math.max(0, stalledUntilUnits - nowUnits) + usual * slownessFactor;
    }
}
