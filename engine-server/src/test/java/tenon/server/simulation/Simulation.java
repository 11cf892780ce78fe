package tenon.server.simulation;

import java.util.List;
import tenon.api.ConfState;

/// One run: a cluster from a seed, and the faults that happen to it.
final class Simulation {
    /// After the faults, the first commit takes no longer than so many election timeouts.
    static final int RECOVERY_TIMEOUTS_MAX = 60;

    /// And then all members agree after so many more.
    static final int AGREEMENT_TIMEOUTS_MAX = 60;

    private final Shape shape;
    private final Schedule schedule;
    private final World world;
    private final Operator operator;
    private final Injector injector;

    /// How it ended.
    ///
    /// @param failure null if all was well
    record Outcome(Shape shape, Schedule schedule, Tally tally, long digest, List<String> trace, Throwable failure) {}

    private Simulation(Shape shape, Schedule schedule, boolean isTraced) {
        this.shape = shape;
        this.schedule = schedule;
        world = new World(shape, isTraced);
        operator = new Operator(world);
        injector = new Injector(world, operator);
    }

    static Outcome run(long seed) {
        Shape shape = Shape.of(seed);
        return run(shape, Schedule.of(shape), false);
    }

    static Outcome run(Shape shape, Schedule schedule, boolean isTraced) {
        Simulation simulation = new Simulation(shape, schedule, isTraced);
        Throwable failure = null;
        try {
            simulation.run();
        } catch (RuntimeException | AssertionError e) {
            failure = e;
        }
        World world = simulation.world;
        return new Outcome(
                shape, schedule, world.tally, world.trace.digest(), world.trace.lines(), failure);
    }

    private void run() {
        world.tally.count(Tally.Event.RUNS);
        world.found();
        world.history.begin();
        operator.begin();
        injector.schedule(schedule);
        world.timeline.runUntil((long) Shape.FAULTY_TICKS * Timeline.TICK_UNITS);
        world.history.end();
        injector.heal();
        checkProgress();
        world.history.check();
    }

    /// Something new is committed, then everybody has it, both in time.
    private void checkProgress() {
        long probe = 0;
        long recoveryTicks = 0;
        long agreementTicks = 0;
        long mostTicks = (long) RECOVERY_TIMEOUTS_MAX * shape.electionTicks();
        while (true) {
            Member leader = world.findLeader();
            if (leader != null && leader.isUp() && probe == 0) {
                long id = world.history.newId();
                if (leader.propose(new StateMachine.Command(id, 0, StateMachine.Command.NOTHING))) {
                    probe = id;
                }
            }
            boolean isRecovered = probe > 0 && world.laws.isApplied(probe);
            if (isRecovered && leader != null && isEven(leader)) {
                world.tally.onRecovered(recoveryTicks, agreementTicks);
                return;
            }
            if (isRecovered) {
                agreementTicks++;
            } else {
                recoveryTicks++;
                probe = recoveryTicks % (2L * shape.electionTicks()) == 0 ? 0 : probe;
            }
            if (recoveryTicks > mostTicks
                    || agreementTicks > (long) AGREEMENT_TIMEOUTS_MAX * shape.electionTicks()) {
                throw new AssertionError("progress: after " + recoveryTicks + " ticks " + (isRecovered ? "a" : "no")
                        + " new commit, and " + agreementTicks + " ticks later no agreement: " + world.members());
            }
            if (leader != null && leader.isUp()) {
                operator.leaveJoint(leader);
            }
            world.timeline.runUntil(world.timeline.nowUnits() + Timeline.TICK_UNITS);
        }
    }

    private boolean isEven(Member leader) {
        ConfState conf = leader.state().confState();
        return conf.votersOutgoing().isEmpty()
                && !operator.isReplacing()
                && world.members().stream()
                        .filter(member -> conf.voters().contains(member.id)
                                || conf.learners().contains(member.id))
                        .allMatch(member -> member.isUp() && member.state().equals(leader.state()));
    }
}
