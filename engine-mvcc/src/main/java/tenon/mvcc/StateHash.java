package tenon.mvcc;

/// What the history of a key space comes down to: a chain over all records that were written since some revision, in
/// their order, with their revisions. Key spaces that began it at the same revision, and are at the same one, hold the same
/// history if the values are equal; compactions do not count.
///
/// @param value of the chain; see `docs/format/mvcc.md`
/// @param sinceRevision the current revision when it began: 1, unless the file is older than the chain
public record StateHash(long value, long sinceRevision) {
    /// Of an empty key space.
    public static final StateHash EMPTY = beginningAt(1);

    /// A chain that begins.
    public static StateHash beginningAt(long revision) {
        return new StateHash(0, revision);
    }

    @Override
    public String toString() {
        return String.format("%016x", value) + (sinceRevision == EMPTY.sinceRevision ? "" : " since " + sinceRevision);
    }
}
