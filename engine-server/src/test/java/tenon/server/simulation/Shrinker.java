package tenon.server.simulation;

import java.util.ArrayList;
import java.util.List;

/// From a run that fails to one that still fails with as few faults as can be: halves are left out, then quarters, then
/// single faults, until none can be spared.
final class Shrinker {
    private static final int RUNS_MAX = 2000;

    private final Shape shape;
    private Schedule shortest;
    private int runCount;

    private Shrinker(Shape shape, Schedule failing) {
        this.shape = shape;
        shortest = failing;
    }

    static Schedule shrink(Shape shape, Schedule failing) {
        Shrinker shrinker = new Shrinker(shape, failing);
        for (int length = failing.faults().size() / 2; length > 1; length /= 2) {
            shrinker.leaveOut(length);
        }
        while (shrinker.leaveOut(1)) {
            // Each fault that goes may make others superfluous.
        }
        return shrinker.shortest;
    }

    /// Tries to leave out each run of so many faults. Whether that ever worked.
    private boolean leaveOut(int length) {
        boolean anyLeft = false;
        for (int from = 0; from + length <= shortest.faults().size() && runCount < RUNS_MAX; ) {
            List<Fault> rest = new ArrayList<>(shortest.faults());
            rest.subList(from, from + length).clear();
            Schedule shorter = new Schedule(rest);
            runCount++;
            if (Simulation.run(shape, shorter, false).failure() != null) {
                shortest = shorter;
                anyLeft = true;
            } else {
                from += length;
            }
        }
        return anyLeft;
    }
}
