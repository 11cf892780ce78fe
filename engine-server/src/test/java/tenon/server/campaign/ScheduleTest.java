package tenon.server.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

class ScheduleTest {
    private final long seed = Seeds.seed(getClass());

    @Test
    void shouldBeTheSameForTheSameSeed() {
        assertEquals(Schedule.of(seed, 3, 60), Schedule.of(seed, 3, 60));
        assertNotEquals(Schedule.of(seed, 3, 60), Schedule.of(seed + 1, 3, 60));
    }

    @Test
    void shouldHaveEachKindOfFaultAndAllMembersInAFewMinutes() {
        Schedule schedule = Schedule.of(seed, 5, 300);
        Set<String> kinds = new HashSet<>();
        Set<Integer> members = new HashSet<>();
        for (Schedule.Timed timed : schedule.faults()) {
            kinds.add(timed.fault() instanceof Fault.Storm storm ? storm.name() : timed.fault().getClass().getSimpleName());
            if (timed.fault() instanceof Fault.Kill kill) {
                members.add(kill.member());
            }
        }
        assertEquals(
                Set.of(
                        "Kill",
                        "KillAll",
                        "Pause",
                        "PauseInTurn",
                        "partition",
                        "leader alone",
                        "one way",
                        "mute",
                        "deaf",
                        "answers lost",
                        "late packets",
                        "lost packets",
                        "DiskFull",
                        "DiskSlow",
                        "DiskFailing",
                        "Replace",
                        "Compact",
                        "Defragment",
                        "MoveLeader"),
                kinds);
        assertTrue(members.size() >= 4, members::toString);
    }

    @Test
    void shouldCutInBothDirectionsAndKeepBothSidesWhole() {
        for (Schedule.Timed timed : Schedule.of(seed, 5, 300).faults()) {
            if (timed.fault() instanceof Fault.Storm storm && storm.name().equals("partition")) {
                List<Fault.Route> routes = storm.routes();
                routes.forEach(route -> assertTrue(routes.contains(new Fault.Route(route.to(), route.from()))));
                assertTrue(List.of(8, 12).contains(routes.size()), storm::toString);
            }
        }
    }

    @Test
    void shouldHaveOnlyTheFaultsAskedFor() {
        Schedule all = Schedule.of(seed, 3, 60);
        assertEquals(List.of(all.faults().get(0), all.faults().get(3)), all.only(List.of(1, 4)).faults());
    }
}
