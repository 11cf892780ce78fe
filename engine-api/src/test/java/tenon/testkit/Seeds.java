package tenon.testkit;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Randomness that can be replayed: each use prints its seed, and `-Dtenon.seed=N` sets it.
public final class Seeds {
    private static final String PROPERTY = "tenon.seed";

    private Seeds() {}

    /// A generator for a test.
    ///
    /// @param test named beside the seed
    public static RandomGenerator random(Class<?> test) {
        return new SplittableRandom(seed(test));
    }

    /// A seed for a test: the one asked for, else a new one. Prints how to replay it.
    public static long seed(Class<?> test) {
        Long wanted = Long.getLong(PROPERTY);
        long seed = wanted == null ? new SplittableRandom().nextLong() : wanted;
        System.out.println("replay with -Dtest=" + test.getSimpleName() + " -D" + PROPERTY + "=" + seed);
        return seed;
    }

    /// A generator from a known seed.
    public static RandomGenerator from(long seed) {
        return new SplittableRandom(seed);
    }
}
