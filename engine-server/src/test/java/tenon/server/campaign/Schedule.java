package tenon.server.campaign;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// All faults of a campaign, made from its seed. They are dealt from a deck that has each kind, so that a campaign of a
/// minute meets them all.
record Schedule(List<Timed> faults) {
    private static final int FIRST_MS = 1500;
    private static final int GAP_MS_MIN = 200;
    private static final int GAP_MS_MAX = 2000;
    private static final int LONG_MS_MAX = 5000;
    private static final int CALM_AFTER_FAULTS = 12;
    private static final int CALM_MS = 4000;

    /// @param number from 1
    /// @param atMs since all members answered at first
    record Timed(int number, int atMs, Fault fault) {
        @Override
        public String toString() {
            return String.format("%4d. at %6d ms: %s", number, atMs, fault);
        }
    }

    private enum Card {
        KILL(4, 1),
        KILL_LEADER(2, 1),
        KILL_ALL(1, 1),
        POWER_CUT(3, 1),
        POWER_CUT_OF_ALL(1, 1),
        PAUSE(3, 1),
        PAUSE_OF_LEADER(2, 1),
        PAUSE_IN_TURN(1, 1),
        PARTITION(3, 2),
        LEADER_ALONE(1, 2),
        ONE_WAY(3, 2),
        MUTE(1, 2),
        DEAF(1, 2),
        ANSWERS_LOST(2, 1),
        LATE(3, 2),
        LOSS(3, 2),
        DISK_FULL(2, 1),
        DISK_SLOW(2, 1),
        DISK_FAILING(2, 1),
        REPLACE(2, 2),
        COMPACT(5, 1),
        DEFRAGMENT(3, 1),
        MOVE_LEADER(3, 2);

        /// How many of it are in the deck.
        final int count;

        /// It makes no sense for fewer members.
        final int memberCountMin;

        Card(int count, int memberCountMin) {
            this.count = count;
            this.memberCountMin = memberCountMin;
        }

        static List<Card> deck(int memberCount, Random random) {
            List<Card> deck = Arrays.stream(values())
                    .filter(card -> card.memberCountMin <= memberCount)
                    .flatMap(card -> Collections.nCopies(card.count, card).stream())
                    .collect(Collectors.toCollection(ArrayList::new));
            Collections.shuffle(deck, random);
            return deck;
        }
    }

    static Schedule of(long seed, int memberCount, int seconds) {
        var random = new Random(seed);
        List<Timed> faults = new ArrayList<>();
        List<Card> deck = List.of();
        int atMs = FIRST_MS;
        while (atMs < seconds * 1000) {
            if (deck.isEmpty()) {
                deck = Card.deck(memberCount, random);
            }
            faults.add(new Timed(faults.size() + 1, atMs, new Hand(random, memberCount).play(deck.removeLast())));
            atMs += GAP_MS_MIN + random.nextInt(GAP_MS_MAX - GAP_MS_MIN);
            atMs += faults.size() % CALM_AFTER_FAULTS == 0 ? CALM_MS : 0;
        }
        return new Schedule(List.copyOf(faults));
    }

    /// Only the faults of these numbers.
    Schedule only(List<Integer> numbers) {
        return new Schedule(
                faults.stream().filter(timed -> numbers.contains(timed.number)).toList());
    }

    @Override
    public String toString() {
        return faults.stream().map(Timed::toString).collect(Collectors.joining("\n"));
    }

    /// Makes a fault of a card.
    private record Hand(Random random, int memberCount) {
        Fault play(Card card) {
            return switch (card) {
                case KILL -> new Fault.Kill(member(), false, downMs());
                case KILL_LEADER -> new Fault.Kill(Fault.LEADER, false, downMs());
                case KILL_ALL -> new Fault.KillAll(false, shortMs());
                case POWER_CUT -> new Fault.Kill(member(), true, downMs());
                case POWER_CUT_OF_ALL -> new Fault.KillAll(true, shortMs());
                case PAUSE -> new Fault.Pause(member(), longMs());
                case PAUSE_OF_LEADER -> new Fault.Pause(Fault.LEADER, longMs());
                case PAUSE_IN_TURN -> new Fault.PauseInTurn(100 + random.nextInt(900), 500 + random.nextInt(1500));
                case PARTITION -> new Fault.Storm("partition", partition(), Weather.CUT, longMs());
                case LEADER_ALONE -> new Fault.Storm(
                        "leader alone", both(from(Fault.LEADER)), Weather.CUT, longMs());
                case ONE_WAY -> new Fault.Storm("one way", List.of(pair()), Weather.CUT, longMs());
                case MUTE -> new Fault.Storm("mute", from(leaderOrMember()), Weather.CUT, longMs());
                case DEAF -> new Fault.Storm("deaf", back(from(leaderOrMember())), Weather.CUT, longMs());
                case ANSWERS_LOST -> new Fault.Storm(
                        "answers lost",
                        List.of(new Fault.Route(leaderOrMember(), PacketSwitch.CLIENTS)),
                        Weather.CUT,
                        longMs());
                case LATE -> new Fault.Storm("late packets", somewhere(), late(), longMs());
                case LOSS -> new Fault.Storm(
                        "lost packets", somewhere(), Weather.loss(0.02 + 0.3 * random.nextDouble()), longMs());
                case DISK_FULL -> new Fault.DiskFull(leaderOrMember(), longMs());
                case DISK_SLOW -> new Fault.DiskSlow(leaderOrMember(), 20 + random.nextInt(600), longMs());
                case DISK_FAILING -> new Fault.DiskFailing(leaderOrMember(), 1 + random.nextInt(30), longMs());
                case REPLACE -> new Fault.Replace(member());
                case COMPACT -> new Fault.Compact(member(), 1 + random.nextInt(300), random.nextBoolean());
                case DEFRAGMENT -> new Fault.Defragment(member());
                case MOVE_LEADER -> new Fault.MoveLeader(1 + random.nextInt(memberCount - 1));
            };
        }

        private int member() {
            return 1 + random.nextInt(memberCount);
        }

        private int leaderOrMember() {
            return random.nextInt(3) == 0 ? Fault.LEADER : member();
        }

        private int shortMs() {
            return random.nextInt(1500);
        }

        /// Mostly short, sometimes long enough for the others to leave it far behind.
        private int downMs() {
            return random.nextInt(4) == 0 ? 2 * longMs() : shortMs();
        }

        private int longMs() {
            return 200 + random.nextInt(LONG_MS_MAX - 200);
        }

        private Weather late() {
            return Weather.delay(random.nextInt(200), random.nextInt(300), random.nextInt(3) == 0 ? 0.1 : 0);
        }

        private Fault.Route pair() {
            int from = member();
            int to = 1 + (from + random.nextInt(memberCount - 1)) % memberCount;
            return new Fault.Route(from, to);
        }

        /// From one member to all others.
        private List<Fault.Route> from(int member) {
            return IntStream.rangeClosed(1, memberCount)
                    .filter(other -> other != member)
                    .mapToObj(other -> new Fault.Route(member, other))
                    .toList();
        }

        private static List<Fault.Route> back(List<Fault.Route> routes) {
            return routes.stream().map(route -> new Fault.Route(route.to(), route.from())).toList();
        }

        private static List<Fault.Route> both(List<Fault.Route> routes) {
            List<Fault.Route> both = new ArrayList<>(routes);
            both.addAll(back(routes));
            return both;
        }

        private List<Fault.Route> partition() {
            List<Integer> shuffled =
                    new ArrayList<>(IntStream.rangeClosed(1, memberCount).boxed().toList());
            Collections.shuffle(shuffled, random);
            int sizeOfFirst = 1 + random.nextInt(memberCount - 1);
            List<Fault.Route> routes = new ArrayList<>();
            for (int from : shuffled.subList(0, sizeOfFirst)) {
                for (int to : shuffled.subList(sizeOfFirst, memberCount)) {
                    routes.add(new Fault.Route(from, to));
                }
            }
            return both(routes);
        }

        /// One link, one member's links, or all, those of the clients too.
        private List<Fault.Route> somewhere() {
            return switch (random.nextInt(4)) {
                case 0 -> List.of(pair());
                case 1 -> both(from(leaderOrMember()));
                case 2 -> both(from(PacketSwitch.CLIENTS));
                default -> IntStream.rangeClosed(1, memberCount)
                        .boxed()
                        .flatMap(member -> from(member).stream())
                        .toList();
            };
        }
    }
}
