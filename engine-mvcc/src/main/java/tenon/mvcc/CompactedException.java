package tenon.mvcc;

/// The asked revision has been compacted away.
public final class CompactedException extends MvccException {
    private static final long serialVersionUID = 1L;

    public CompactedException(long askedRevision, long compactedRevision) {
        super("revision " + askedRevision + " is compacted; the oldest that can be read is " + compactedRevision);
    }
}
