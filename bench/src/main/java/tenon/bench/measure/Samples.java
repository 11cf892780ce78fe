package tenon.bench.measure;

import java.util.Arrays;
import java.util.List;

/// Figures of one kind, one for each round.
public final class Samples {
    private Samples() {}

    public static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /// How many times the largest of others: the median of what it is in each round, since what else the machine does
    /// at that time slows down all alike.
    ///
    /// @param others at least one. Rounds that one of them has not are left out; all have the first
    public static double ratio(double[] own, List<double[]> others) {
        int roundCount = others.stream().mapToInt(other -> other.length).min().orElseThrow();
        double[] ratios = new double[Math.min(own.length, roundCount)];
        for (int i = 0; i < ratios.length; i++) {
            int round = i;
            ratios[i] = own[i] / others.stream().mapToDouble(other -> other[round]).max().orElseThrow();
        }
        return median(ratios);
    }
}
