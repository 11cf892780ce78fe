package tenon.mvcc;

/// How much of the history is read at once. The transaction that reaches one of the limits is the last one, and is read
/// as a whole.
///
/// @param changeCount about so many changes
/// @param sizeBytes about so many bytes of records
public record HistoryLimit(int changeCount, long sizeBytes) {
    public static final HistoryLimit NONE = new HistoryLimit(Integer.MAX_VALUE, Long.MAX_VALUE);

    public HistoryLimit {
        if (changeCount <= 0 || sizeBytes <= 0) {
            throw new IllegalArgumentException("a limit on the history must be positive");
        }
    }
}
