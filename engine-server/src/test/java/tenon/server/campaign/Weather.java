package tenon.server.campaign;

import java.util.Locale;
import java.util.random.RandomGenerator;

/// What befalls packets on a link.
///
/// @param lossRatio of packets that are lost, 0 to 1
/// @param copyRatio of packets that arrive twice, 0 to 1
/// @param delayNs of each packet
/// @param jitterNs up to so much more; later packets may overtake
record Weather(double lossRatio, double copyRatio, long delayNs, long jitterNs) {
    static final Weather CUT = new Weather(1, 0, 0, 0);

    private static final long NS_PER_MS = 1_000_000;

    static Weather loss(double ratio) {
        return new Weather(ratio, 0, 0, 0);
    }

    static Weather delay(int delayMs, int jitterMs, double copyRatio) {
        return new Weather(0, copyRatio, delayMs * NS_PER_MS, jitterMs * NS_PER_MS);
    }

    boolean loses(RandomGenerator random) {
        return lossRatio > 0 && random.nextDouble() < lossRatio;
    }

    boolean copies(RandomGenerator random) {
        return copyRatio > 0 && random.nextDouble() < copyRatio;
    }

    long delayNs(RandomGenerator random) {
        return delayNs + (jitterNs > 0 ? random.nextLong(jitterNs) : 0);
    }

    @Override
    public String toString() {
        if (equals(CUT)) {
            return "cut";
        }
        return String.format(
                Locale.ROOT,
                "lose %.0f %%, copy %.0f %%, delay %d ms + up to %d ms",
                100 * lossRatio,
                100 * copyRatio,
                delayNs / NS_PER_MS,
                jitterNs / NS_PER_MS);
    }
}
