package tenon.server.simulation;

import java.util.ArrayList;
import java.util.List;

/// One seed, by itself: also as a program, whose whole output is a trace and its digest.
public final class Replay {
    private static final int TRACE_END_LINES = 120;

    private Replay() {}

    /// @param args a seed, and maybe the numbers of the faults that are to happen
    public static void main(String[] args) {
        Simulation.Outcome outcome = run(Long.parseLong(args[0]), args.length > 1 ? args[1] : null);
        outcome.trace().forEach(System.out::println);
        System.out.println("digest " + outcome.digest());
    }

    /// @param numbers of the faults, with commas; null for all
    static Simulation.Outcome run(long seed, String numbers) {
        Shape shape = Shape.of(seed);
        Schedule all = Schedule.of(shape);
        return Simulation.run(shape, numbers == null ? all : all.only(parse(numbers)), true);
    }

    private static List<Integer> parse(String numbers) {
        List<Integer> parsed = new ArrayList<>();
        for (String number : numbers.split(",")) {
            if (!number.isBlank()) {
                parsed.add(Integer.valueOf(number.strip()));
            }
        }
        return parsed;
    }

    /// What to tell about a run that failed: the few faults that it takes, how to see it again, and how it ended.
    static String report(Simulation.Outcome failed) {
        Schedule shortest = Shrinker.shrink(failed.shape(), failed.schedule());
        Simulation.Outcome again = Simulation.run(failed.shape(), shortest, true);
        Throwable failure = again.failure() == null ? failed.failure() : again.failure();
        List<String> trace = again.trace();
        List<String> end = trace.subList(Math.max(0, trace.size() - TRACE_END_LINES), trace.size());
        return failure + "\n" + failed.shape() + "\n" + shortest.faults().size() + " of "
                + failed.schedule().faults().size() + " faults suffice:\n" + shortest
                + "\nreplay with -Dtest=SimulationTest -Dtenon.seed=" + failed.shape().seed()
                + " -Dtenon.simulation.faults=" + shortest.numbers() + "\n" + String.join("\n", end);
    }
}
