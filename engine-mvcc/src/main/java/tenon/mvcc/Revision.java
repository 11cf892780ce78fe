package tenon.mvcc;

/// When a change happened: in which write transaction, and as which of its changes.
///
/// @param main from 1, rises by one with each write transaction that changes something
/// @param sub from 0 inside one transaction
public record Revision(long main, long sub) implements Comparable<Revision> {
    @Override
    public int compareTo(Revision other) {
        int order = Long.compare(main, other.main);
        return order != 0 ? order : Long.compare(sub, other.sub);
    }

    @Override
    public String toString() {
        return main + "_" + sub;
    }
}
