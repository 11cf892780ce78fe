package tenon.server.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import tenon.api.Message;
import tenon.server.simulation.Tally.Event;

/// Carries messages between members, and loses, delays, doubles and reorders them as long as somebody wants that.
final class Network {
    private static final int USUAL_MIN_UNITS = 3;
    private static final int USUAL_MAX_UNITS = 40;

    private final World world;
    private final RandomGenerator random;

    /// What is wrong now, by the fault that began it.
    private final Map<Fault, Trouble> troubles = new LinkedHashMap<>();

    // By link: the number of the last message that arrived.
    private final Map<Link, Long> lastArrived = new HashMap<>();
    private long lastNumber;

    /// What happens to messages on the way.
    sealed interface Trouble {}

    record Loss(int percent) implements Trouble {}

    record Delay(int moreUnits) implements Trouble {}

    record Duplication(int percent) implements Trouble {}

    /// The time on the way is anything up to this.
    record Reordering(int upToUnits) implements Trouble {}

    /// Nothing gets from one side to the other, or from inside to outside only.
    record Cut(Set<Long> inside, boolean oneWay) implements Trouble {
        boolean stops(long from, long to) {
            return inside.contains(from) && !inside.contains(to)
                    || !oneWay && inside.contains(to) && !inside.contains(from);
        }
    }

    /// What is sent to a leader takes longer, and each of the others hears it until some moment only. Its new entries get
    /// to nobody, so that any of them may be elected; among themselves they are quick.
    record Estrangement(long leaderId, int moreUnits, Map<Long, Long> heardUntilUnits) implements Trouble {
        boolean stops(Message message, long nowUnits) {
            boolean isNew = message instanceof Message.Append append && !append.entries().isEmpty();
            return message.from() == leaderId
                    && (isNew || nowUnits > heardUntilUnits.getOrDefault(message.to(), 0L));
        }
    }

    private record Link(long from, long to) {}

    /// A message on its way, with the state that goes along with a snapshot.
    private record Packet(Message message, StateMachine snapshot, long number, long senderLife) {}

    Network(World world, RandomGenerator random) {
        this.world = world;
        this.random = random;
    }

    void begin(Fault fault, Trouble trouble) {
        troubles.put(fault, trouble);
    }

    void end(Fault fault) {
        troubles.remove(fault);
    }

    void heal() {
        troubles.clear();
    }

    void send(Member sender, Message message, StateMachine snapshot) {
        world.laws.onSent(sender, message);
        world.tally.count(Event.MESSAGES_SENT);
        Packet packet = new Packet(message, snapshot, ++lastNumber, sender.life());
        int copies = 1;
        long units = USUAL_MIN_UNITS + random.nextInt(USUAL_MAX_UNITS - USUAL_MIN_UNITS);
        for (Trouble trouble : troubles.values()) {
            switch (trouble) {
                case Loss loss -> {
                    if (random.nextInt(100) < loss.percent) {
                        world.tally.count(Event.MESSAGES_LOST);
                        lose(packet, "loss");
                        return;
                    }
                }
                case Delay delay -> {
                    units += delay.moreUnits;
                    world.tally.count(Event.MESSAGES_DELAYED);
                }
                case Reordering reordering -> units = random.nextInt(reordering.upToUnits);
                // A proposal that comes twice is two proposals: transports must not double it.
                case Duplication duplication -> {
                    if (!(message instanceof Message.Forward) && random.nextInt(100) < duplication.percent) {
                        world.tally.count(Event.MESSAGES_DUPLICATED);
                        copies++;
                    }
                }
                case Estrangement estrangement -> {
                    if (message.to() == estrangement.leaderId) {
                        units += estrangement.moreUnits;
                        world.tally.count(Event.MESSAGES_DELAYED);
                    } else if (message.from() != estrangement.leaderId) {
                        units = USUAL_MIN_UNITS;
                    }
                }
                case Cut _ -> {}
            }
        }
        for (int copy = 0; copy < copies; copy++) {
            world.timeline.after(units + copy * (long) random.nextInt(300), () -> arrive(packet));
        }
    }

    private void arrive(Packet packet) {
        Message message = packet.message;
        for (Trouble trouble : troubles.values()) {
            if (trouble instanceof Estrangement estrangement
                    && estrangement.stops(message, world.timeline.nowUnits())) {
                world.tally.count(Event.MESSAGES_LOST_BY_ONE_WAY_CUT);
                lose(packet, "estranged");
                return;
            }
            if (trouble instanceof Cut cut && cut.stops(message.from(), message.to())) {
                world.tally.count(
                        cut.oneWay ? Event.MESSAGES_LOST_BY_ONE_WAY_CUT : Event.MESSAGES_LOST_BY_PARTITION);
                lose(packet, "cut");
                return;
            }
        }
        Member receiver = world.member(message.to());
        if (receiver == null || !receiver.isUp()) {
            lose(packet, "down");
            if (random.nextInt(3) == 0) {
                tellSender(packet, sender -> sender.onUnreachable(message.to()));
            }
            return;
        }
        Long before = lastArrived.merge(new Link(message.from(), message.to()), packet.number, Math::max);
        if (before > packet.number) {
            world.tally.count(Event.MESSAGES_REORDERED);
        }
        world.trace.note(receiver.id, Texts.name(message), () -> Texts.of(message));
        receiver.receive(message, packet.snapshot);
        if (message instanceof Message.InstallSnapshot) {
            tellSender(packet, sender -> sender.onSnapshotSent(message.to(), true));
        }
    }

    private void lose(Packet packet, String why) {
        Message message = packet.message;
        world.trace.note(message.to(), "lost", () -> why + ": " + Texts.name(message) + " " + Texts.of(message));
        if (message instanceof Message.InstallSnapshot) {
            world.timeline.after(
                    USUAL_MAX_UNITS, () -> tellSender(packet, sender -> sender.onSnapshotSent(message.to(), false)));
        }
    }

    private void tellSender(Packet packet, java.util.function.Consumer<Member> what) {
        Member sender = world.member(packet.message.from());
        if (sender.isUp() && sender.life() == packet.senderLife) {
            what.accept(sender);
        }
    }

    /// Some of the members, by chance.
    static Set<Long> side(Iterable<Long> ids, RandomGenerator random) {
        Set<Long> side = new HashSet<>();
        for (long id : ids) {
            if (random.nextBoolean()) {
                side.add(id);
            }
        }
        return side;
    }
}
