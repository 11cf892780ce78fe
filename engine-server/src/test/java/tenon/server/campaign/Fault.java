package tenon.server.campaign;

import java.util.List;
import java.util.stream.Collectors;

/// What befalls the cluster. A member is meant by its number, or by [#LEADER]: whoever leads at that moment.
sealed interface Fault {
    int LEADER = 0;

    /// A direction between two hosts: members, the leader, or the host of the clients.
    record Route(int from, int to) {
        @Override
        public String toString() {
            return host(from) + "->" + host(to);
        }
    }

    /// SIGKILL, and a start some time later.
    ///
    /// @param losesPower whether its disk loses what was not synced
    record Kill(int member, boolean losesPower, int downMs) implements Fault {
        @Override
        public String toString() {
            return (losesPower ? "power cut of " : "kill ") + host(member) + ", down for " + downMs + " ms";
        }
    }

    /// The same for all members at once.
    record KillAll(boolean losesPower, int downMs) implements Fault {
        @Override
        public String toString() {
            return (losesPower ? "power cut of" : "kill") + " all, down for " + downMs + " ms";
        }
    }

    /// SIGSTOP, and SIGCONT some time later.
    record Pause(int member, int ms) implements Fault {
        @Override
        public String toString() {
            return "pause " + host(member) + " for " + ms + " ms";
        }
    }

    /// All members pause, one some time after the other, so that each one's clock is late by another time.
    record PauseInTurn(int shiftMs, int ms) implements Fault {
        @Override
        public String toString() {
            return "pause all for " + ms + " ms, each " + shiftMs + " ms after the one before";
        }
    }

    /// Weather on some links.
    record Storm(String name, List<Route> routes, Weather weather, int ms) implements Fault {
        @Override
        public String toString() {
            String where = routes.stream().map(Route::toString).collect(Collectors.joining(" "));
            return name + " (" + weather + ") on " + where + " for " + ms + " ms";
        }
    }

    /// No room on the disk.
    record DiskFull(int member, int ms) implements Fault {
        @Override
        public String toString() {
            return "disk of " + host(member) + " full for " + ms + " ms";
        }
    }

    /// Each sync takes so much longer.
    record DiskSlow(int member, int syncDelayMs, int ms) implements Fault {
        @Override
        public String toString() {
            return "syncs of " + host(member) + " slower by " + syncDelayMs + " ms for " + ms + " ms";
        }
    }

    /// From the sync of that number on, each one fails.
    record DiskFailing(int member, int firstSync, int ms) implements Fault {
        @Override
        public String toString() {
            return "syncs of " + host(member) + " fail from number " + firstSync + " on for " + ms + " ms";
        }
    }

    /// A member leaves the cluster, and a new one with an empty disk takes its place.
    record Replace(int member) implements Fault {
        @Override
        public String toString() {
            return "replace " + host(member);
        }
    }

    /// The past is forgotten, up to so many revisions before what all watches have seen.
    record Compact(int member, int revisionsKept, boolean isPhysical) implements Fault {
        @Override
        public String toString() {
            return "compact by " + host(member) + ", keeping " + revisionsKept + (isPhysical ? ", physically" : "");
        }
    }

    /// The store file is rewritten.
    record Defragment(int member) implements Fault {
        @Override
        public String toString() {
            return "defragment " + host(member);
        }
    }

    /// The leader hands over to the member so many places behind it.
    record MoveLeader(int placesOn) implements Fault {
        @Override
        public String toString() {
            return "move leader by " + placesOn;
        }
    }

    private static String host(int number) {
        return number == LEADER ? "leader" : number == PacketSwitch.CLIENTS ? "clients" : Member.nameOf(number);
    }
}
