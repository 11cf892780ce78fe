package tenon.server.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
        Member leader = world.findLeader();
        Member member = fault.nodeId() == Fault.WHOEVER_LEADS ? leader : world.member(fault.nodeId());
        if (member == null) {
            return;
        }
        long units = (long) fault.ticks() * Timeline.TICK_UNITS;
        switch (fault.kind()) {
            case LOSS -> onNetwork(fault, new Network.Loss(5 + random.nextInt(40)));
            case DELAY -> onNetwork(fault, new Network.Delay(50 + random.nextInt(500)));
            case DUPLICATION -> onNetwork(fault, new Network.Duplication(10 + random.nextInt(60)));
            case REORDERING -> onNetwork(fault, new Network.Reordering(100 + random.nextInt(1200)));
            case PARTITION -> {
                world.tally.count(Event.PARTITIONS);
                boolean isolates = random.nextInt(3) > 0;
                Set<Long> side = isolates ? Set.of(member.id) : Network.side(world.ids(), random);
                onNetwork(fault, new Network.Cut(side, false));
            }
            case ONE_WAY_CUT -> {
                world.tally.count(Event.ONE_WAY_CUTS);
                int dice = random.nextInt(3);
                Set<Long> side = dice == 0 ? Set.of(member.id) : dice == 1 ? others(member) : Network.side(world.ids(), random);
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
            case CAMPAIGN -> {
                for (Member each : world.members()) {
                    if (each == member || random.nextInt(4) == 0) {
                        world.tally.count(Event.CAMPAIGNS);
                        each.campaign();
                    }
                }
            }
            case CONF_CHANGE -> operator.changeAnything(random);
            case TRANSFER -> {
                operator.transfer(random);
                if (leader != null && random.nextInt(3) == 0) {
                    deafen(fault, leader);
                }
            }
            case OUTAGE -> outage(fault, member, random);
            case COMPACTION -> member.checkpoint();
            case TORN_READY -> tearReady(fault, member, random);
            case COUP -> coup(fault, member, random);
            default -> beginAtMember(fault, member, units, random);
        }
    }

    /// What stops a member or its disk.
    private void beginAtMember(Fault fault, Member member, long units, RandomGenerator random) {
        if (!member.isUp()) {
            return;
        }
        long downUnits = random.nextBoolean() ? random.nextInt(Timeline.TICK_UNITS) : units;
        switch (fault.kind()) {
            case CRASH_AT_IO -> member.disk.failAfter(random.nextInt(random.nextBoolean() ? 3 : 25), tenon.testkit.Fault.POWER_CUT);
            case CRASH_AT_INSTALLATION -> member.disk.failInstallationAfter(random.nextInt(6));
            case IO_ERROR -> {
                world.tally.count(Event.IO_ERRORS);
                member.disk.failAfter(random.nextInt(25), tenon.testkit.Fault.IO_ERROR_PARTIAL);
            }
            case POWER_CUT -> {
                world.tally.count(Event.POWER_CUTS);
                member.cutPower();
                member.restartAfter(downUnits);
            }
            case KILL -> {
                world.tally.count(Event.PROCESS_KILLS);
                member.kill();
                member.restartAfter(downUnits);
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
                    member.restartAfter(downUnits);
                }
            }
            default -> throw new IllegalStateException(fault.toString());
        }
    }

    /// Most lose their power at once, and are soon back; one of them may then want to lead.
    private void outage(Fault fault, Member spared, RandomGenerator random) {
        world.tally.count(Event.OUTAGES);
        boolean all = random.nextInt(3) == 0;
        for (Member each : world.members()) {
            if (all || each != spared) {
                each.cutPower();
                each.restartAfter(random.nextInt(Timeline.TICK_UNITS));
            }
        }
        if (random.nextBoolean()) {
            deafen(fault, spared);
        }
        if (random.nextBoolean()) {
            List<Member> members = List.copyOf(world.members());
            Member candidate = members.get(random.nextInt(members.size()));
            world.timeline.after(2 * Timeline.TICK_UNITS, candidate::campaign);
        }
    }

    /// It misses changes of the configuration, loses its power while it stores them, and wants to lead when it is back.
    private void tearReady(Fault fault, Member member, RandomGenerator random) {
        onNetwork(fault, new Network.Cut(Set.of(member.id), false));
        member.disk.tearChanges();
        long endUnits = (long) fault.ticks() * Timeline.TICK_UNITS;
        for (int i = 0; i < 4; i++) {
            long seed = random.nextLong();
            world.timeline.after(
                    endUnits * i / 4, () -> unlessHealed(() -> operator.changeAnything(Seeds.from(seed))));
        }
    }

    /// The answers to the leader come late, one after the other stops hearing it, those who heard it last may restart,
    /// and another wants to take its place, or was told to by the leader. Who counts on a promise that was not given, or is not kept, reads what is old.
    private void coup(Fault fault, Member leader, RandomGenerator random) {
        world.tally.count(Event.COUPS);
        long nowUnits = world.timeline.nowUnits();
        int timeoutUnits = world.shape.electionTicks() * Timeline.TICK_UNITS;
        List<Member> others = world.members().stream()
                .filter(member -> member != leader)
                .toList();
        Member challenger = others.get(random.nextInt(others.size()));
        if (random.nextInt(3) == 0 && leader.transferTo(challenger.id)) {
            world.tally.count(Event.TRANSFERS);
        }
        if (random.nextBoolean()) {
            others.forEach(other -> other.pace.slowDown(0));
            atEnd(fault, () -> others.forEach(other -> other.pace.slowDown(1)));
        }
        boolean hearsLast = random.nextInt(3) == 0;
        boolean restart = random.nextBoolean();
        Map<Long, Long> heardUntilUnits = new HashMap<>();
        for (Member other : others) {
            boolean isLate = other == challenger ? hearsLast : !hearsLast || random.nextBoolean();
            long units = isLate ? timeoutUnits / 2 + random.nextInt(timeoutUnits) : random.nextInt(Timeline.TICK_UNITS);
            heardUntilUnits.put(other.id, nowUnits + units);
            if (restart && isLate && other != challenger) {
                world.timeline.after(units + random.nextInt(2 * Timeline.TICK_UNITS), () -> unlessHealed(() -> {
                    other.kill();
                    other.restartAfter(random.nextInt(Timeline.TICK_UNITS / 2));
                }));
            }
        }
        int moreUnits = random.nextBoolean() ? 0 : random.nextInt(timeoutUnits);
        onNetwork(fault, new Network.Estrangement(leader.id, moreUnits, heardUntilUnits));
        for (int quarter = 0; quarter < 4 * fault.ticks(); quarter++) {
            world.timeline.after(quarter * (long) Timeline.TICK_UNITS / 4, () -> unlessHealed(() -> {
                boolean wants = world.timeline.nowUnits() >= nowUnits + timeoutUnits && random.nextInt(4) == 0;
                if (wants && world.findLeader() == leader) {
                    challenger.campaign();
                }
                if (leader.leads()) {
                    world.history.spy(leader);
                }
            }));
        }
    }

    private void unlessHealed(Runnable action) {
        if (!isHealed) {
            action.run();
        }
    }

    /// It speaks, but does not hear.
    private void deafen(Fault fault, Member member) {
        world.tally.count(Event.ONE_WAY_CUTS);
        onNetwork(fault, new Network.Cut(others(member), true));
    }

    private Set<Long> others(Member member) {
        Set<Long> others = new HashSet<>(world.ids());
        others.remove(member.id);
        return others;
    }

    private void onNetwork(Fault fault, Network.Trouble trouble) {
        world.network.begin(fault, trouble);
        atEnd(fault, () -> world.network.end(fault));
    }

    private void atEnd(Fault fault, Runnable action) {
        world.timeline.after((long) fault.ticks() * Timeline.TICK_UNITS, () -> unlessHealed(action));
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
