package tenon.bench.cluster;

import java.util.List;
import java.util.function.ToDoubleFunction;
import tenon.bench.load.Shape;
import tenon.bench.measure.Figures;
import tenon.bench.measure.Outcome;

/// What Tenon is to reach: a figure, at least or at most so many times etcd's.
///
/// @param onlyWithMany whether it is asked for only where there is more than one client
record Goal(String figure, ToDoubleFunction<Outcome> of, boolean isAtLeast, double factor, boolean onlyWithMany) {
    static final Goal PUTS_PER_SECOND = new Goal("puts per second", Outcome::perSecond, true, 2, true);
    static final Goal READS_PER_SECOND = new Goal("reads per second", Outcome::perSecond, true, 2, true);
    static final Goal PUT_CPU = atMost("server CPU per put", Figure.SERVER_CPU, 1 / 3.0);
    static final List<Goal> LATENCIES = List.of(atMost("p50", Figure.P50, 1), atMost("p99", Figure.P99, 1));

    private static Goal atMost(String figure, Figure of, double factor) {
        return new Goal(figure, outcome -> outcome.get(of.key), false, factor, false);
    }

    boolean suits(Shape shape) {
        return !onlyWithMany || shape.clientCount() > 1;
    }

    boolean isReached(double ratio) {
        return isAtLeast ? ratio >= factor : ratio <= factor;
    }

    /// Such as `at least 2.00 x`.
    String text() {
        return (isAtLeast ? "at least " : "at most ") + Figures.factor(factor);
    }
}
