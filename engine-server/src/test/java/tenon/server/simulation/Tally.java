package tenon.server.simulation;

import java.util.Arrays;
import java.util.Locale;

/// How often what happened, in one run or in many.
final class Tally {
    /// What is counted.
    enum Event {
        RUNS,
        MESSAGES_SENT,
        MESSAGES_LOST,
        MESSAGES_LOST_BY_PARTITION,
        MESSAGES_LOST_BY_ONE_WAY_CUT,
        MESSAGES_DELAYED,
        MESSAGES_DUPLICATED,
        MESSAGES_REORDERED,
        PARTITIONS,
        ONE_WAY_CUTS,
        CRASHES_AT_IO,
        POWER_CUTS,
        PROCESS_KILLS,
        OUTAGES,
        WRITES_DROPPED_IN_CRASH,
        WRITES_TORN_IN_CRASH,
        READIES_TORN,
        CRASHES_BETWEEN_MARK_AND_INSTALLATION,
        SLOW_DISKS,
        STALLED_DISKS,
        FULL_DISKS,
        STOPS_BY_FULL_DISK,
        IO_ERRORS,
        STOPS_BY_IO_ERROR,
        BITS_FLIPPED_IN_TAIL,
        BITS_FLIPPED_IN_MIDDLE,
        LOGS_REFUSED,
        MEMBERS_REPLACED,
        TORN_TAILS_CUT,
        UNEVEN_CLOCKS,
        PAUSES,
        CONF_CHANGES_PROPOSED,
        CONF_CHANGES_APPLIED,
        JOINT_CONFIGURATIONS,
        TRANSFERS,
        CAMPAIGNS,
        COUPS,
        COMPACTIONS,
        SNAPSHOTS_SENT,
        SNAPSHOTS_INSTALLED,
        RESTARTS,
        ELECTIONS_WON,
        WRITES_ACKNOWLEDGED,
        READS_ANSWERED,
        OPERATIONS_WITHOUT_ANSWER
    }

    private final long[] counts = new long[Event.values().length];
    private long recoveryTicksMax;
    private long agreementTicksMax;

    void count(Event event) {
        counts[event.ordinal()]++;
    }

    long of(Event event) {
        return counts[event.ordinal()];
    }

    /// How many ticks after the last fault something new was committed, and when all members had it.
    void onRecovered(long recoveryTicks, long agreementTicks) {
        recoveryTicksMax = Math.max(recoveryTicksMax, recoveryTicks);
        agreementTicksMax = Math.max(agreementTicksMax, agreementTicks);
    }

    void add(Tally other) {
        Arrays.setAll(counts, i -> counts[i] + other.counts[i]);
        onRecovered(other.recoveryTicksMax, other.agreementTicksMax);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Event event : Event.values()) {
            String name = event.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            text.append("%-42s %,15d%n".formatted(name, of(event)));
        }
        return text.append("most ticks to the first commit after the faults %d, to agreement %d"
                        .formatted(recoveryTicksMax, agreementTicksMax))
                .toString();
    }
}
