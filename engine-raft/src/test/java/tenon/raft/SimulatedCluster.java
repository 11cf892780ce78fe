package tenon.raft;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import tenon.api.ConfChange;
import tenon.api.ConfState;
import tenon.api.Message;
import tenon.api.MisuseException;
import tenon.api.ProposalDroppedException;

/// Nodes, their network and all that goes wrong, from one generator. Every step is written into a trace.
final class SimulatedCluster {
    /// What may happen beside the usual.
    enum Fault {
        LOSS,
        DUPLICATION,
        PARTITION,
        CRASH
    }

    final ClusterLaws laws = new ClusterLaws();
    private final RandomGenerator random;
    private final Set<Fault> faults;
    private final boolean reconfiguring;
    private final boolean evenTicks;

    /// Some worlds are calm and some are not.
    private final int tickPermille;
    private final int failPermille;
    private final Map<Long, SimulatedMember> members = new LinkedHashMap<>();
    private final List<Packet> network = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();

    /// Who is on the other side of a partition.
    private final Set<Long> apart = new HashSet<>();
    private int nextProposal;
    private long nextRead = 1;

    /// A message under way, with the state that goes along with a snapshot.
    private record Packet(Message message, StateMachine snapshot) {}

    /// @param founders how many nodes vote from the start
    SimulatedCluster(
            RandomGenerator random, int founders, int nodes, RaftOptions.Builder[] options, Set<Fault> faults) {
        this.random = random;
        this.faults = faults;
        tickPermille = 50 + random.nextInt(250);
        failPermille = random.nextInt(25);
        evenTicks = options[0].build().readMode == ReadMode.LEASE;
        reconfiguring = nodes > founders;
        RecoveredState founded = RecoveredState.founding(
                LongStream.rangeClosed(1, founders).mapToObj(SimulatedCluster::adding).toList());
        RecoveredState joining = RecoveredState.joining();
        for (long id = 1; id <= nodes; id++) {
            members.put(
                    id, new SimulatedMember(options[(int) id - 1].build(), id <= founders ? founded : joining, laws));
        }
    }

    private static ConfChange adding(long voter) {
        return new ConfChange(
                ConfChange.Transition.AUTO,
                List.of(new ConfChange.Step(ConfChange.StepType.ADD_VOTER, voter)),
                new byte[0]);
    }

    List<String> trace() {
        return trace;
    }

    private void note(String what) {
        trace.add(what);
    }

    private SimulatedMember anyMember() {
        return members.get(1L + random.nextInt(members.size()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private boolean may(Fault fault) {
        return faults.contains(fault);
    }

    // --- Faulty times

    /// One thing happens somewhere.
    void faultyStep() {
        SimulatedMember member = anyMember();
        if (!member.isUp()) {
            if (chance(10)) {
                note("restart " + member.id);
                member.restart();
            }
            return;
        }
        if (random.nextInt(1000) < failPermille) {
            fail(member);
            return;
        }
        int dice = random.nextInt(1000);
        if (evenTicks && dice < tickPermille && !chance(100 / members.size())) {
            return;
        }
        if (dice < tickPermille) {
            tick(member);
        } else if (dice < 500) {
            deliverAny();
        } else if (dice < 650) {
            send(member.takeReady());
        } else if (dice < 750) {
            note("store at " + member.id);
            send(member.store(1 + random.nextInt(3)));
        } else if (dice < 830) {
            member.apply(1 + random.nextInt(5));
        } else if (dice < 930) {
            propose(member);
        } else {
            rareStep(member, dice);
        }
    }

    /// Leases trust that all ticks are equally long.
    private void tick(SimulatedMember member) {
        note(evenTicks ? "tick" : "tick " + member.id);
        for (SimulatedMember each : evenTicks ? members.values() : List.of(member)) {
            if (each.isUp()) {
                each.node.tick();
            }
        }
    }

    private void rareStep(SimulatedMember member, int dice) {
        if (dice < 950) {
            read(member);
        } else if (dice < 965) {
            member.commit();
        } else if (dice < 973) {
            note("compact " + member.id);
            member.compact();
        } else if (dice < 978) {
            transfer(member);
        } else if (dice < 988) {
            reconfigure(member);
        }
    }

    private void fail(SimulatedMember member) {
        int dice = random.nextInt(10);
        if (dice < 4 && may(Fault.CRASH)) {
            note("crash " + member);
            member.crash(random.nextInt(3));
        } else if (dice < 7 && may(Fault.PARTITION)) {
            divide();
        } else if (dice < 9) {
            apart.clear();
            note("united");
        } else if (may(Fault.LOSS)) {
            member.node.onUnreachable(anyMember().id);
        }
    }

    private void divide() {
        apart.clear();
        for (SimulatedMember member : members.values()) {
            if (random.nextBoolean()) {
                apart.add(member.id);
            }
        }
        note("apart " + apart);
    }

    private void deliverAny() {
        if (network.isEmpty()) {
            return;
        }
        // Mostly one of the oldest, so that the network gets somewhere.
        int index = random.nextInt(chance(80) ? Math.min(4, network.size()) : network.size());
        Packet packet = network.remove(index);
        boolean divided = apart.contains(packet.message().from()) != apart.contains(packet.message().to());
        if (divided || may(Fault.LOSS) && chance(8)) {
            lose(packet);
            return;
        }
        // A proposal that comes twice is two proposals: transports must not double it.
        boolean doubles = !(packet.message() instanceof Message.Forward);
        if (doubles && may(Fault.DUPLICATION) && chance(5)) {
            network.add(packet);
        }
        deliver(packet);
    }

    private void lose(Packet packet) {
        note("lost " + packet.message());
        SimulatedMember sender = members.get(packet.message().from());
        if (packet.message() instanceof Message.InstallSnapshot && sender.isUp()) {
            sender.node.onSnapshotSent(packet.message().to(), false);
        }
    }

    private void deliver(Packet packet) {
        SimulatedMember receiver = members.get(packet.message().to());
        if (!receiver.isUp()) {
            lose(packet);
            return;
        }
        note("deliver " + packet.message());
        receiver.receive(packet.message(), packet.snapshot());
        SimulatedMember sender = members.get(packet.message().from());
        if (packet.message() instanceof Message.InstallSnapshot && sender.isUp()) {
            sender.node.onSnapshotSent(packet.message().to(), true);
        }
    }

    private void send(List<Message> messages) {
        for (Message message : messages) {
            laws.onSent(message);
            if (message instanceof Message.InstallSnapshot wanted) {
                SimulatedMember sender = members.get(message.from());
                network.add(new Packet(sender.fill(wanted), sender.state()));
            } else {
                network.add(new Packet(message, null));
            }
        }
    }

    /// @return the number of the last proposal
    private int propose(SimulatedMember member) {
        List<byte[]> batch = new ArrayList<>();
        int first = nextProposal + 1;
        for (int i = random.nextInt(3); i >= 0; i--) {
            batch.add(ClusterLaws.proposal(++nextProposal, random.nextInt(40)));
        }
        try {
            member.node.propose(batch);
            note("propose " + first + " to " + nextProposal + " at " + member.id);
        } catch (ProposalDroppedException dropped) {
            for (int id = first; id <= nextProposal; id++) {
                laws.onDropped(id);
            }
        }
        return nextProposal;
    }

    private void read(SimulatedMember member) {
        try {
            member.expectRead(nextRead);
            member.node.readIndex(nextRead++);
        } catch (ProposalDroppedException dropped) {
            note("read dropped at " + member.id);
        }
    }

    private void transfer(SimulatedMember member) {
        try {
            long target = anyMember().id;
            member.node.transferLeadership(target);
            note("transfer to " + target);
        } catch (ProposalDroppedException | MisuseException refused) {
            note("no transfer at " + member.id);
        }
    }

    private void reconfigure(SimulatedMember member) {
        if (!reconfiguring) {
            return;
        }
        List<ConfChange.Step> steps = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            ConfChange.StepType[] types = ConfChange.StepType.values();
            steps.add(new ConfChange.Step(types[random.nextInt(types.length)], anyMember().id));
        }
        ConfChange.Transition[] transitions = ConfChange.Transition.values();
        ConfChange change = new ConfChange(
                transitions[random.nextInt(transitions.length)], chance(20) ? List.of() : steps, new byte[0]);
        try {
            member.node.proposeConfChange(change);
            note("change at " + member.id + ": " + change.transition() + " " + change.steps());
        } catch (ProposalDroppedException | MisuseException refused) {
            note("no change at " + member.id);
        }
    }

    // --- Good times

    /// No more faults: everybody is up and works at an even pace.
    void heal() {
        note("healed");
        apart.clear();
        for (SimulatedMember member : members.values()) {
            if (!member.isUp()) {
                member.restart();
            }
        }
    }

    private void goodRound() {
        for (SimulatedMember member : members.values()) {
            member.node.tick();
        }
        for (int i = 0; i < 4; i++) {
            for (SimulatedMember member : members.values()) {
                send(member.takeReady());
                send(member.store(Integer.MAX_VALUE));
                member.apply(Integer.MAX_VALUE);
            }
            List<Packet> arriving = List.copyOf(network);
            network.clear();
            arriving.forEach(this::deliver);
        }
    }

    /// What is proposed now is applied by all members within so many rounds, and they all agree.
    void checkProgress(int rounds) {
        int proposal = 0;
        for (int round = 0; round < rounds; round++) {
            goodRound();
            SimulatedMember leader =
                    members.values().stream().filter(SimulatedMember::leads).findFirst().orElse(null);
            if (leader == null) {
                continue;
            }
            if (leader.state().confState().votersOutgoing().isEmpty() && proposal > 0 && laws.isApplied(proposal)
                    && isEven(leader)) {
                return;
            }
            if (!leader.state().confState().votersOutgoing().isEmpty()) {
                leaveJoint(leader);
            }
            if (proposal == 0 || !laws.isApplied(proposal) && round % 50 == 0) {
                proposal = propose(leader);
            }
        }
        StringBuilder all = new StringBuilder("no progress within " + rounds + " rounds:");
        members.values().forEach(member -> all.append("\n  ").append(member));
        throw new AssertionError(all);
    }

    private void leaveJoint(SimulatedMember leader) {
        try {
            leader.node.proposeConfChange(new ConfChange(ConfChange.Transition.AUTO, List.of(), new byte[0]));
        } catch (ProposalDroppedException pending) {
            note("cannot leave yet");
        }
    }

    private boolean isEven(SimulatedMember leader) {
        ConfState conf = leader.state().confState();
        return members.values().stream()
                .filter(member -> conf.voters().contains(member.id) || conf.learners().contains(member.id))
                .allMatch(member -> member.state().equals(leader.state()));
    }

    int answeredReadCount() {
        return members.values().stream().mapToInt(SimulatedMember::answeredReadCount).sum();
    }

    @Override
    public String toString() {
        return members.values().toString();
    }
}
