package tenon.server.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tenon.testkit.Seeds;

/// Whole clusters, the real core on the real log, each from one seed. `-Dtenon.simulation.seeds=100000` makes a
/// campaign of it, and `-Dtenon.simulation.first=1` names the first of its seeds; `-Dtenon.seed=N` replays one and prints
/// its trace, and `-Dtenon.simulation.faults=3,7` with only these of its faults.
class SimulationTest {
    private static final int SEED_COUNT = Integer.getInteger("tenon.simulation.seeds", 1000);
    private static final Long FIRST = Long.getLong("tenon.simulation.first");
    private static final String SEED = "tenon.seed";

    @BeforeAll
    static void silenceTheLog() {
        Silence.begin();
    }

    @Test
    @DisabledIfSystemProperty(named = SEED, matches = ".*")
    void shouldKeepTheLawsWhateverGoesWrong() {
        long first = FIRST != null ? FIRST : Seeds.seed(SimulationTest.class);
        Tally tally = new Tally();
        for (int i = 0; i < SEED_COUNT; i++) {
            Simulation.Outcome outcome = Simulation.run(first + i);
            if (outcome.failure() != null) {
                throw new AssertionError(Replay.report(outcome), outcome.failure());
            }
            tally.add(outcome.tally());
        }
        System.out.println(tally);
        List<Tally.Event> never = Arrays.stream(Tally.Event.values())
                .filter(event -> tally.of(event) == 0)
                .toList();
        assertTrue(SEED_COUNT < 1000 || never.isEmpty(), "never happened: " + never);
    }

    @Test
    @EnabledIfSystemProperty(named = SEED, matches = ".*")
    void shouldReplayASeed() {
        Simulation.Outcome outcome =
                Replay.run(Long.getLong(SEED), System.getProperty("tenon.simulation.faults"));
        System.out.println(outcome.shape() + "\n" + outcome.schedule());
        outcome.trace().forEach(System.out::println);
        System.out.println("digest " + outcome.digest());
        if (outcome.failure() != null) {
            throw new AssertionError(Replay.report(outcome), outcome.failure());
        }
    }

    @Test
    void shouldReplayBitForBitAlsoInAnotherProcess() throws Exception {
        long seed = Seeds.seed(SimulationTest.class);
        Simulation.Outcome untraced = Simulation.run(seed);
        Simulation.Outcome traced = Replay.run(seed, null);
        assertEquals(untraced.digest(), traced.digest());
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        ClassFiles.classPath(),
                        Replay.class.getName(),
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = process.inputReader().lines().toList();
        assertEquals(0, process.waitFor());
        assertEquals(
                Stream.concat(traced.trace().stream(), Stream.of("digest " + traced.digest()))
                        .toList(),
                lines);
    }

    @Test
    void shouldLeaveTheOtherFaultsAsTheyAreWhenOneIsLeftOut() {
        Shape shape = Shape.of(Seeds.seed(SimulationTest.class));
        Schedule all = Schedule.of(shape);
        for (Fault fault : all.faults()) {
            Schedule rest = all.without(fault);
            assertEquals(rest, all.only(rest.faults().stream().map(Fault::number).toList()));
            assertEquals(all.faults().size() - 1, rest.faults().size());
        }
        if (Simulation.run(shape, new Schedule(List.of()), false).failure() != null) {
            fail("fails without any fault: " + shape);
        }
    }
}
