package tenon.bench.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import tenon.bench.load.Shape;
import tenon.bench.measure.Outcome;
import tenon.bench.measure.Table;
import tenon.bench.measure.Turns;

class GoalTest {
    private static final Setting ONE = new Setting(1, Work.PUT, new Shape(1, 1));
    private static final Setting MANY = new Setting(1, Work.PUT, new Shape(10, 100));

    @Test
    void shouldAskForThroughputOnlyWhereManyAsk() {
        assertFalse(Goal.PUTS_PER_SECOND.suits(ONE.shape()));
        assertTrue(Goal.PUTS_PER_SECOND.suits(MANY.shape()));
        assertTrue(Goal.PUT_CPU.suits(ONE.shape()));
    }

    @Test
    void shouldKnowBothDirections() {
        assertTrue(Goal.PUTS_PER_SECOND.isReached(2) && !Goal.PUTS_PER_SECOND.isReached(1.99));
        assertTrue(Goal.PUT_CPU.isReached(0.33) && !Goal.PUT_CPU.isReached(0.34));
    }

    @Test
    void shouldCompareWithinARoundAndTakeTheMedian() throws InterruptedException {
        // The second round met a machine at half its speed, the third one Tenon alone.
        Turns turns = turns(new double[] {3_000, 1_500, 900}, new double[] {1_000, 500, 900});
        String text = text(turns, List.of("tenon", "etcd"));
        assertTrue(text.contains("| put, 1 member | 10/100 | puts per second | 3.00 x | at least 2.00 x | reached |"), text);
        assertTrue(text.contains("| put, 1 member | 10/100 | server CPU per put | 1.00 x | at most 0.33 x | MISSED |"), text);
        assertTrue(text.contains("| put, 1 member | 10/100 | p99 | 1.00 x | at most 1.00 x | reached |"), text);
        assertTrue(text.contains("| put, 1 member | 10/100 | etcd | 900 | 500 .. 1,000 |"), text);
    }

    @Test
    void shouldGiveNoVerdictWithoutEtcd() throws InterruptedException {
        String text = text(turns(new double[] {3_000}, new double[0]), List.of("tenon"));
        assertTrue(text.contains("| puts per second |  | at least 2.00 x | not measured |"), text);
    }

    @Test
    void shouldTellWhoChangedItsLeader() throws InterruptedException {
        Turns turns = new Turns();
        turns.run(List.of(MANY.toString()), List.of("tenon", "etcd"), 1, (setting, peer) -> outcome(1)
                .with(Figure.TERMS.key, peer.equals("etcd") ? 1 : 0));
        Report report = new Report(turns, List.of(MANY), List.of("tenon", "etcd"));
        assertEquals(List.of("etcd changed its leader while it was measured: " + MANY), report.disturbances());
    }

    private static String text(Turns turns, List<String> peers) {
        return String.join(
                "\n", new Report(turns, List.of(MANY), peers).tables().stream().map(Table::markdown).toList());
    }

    private static Turns turns(double[] tenon, double[] etcd) throws InterruptedException {
        Deque<Double> perSecond = new ArrayDeque<>();
        for (int i = 0; i < tenon.length; i++) {
            perSecond.add(tenon[i]);
            if (etcd.length > 0) {
                perSecond.add(etcd[i]);
            }
        }
        List<String> peers = etcd.length > 0 ? List.of("tenon", "etcd") : List.of("tenon");
        Turns turns = new Turns();
        turns.run(List.of(MANY.toString()), peers, tenon.length, (setting, peer) -> outcome(perSecond.remove()));
        return turns;
    }

    private static Outcome outcome(double perSecond) {
        Outcome outcome = Outcome.of((long) perSecond, 1_000_000_000);
        for (Figure figure : Figure.values()) {
            outcome = outcome.with(figure.key, 0.5);
        }
        return outcome;
    }
}
