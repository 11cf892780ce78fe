package tenon.server.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import tenon.server.simulation.Fault.Kind;

/// The faults of a run, in the order in which they begin.
record Schedule(List<Fault> faults) {
    private static final int FAULTS_MIN = 5;
    private static final int FAULTS_MORE = 20;
    private static final int DURATION_MAX_TICKS = 40;

    Schedule {
        faults = List.copyOf(faults);
    }

    static Schedule of(Shape shape) {
        RandomGenerator random = Shape.stream(shape.seed(), 2);
        List<Fault> faults = new ArrayList<>();
        int count = FAULTS_MIN + random.nextInt(FAULTS_MORE);
        for (int i = 0; i < count; i++) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            Fault fault = new Fault(
                    0,
                    kind,
                    2 * shape.electionTicks() + random.nextInt(Shape.FAULTY_TICKS - 4 * shape.electionTicks()),
                    1L + random.nextInt(shape.founderCount() + shape.spareCount()),
                    2 + random.nextInt(DURATION_MAX_TICKS),
                    random.nextLong());
            if (suits(kind, shape)) {
                faults.add(fault);
            }
        }
        faults.sort(Comparator.comparingInt(Fault::atTick));
        List<Fault> numbered = new ArrayList<>();
        for (Fault fault : faults) {
            numbered.add(new Fault(
                    numbered.size(), fault.kind(), fault.atTick(), fault.nodeId(), fault.ticks(), fault.dice()));
        }
        return new Schedule(numbered);
    }

    private static boolean suits(Kind kind, Shape shape) {
        return switch (kind) {
            case ROT_IN_TAIL, ROT_IN_MIDDLE -> shape.rots();
            case UNEVEN_CLOCK, PAUSE -> !shape.hasEvenTicks();
            case CONF_CHANGE -> shape.churns();
            default -> true;
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
