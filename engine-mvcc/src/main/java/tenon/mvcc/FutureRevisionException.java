package tenon.mvcc;

/// The asked revision has not happened yet.
public final class FutureRevisionException extends MvccException {
    private static final long serialVersionUID = 1L;

    public FutureRevisionException(long askedRevision, long currentRevision) {
        super("revision " + askedRevision + " is in the future; the current one is " + currentRevision);
    }
}
