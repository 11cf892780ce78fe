package tenon.server.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tenon.server.simulation.Fault.Kind;

/// The faults of a run, in the order in which they begin.
record Schedule(List<Fault> faults) {
    private static final int FAULTS_MIN = 8;
    private static final int FAULTS_MORE = 30;
    private static final int DURATION_MAX_TICKS = 30;
    private static final int SIEGES_MAX = 4;
    private static final int SIEGE_TICKS = 6;
    private static final int SPECIALS_MAX = 4;

    Schedule {
        faults = List.copyOf(faults);
    }

    static Schedule of(Shape shape) {
        RandomGenerator random = Shape.stream(shape.seed(), 2);
        List<Kind> kinds = Arrays.stream(Kind.values())
                .flatMap(kind -> Collections.nCopies(weight(kind, shape), kind).stream())
                .toList();
        int quietTicks = 2 * shape.electionTicks();
        int[] sieges = IntStream.range(0, 1 + random.nextInt(SIEGES_MAX))
                .map(i -> quietTicks + random.nextInt(Shape.FAULTY_TICKS - quietTicks - SIEGE_TICKS))
                .toArray();
        List<Fault> faults = new ArrayList<>();
        for (int i = FAULTS_MIN + random.nextInt(FAULTS_MORE); i > 0; i--) {
            // Most come together: what breaks a cluster is seldom one thing.
            int atTick = random.nextInt(3) > 0
                    ? sieges[random.nextInt(sieges.length)] + random.nextInt(SIEGE_TICKS)
                    : quietTicks + random.nextInt(Shape.FAULTY_TICKS - quietTicks);
            long nodeId = random.nextInt(5) < 2
                    ? Fault.WHOEVER_LEADS
                    : 1L + random.nextInt(shape.founderCount() + shape.spareCount());
            faults.add(new Fault(
                    0,
                    kinds.get(random.nextInt(kinds.size())),
                    atTick,
                    nodeId,
                    1 + random.nextInt(random.nextInt(3) == 0 ? 4 : DURATION_MAX_TICKS),
                    random.nextLong()));
        }
        faults.addAll(specials(shape));
        faults.sort(Comparator.comparingInt(Fault::atTick));
        return new Schedule(IntStream.range(0, faults.size())
                .mapToObj(number -> faults.get(number).withNumber(number))
                .toList());
    }

    /// What only some clusters are open to: those whose members change, and those that read by lease.
    private static List<Fault> specials(Shape shape) {
        RandomGenerator random = Shape.stream(shape.seed(), 5);
        List<Fault> faults = new ArrayList<>();
        int quietTicks = 2 * shape.electionTicks();
        for (Kind kind : List.of(Kind.TORN_READY, Kind.COUP)) {
            boolean fits = kind == Kind.COUP ? shape.hasEvenTicks() : shape.churns();
            for (int i = fits ? 1 + random.nextInt(SPECIALS_MAX) : 0; i > 0; i--) {
                faults.add(new Fault(
                        0,
                        kind,
                        quietTicks + random.nextInt(Shape.FAULTY_TICKS - quietTicks),
                        kind == Kind.COUP ? Fault.WHOEVER_LEADS : 1L + random.nextInt(shape.founderCount()),
                        shape.electionTicks() * (kind == Kind.COUP ? 3 : 1 + random.nextInt(2)),
                        random.nextLong()));
            }
        }
        return faults;
    }

    private static int weight(Kind kind, Shape shape) {
        return switch (kind) {
            case ROT_IN_TAIL, ROT_IN_MIDDLE -> shape.rots() ? 2 : 0;
            case UNEVEN_CLOCK, PAUSE -> shape.hasEvenTicks() ? 0 : 2;
            case CONF_CHANGE -> shape.churns() ? 12 : 0;
            case TORN_READY, COUP -> 0;
            case CRASH_AT_IO, PARTITION, CAMPAIGN -> 5;
            case CRASH_AT_INSTALLATION, COMPACTION -> 4;
            case POWER_CUT, KILL, ONE_WAY_CUT, TRANSFER, LOSS, DELAY, REORDERING -> 3;
            default -> 2;
        };
    }

    /// Only these of the faults, by number.
    Schedule only(List<Integer> numbers) {
        return new Schedule(
                faults.stream().filter(fault -> numbers.contains(fault.number())).toList());
    }

    Schedule without(Fault fault) {
        return new Schedule(faults.stream().filter(other -> other != fault).toList());
    }

    /// As `-Dtenon.simulation.faults` takes it.
    String numbers() {
        return faults.stream().map(fault -> Integer.toString(fault.number())).collect(Collectors.joining(","));
    }

    @Override
    public String toString() {
        return faults.stream().map(Fault::toString).collect(Collectors.joining("\n"));
    }
}
