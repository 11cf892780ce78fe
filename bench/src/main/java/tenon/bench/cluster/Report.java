package tenon.bench.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import tenon.bench.measure.Figures;
import tenon.bench.measure.Outcome;
import tenon.bench.measure.Samples;
import tenon.bench.measure.Table;
import tenon.bench.measure.Turns;
import tenon.bench.server.Server;

/// The tables of a run.
final class Report {
    private final Turns turns;
    private final List<Setting> settings;
    private final List<String> peers;

    Report(Turns turns, List<Setting> settings, List<String> peers) {
        this.turns = turns;
        this.settings = settings;
        this.peers = peers;
    }

    List<Table> tables() {
        return Stream.of(figures(), goals()).filter(table -> !table.isEmpty()).toList();
    }

    private Table figures() {
        Table table = new Table(
                "What both did", "work", "connections/clients", "peer", "per second, median", "min .. max", "p50, us",
                "p99, us", "p99.9, us", "server CPU, us each", "client CPU, us each", "sleeps each", "processors busy",
                "memory, MB (no file)");
        for (Setting setting : settings) {
            for (String peer : peers) {
                if (turns.has(setting.toString(), peer)) {
                    table.add(row(setting, peer));
                }
            }
        }
        return table;
    }

    private String[] row(Setting setting, String peer) {
        double[] speeds = turns.perSecond(setting.toString(), peer);
        return new String[] {
            setting.task(),
            setting.shape().toString(),
            peer,
            Figures.number(Samples.median(speeds)),
            Figures.range(speeds),
            Figures.micros(median(setting, peer, Figure.P50)),
            Figures.micros(median(setting, peer, Figure.P99)),
            Figures.micros(median(setting, peer, Figure.P999)),
            Figures.tenth(median(setting, peer, Figure.SERVER_CPU) / 1e3),
            Figures.tenth(median(setting, peer, Figure.CLIENT_CPU) / 1e3),
            Figures.tenth(median(setting, peer, Figure.SWITCHES)),
            percent(median(setting, peer, Figure.BUSY)),
            megabytes(median(setting, peer, Figure.RSS)) + " (" + megabytes(median(setting, peer, Figure.ANON)) + ")"
        };
    }

    private double median(Setting setting, String peer, Figure figure) {
        return turns.median(setting.toString(), peer, figure.key);
    }

    private Table goals() {
        Table table = new Table(
                "Tenon beside etcd", "work", "connections/clients", "figure", "beside etcd", "to reach", "verdict");
        for (Setting setting : settings) {
            for (Goal goal : setting.work().goals) {
                if (goal.suits(setting.shape()) && turns.has(setting.toString(), Server.TENON)) {
                    table.add(verdict(setting, goal));
                }
            }
        }
        return table;
    }

    private String[] verdict(Setting setting, Goal goal) {
        boolean isMeasured = turns.has(setting.toString(), Server.ETCD);
        double ratio = isMeasured ? ratio(setting, goal.of()) : Double.NaN;
        return new String[] {
            setting.task(),
            setting.shape().toString(),
            goal.figure(),
            isMeasured ? Figures.factor(ratio) : "",
            goal.text(),
            isMeasured ? Figures.verdict(goal.isReached(ratio)) : "not measured"
        };
    }

    private double ratio(Setting setting, ToDoubleFunction<Outcome> figure) {
        return Samples.ratio(
                turns.samples(setting.toString(), Server.TENON, figure),
                List.of(turns.samples(setting.toString(), Server.ETCD, figure)));
    }

    /// What makes turns of one less comparable with those of the other.
    List<String> disturbances() {
        List<String> found = new ArrayList<>();
        for (Setting setting : settings) {
            for (String peer : peers) {
                double terms = Arrays.stream(samples(setting, peer, Figure.TERMS)).sum();
                if (terms > 0) {
                    found.add(peer + " changed its leader while it was measured: " + setting);
                }
            }
        }
        return found;
    }

    /// The largest share of a processor that was taken by a server whose turn it was not.
    String resting() {
        double most = settings.stream()
                .flatMapToDouble(setting -> peers.stream()
                        .flatMapToDouble(peer -> Arrays.stream(samples(setting, peer, Figure.RESTING))))
                .max()
                .orElse(0);
        return percent(most);
    }

    private double[] samples(Setting setting, String peer, Figure figure) {
        return turns.samples(setting.toString(), peer, outcome -> outcome.get(figure.key));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String megabytes(double kilobytes) {
        return Figures.number(kilobytes * 1024 / 1e6);
    }
}
