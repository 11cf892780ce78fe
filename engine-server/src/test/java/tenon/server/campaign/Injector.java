package tenon.server.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Lets the faults of a schedule happen, each in a thread of its own, and undoes them.
final class Injector {
    private final Cluster cluster;
    private final Operator operator;
    private final Journal journal;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    /// By kind of fault: how often it happened, and how often it could not.
    private final Map<String, int[]> tally = new TreeMap<>();

    Injector(Cluster cluster, Operator operator, Journal journal) {
        this.cluster = cluster;
        this.operator = operator;
        this.journal = journal;
    }

    /// Lets all of them happen.
    void run(Schedule schedule) {
        long startMs = journal.elapsedMs();
        for (Schedule.Timed timed : schedule.faults()) {
            pause(startMs + timed.atMs() - journal.elapsedMs());
            threads.add(Thread.ofPlatform().name("tenon-fault-" + timed.number()).start(() -> happen(timed)));
        }
    }

    /// Waits until all of them are over.
    void await() {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        synchronized (failures) {
            if (!failures.isEmpty()) {
                throw new IllegalStateException("a fault could not be made", failures.getFirst());
            }
        }
    }

    Map<String, int[]> tally() {
        return tally;
    }

    private void happen(Schedule.Timed timed) {
        journal.note("fault %s", timed.number() + ": " + timed.fault());
        try {
            boolean happened = carryOut(timed.fault());
            if (!happened) {
                journal.note("fault %d cannot be", timed.number());
            }
            synchronized (tally) {
                tally.computeIfAbsent(kind(timed.fault()), kind -> new int[2])[happened ? 0 : 1]++;
            }
        } catch (RuntimeException e) {
            synchronized (failures) {
                failures.add(e);
            }
        }
    }

    private static String kind(Fault fault) {
        return switch (fault) {
            case Fault.Kill kill -> kill.losesPower() ? "power cut" : "kill";
            case Fault.KillAll kill -> kill.losesPower() ? "power cut of all" : "kill all";
            case Fault.Storm storm -> storm.name();
            default -> fault.getClass()
                    .getSimpleName()
                    .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                    .toLowerCase(Locale.ROOT);
        };
    }

    private boolean carryOut(Fault fault) {
        return switch (fault) {
            case Fault.Kill kill -> on(kill.member(), member -> {
                kill(List.of(member), kill.losesPower(), kill.downMs());
                return true;
            });
            case Fault.KillAll kill -> {
                kill(cluster.members(), kill.losesPower(), kill.downMs());
                yield true;
            }
            case Fault.Pause pause -> onRunning(pause.member(), member -> pauseProcess(member, pause.ms()));
            case Fault.PauseInTurn turn -> {
                pauseInTurn(turn);
                yield true;
            }
            case Fault.Storm storm -> storm(storm);
            case Fault.DiskFull full -> onRunning(full.member(), member -> fillDisk(member, full.ms()));
            case Fault.DiskSlow slow -> onRunning(slow.member(), member ->
                    suffer(SyncTrouble.slow(member.processId(), slow.syncDelayMs()), slow.ms()));
            case Fault.DiskFailing failing -> onRunning(failing.member(), member -> {
                member.excuse(failing.ms());
                suffer(SyncTrouble.failing(member.processId(), failing.firstSync()), failing.ms());
            });
            case Fault.Replace replace -> operator.replace(cluster.member(replace.member()));
            case Fault.Compact compact -> operator.compact(
                    cluster.member(compact.member()), compact.revisionsKept(), compact.isPhysical());
            case Fault.Defragment defragment -> operator.defragment(cluster.member(defragment.member()));
            case Fault.MoveLeader move -> on(Fault.LEADER, leader -> operator.moveLeader(leader, move.placesOn()));
        };
    }

    /// @return whether there is such a member (there may be no leader), and it did what it was to do
    private boolean on(int number, Predicate<Member> action) {
        Member member = number == Fault.LEADER ? findLeader() : cluster.member(number);
        return member != null && action.test(member);
    }

    /// @return whether there is such a member, and it runs
    private boolean onRunning(int number, Consumer<Member> trouble) {
        return on(number, member -> {
            boolean isRunning = member.isRunning();
            if (isRunning) {
                trouble.accept(member);
            }
            return isRunning;
        });
    }

    /// Null if there is none.
    private Member findLeader() {
        Member leader = cluster.findLeader().orElse(null);
        if (leader != null) {
            journal.note("the leader is %s", leader.name);
        }
        return leader;
    }

    private static void kill(List<Member> members, boolean losesPower, int downMs) {
        members.forEach(Member::killAndHold);
        if (losesPower) {
            members.forEach(Member::cutPower);
        }
        pause(downMs);
        members.forEach(Member::release);
    }

    private static void pauseProcess(Member member, int ms) {
        long processId = member.processId();
        Kernel.signal(processId, Kernel.SIGSTOP);
        pause(ms);
        Kernel.signal(processId, Kernel.SIGCONT);
    }

    private void pauseInTurn(Fault.PauseInTurn turn) {
        List<Thread> pauses = new ArrayList<>();
        for (Member member : cluster.members()) {
            pauses.add(Thread.ofPlatform().name("tenon-pause").start(() -> {
                pause((long) member.number * turn.shiftMs());
                pauseProcess(member, turn.ms());
            }));
        }
        try {
            for (Thread each : pauses) {
                each.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean storm(Fault.Storm storm) {
        boolean isOnLeader =
                storm.routes().stream().anyMatch(route -> route.from() == Fault.LEADER || route.to() == Fault.LEADER);
        Member leader = isOnLeader ? findLeader() : null;
        if (isOnLeader && leader == null) {
            return false;
        }
        List<Link> links = storm.routes().stream()
                .map(route -> cluster.network.link(resolve(route.from(), leader), resolve(route.to(), leader)))
                .toList();
        links.forEach(link -> link.begin(storm.weather()));
        pause(storm.ms());
        links.forEach(link -> link.end(storm.weather()));
        return true;
    }

    private static int resolve(int host, Member leader) {
        return host == Fault.LEADER ? leader.number : host;
    }

    private static void suffer(SyncTrouble trouble, int ms) {
        pause(ms);
        trouble.end();
    }

    private static void fillDisk(Member member, int ms) {
        member.excuse(ms);
        member.volume.fill();
        pause(ms);
        member.volume.free();
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(Math.max(0, ms));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
