package tenon.api;

/// What a node must have on disk before it acts on it.
///
/// @param term the latest term it has seen
/// @param votedFor whom it voted for in that term, 0 for nobody
/// @param commitIndex the highest index it knows to be committed
public record HardState(long term, long votedFor, long commitIndex) {
    public static final HardState INITIAL = new HardState(0, 0, 0);
}
