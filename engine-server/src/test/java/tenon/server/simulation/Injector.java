package tenon.server.simulation;

import java.util.Set;
import java.util.random.RandomGenerator;
import tenon.server.simulation.Tally.Event;
import tenon.testkit.Seeds;

/// Lets the faults of a schedule begin and end.
final class Injector {
    private static final long ROOMY_BYTES = 1L << 40;

    private final World world;
    private final Operator operator;
    private boolean isHealed;

    Injector(World world, Operator operator) {
        this.world = world;
        this.operator = operator;
    }

    void schedule(Schedule schedule) {
        for (Fault fault : schedule.faults()) {
            world.timeline.at((long) fault.atTick() * Timeline.TICK_UNITS, () -> begin(fault));
        }
    }

    private void begin(Fault fault) {
        world.trace.note(0, "fault", fault::toString);
        RandomGenerator random = Seeds.from(fault.dice());
        Member member = world.member(fault.nodeId());
        long units = (long) fault.ticks() * Timeline.TICK_UNITS;
        switch (fault.kind()) {
            case LOSS -> onNetwork(fault, new Network.Loss(5 + random.nextInt(40)));
            case DELAY -> onNetwork(fault, new Network.Delay(50 + random.nextInt(500)));
            case DUPLICATION -> onNetwork(fault, new Network.Duplication(10 + random.nextInt(60)));
            case REORDERING -> onNetwork(fault, new Network.Reordering(100 + random.nextInt(1200)));
            case PARTITION -> {
                world.tally.count(Event.PARTITIONS);
                onNetwork(fault, new Network.Cut(Network.side(world.ids(), random), false));
            }
            case ONE_WAY_CUT -> {
                world.tally.count(Event.ONE_WAY_CUTS);
                Set<Long> side = random.nextBoolean() ? Set.of(member.id) : Network.side(world.ids(), random);
                onNetwork(fault, new Network.Cut(side, true));
            }
            case UNEVEN_CLOCK -> {
                world.tally.count(Event.UNEVEN_CLOCKS);
                member.setRate(20 + random.nextInt(380));
                atEnd(fault, member::setUsualRate);
            }
            case PAUSE -> {
                world.tally.count(Event.PAUSES);
                member.pauseUntil(world.timeline.nowUnits() + units);
            }
            case CONF_CHANGE -> operator.changeAnything(random);
            case TRANSFER -> operator.transfer(random);
            case COMPACTION -> member.checkpoint();
            default -> beginAtMember(fault, member, units, random);
        }
    }

    /// What stops a member or its disk.
    private void beginAtMember(Fault fault, Member member, long units, RandomGenerator random) {
        if (!member.isUp()) {
            return;
        }
        switch (fault.kind()) {
            case CRASH_AT_IO -> member.disk.failAfter(random.nextInt(25), tenon.testkit.Fault.POWER_CUT);
            case CRASH_AT_INSTALLATION -> member.disk.failInstallationAfter(random.nextInt(6));
            case IO_ERROR -> {
                world.tally.count(Event.IO_ERRORS);
                member.disk.failAfter(random.nextInt(25), tenon.testkit.Fault.IO_ERROR_PARTIAL);
            }
            case POWER_CUT -> {
                world.tally.count(Event.POWER_CUTS);
                member.cutPower();
                member.restartAfter(units);
            }
            case KILL -> {
                world.tally.count(Event.PROCESS_KILLS);
                member.kill();
                member.restartAfter(units);
            }
            case SLOW_DISK -> {
                world.tally.count(Event.SLOW_DISKS);
                member.pace.slowDown(5 + random.nextInt(60));
                atEnd(fault, () -> member.pace.slowDown(1));
            }
            case STALLED_DISK -> {
                world.tally.count(Event.STALLED_DISKS);
                member.pace.stallUntil(world.timeline.nowUnits() + units);
            }
            case FULL_DISK -> {
                world.tally.count(Event.FULL_DISKS);
                member.disk.fill(random.nextInt(2000));
                atEnd(fault, () -> member.disk.files.setCapacityBytes(ROOMY_BYTES));
            }
            case ROT_IN_TAIL, ROT_IN_MIDDLE -> {
                if (operator.canSpare(member)) {
                    boolean inTail = fault.kind() == Fault.Kind.ROT_IN_TAIL;
                    world.tally.count(inTail ? Event.BITS_FLIPPED_IN_TAIL : Event.BITS_FLIPPED_IN_MIDDLE);
                    member.rot(inTail);
                    member.restartAfter(units);
                }
            }
            default -> throw new IllegalStateException(fault.toString());
        }
    }

    private void onNetwork(Fault fault, Network.Trouble trouble) {
        world.network.begin(fault, trouble);
        atEnd(fault, () -> world.network.end(fault));
    }

    private void atEnd(Fault fault, Runnable action) {
        world.timeline.after((long) fault.ticks() * Timeline.TICK_UNITS, () -> {
            if (!isHealed) {
                action.run();
            }
        });
    }

    /// All faults end now, and everybody is up.
    void heal() {
        isHealed = true;
        world.network.heal();
        for (Member member : world.members()) {
            member.setRate(100);
            member.pauseUntil(0);
            member.pace.slowDown(1);
            member.pace.stallUntil(0);
            member.disk.heal();
            member.restart();
        }
        world.trace.note(0, "healed");
    }
}
