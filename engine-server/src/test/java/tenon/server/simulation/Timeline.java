package tenon.server.simulation;

import java.util.PriorityQueue;

/// Virtual time and what is to happen in it. Of two things due at one moment, the one asked for first goes first.
final class Timeline {
    /// One tick of an even clock.
    static final int TICK_UNITS = 100;

    private final PriorityQueue<Due> dues = new PriorityQueue<>();
    private long nowUnits;
    private long lastNumber;

    private record Due(long atUnits, long number, Runnable action) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(atUnits, other.atUnits);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    long nowUnits() {
        return nowUnits;
    }

    void at(long units, Runnable action) {
        dues.add(new Due(Math.max(units, nowUnits), ++lastNumber, action));
    }

    void after(long units, Runnable action) {
        at(nowUnits + units, action);
    }

    void runUntil(long units) {
        while (!dues.isEmpty() && dues.peek().atUnits <= units) {
            Due due = dues.remove();
            nowUnits = due.atUnits;
            due.action.run();
        }
        nowUnits = Math.max(nowUnits, units);
    }
}
