package tenon.mvcc;

/// The 63-bit revision space is used up: no further change is possible in this cluster.
public final class RevisionSpaceExhaustedException extends MvccException {
    private static final long serialVersionUID = 1L;

    public RevisionSpaceExhaustedException(long currentRevision) {
        super("revision " + currentRevision + " is too close to the end of the revision space: writes are refused;"
                + " move the data into a new cluster");
    }
}
