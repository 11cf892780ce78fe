package tenon.mvcc;

import tenon.api.TenonException;

/// A read or write that the history does not allow.
public abstract sealed class MvccException extends TenonException
        permits CompactedException, FutureRevisionException, MalformedRecordException, RevisionSpaceExhaustedException {
    private static final long serialVersionUID = 1L;

    MvccException(String message) {
        super(message);
    }
}
