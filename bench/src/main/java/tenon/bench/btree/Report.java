package tenon.bench.btree;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import tenon.bench.btree.peers.Peer;
import tenon.bench.measure.Figures;
import tenon.bench.measure.Table;

/// The tables of a run.
final class Report {
    private static final Peer SIZE_GOAL = Peer.LMDB;

    private final Measurements measurements;

    Report(Measurements measurements) {
        this.measurements = measurements;
    }

    List<Table> tables() {
        List<Table> tables = new ArrayList<>();
        tables.add(speed());
        tables.add(sizes());
        tables.add(growth());
        return tables.stream().filter(table -> !table.isEmpty()).toList();
    }

    private Table speed() {
        Table table = new Table(
                "Speed", "work", "peer", "per second, median", "min .. max", "beside the goal's peer", "to reach",
                "files, MB", "memory, MB (no file)");
        for (Work work : measurements.works()) {
            for (Peer peer : measurements.peers(work)) {
                table.add(
                        work.label,
                        peer.label(),
                        Figures.number(measurements.median(work, peer, ResultLine::opsPerSecond)),
                        Figures.number(measurements.min(work, peer, ResultLine::opsPerSecond)) + " .. "
                                + Figures.number(measurements.max(work, peer, ResultLine::opsPerSecond)),
                        ratios(work, peer),
                        peer == Peer.TENON ? verdicts(work) : "",
                        megabytes(measurements.median(work, peer, ResultLine::bytes)),
                        megabytes(1024 * measurements.median(work, peer, ResultLine::rssKb)) + " ("
                                + megabytes(1024 * measurements.median(work, peer, ResultLine::anonKb)) + ")");
            }
        }
        return table;
    }

    /// Without a goal, LMDB is what we look at.
    private String ratios(Work work, Peer peer) {
        List<Goal> goals = work.goals.isEmpty() ? List.of(Goal.atLeast(0, Peer.LMDB)) : work.goals;
        return goals.stream()
                .map(goal -> ratio(measurements.ratio(work, peer, goal.peers()), goal))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String ratio(OptionalDouble ratio, Goal goal) {
        return ratio.isEmpty() ? "" : Figures.factor(ratio.getAsDouble()) + " " + goal.peerNames();
    }

    private String verdicts(Work work) {
        return work.goals.stream()
                .map(goal -> Figures.factor(goal.factor()) + " " + goal.peerNames() + ": "
                        + verdict(measurements.ratio(work, Peer.TENON, goal.peers()), goal.factor()))
                .collect(Collectors.joining(", "));
    }

    private static String verdict(OptionalDouble ratio, double factor) {
        if (ratio.isEmpty()) {
            return "not measured";
        }
        return Figures.verdict(ratio.getAsDouble() >= factor);
    }

    private Table sizes() {
        Table table = new Table("Files", "after", "peer", "MB", "beside " + SIZE_GOAL.label(), "to reach");
        for (Work work : List.of(Work.LOAD_ASCENDING, Work.LOAD_ASCENDING_PUT, Work.LOAD_REVISIONS, Work.PUT_RANDOM)) {
            double goal = measurements.of(work, SIZE_GOAL).isEmpty()
                    ? Double.NaN
                    : measurements.median(work, SIZE_GOAL, ResultLine::bytes);
            for (Peer peer : measurements.peers(work)) {
                double bytes = measurements.median(work, peer, ResultLine::bytes);
                String toReach = peer == Peer.TENON && !Double.isNaN(goal)
                        ? "at most 1.00 x: " + Figures.verdict(bytes <= goal)
                        : "";
                table.add(
                        work.label, peer.label(), megabytes(bytes), Double.isNaN(goal) ? "" : Figures.factor(bytes / goal),
                        toReach);
            }
        }
        return table;
    }

    private Table growth() {
        Table table =
                new Table("Growth by churn", "peer", "MB before, after each round", "growth after round 1", "to reach");
        for (Peer peer : measurements.peers(Work.CHURN)) {
            ResultLine last = measurements.of(Work.CHURN, peer).getLast();
            List<Long> sizes = last.sizes();
            double growth = (double) (sizes.getLast() - sizes.get(1)) / sizes.get(1);
            table.add(
                    peer.label(),
                    sizes.stream().map(size -> megabytes(size)).collect(Collectors.joining(", ")),
                    String.format(Locale.ROOT, "%.1f %%", 100 * growth),
                    peer == Peer.TENON ? "none: " + Figures.verdict(growth <= 0) : "");
        }
        return table;
    }

    private static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%,.0f", bytes / 1e6);
    }
}
