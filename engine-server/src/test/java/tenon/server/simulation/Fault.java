package tenon.server.simulation;

import java.util.Locale;

/// One thing that goes wrong, or that an operator does at a bad moment.
///
/// @param number its place in the schedule as it was made from the seed
/// @param atTick when it begins
/// @param nodeId where, if it is of one node; or [#WHOEVER_LEADS]
/// @param ticks how long it lasts, if it does
/// @param dice all else that is to be decided about it
record Fault(int number, Kind kind, int atTick, long nodeId, int ticks, long dice) {
    /// In place of a node.
    static final long WHOEVER_LEADS = 0;

    /// What it is.
    enum Kind {
        LOSS,
        DELAY,
        DUPLICATION,
        REORDERING,
        PARTITION,
        ONE_WAY_CUT,
        CRASH_AT_IO,
        CRASH_AT_INSTALLATION,
        POWER_CUT,
        KILL,
        OUTAGE,
        SLOW_DISK,
        STALLED_DISK,
        FULL_DISK,
        IO_ERROR,
        ROT_IN_TAIL,
        ROT_IN_MIDDLE,
        UNEVEN_CLOCK,
        PAUSE,
        CONF_CHANGE,
        TRANSFER,
        CAMPAIGN,
        COMPACTION,
        TORN_READY,
        COUP
    }

    Fault withNumber(int other) {
        return new Fault(other, kind, atTick, nodeId, ticks, dice);
    }

    @Override
    public String toString() {
        return "%3d: tick %3d %-21s %s for %d ticks"
                .formatted(number, atTick, kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        nodeId == WHOEVER_LEADS ? "leader" : "node " + nodeId, ticks);
    }
}
