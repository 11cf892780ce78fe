package tenon.server.error;

import tenon.api.TenonException;

/// This member has not come to the state that the log leads to.
public final class DivergedException extends TenonException {
    private static final long serialVersionUID = 1L;

    private DivergedException(String message) {
        super(message);
    }

    /// The only member has come to two states by the same log.
    public static DivergedException ofReplay(long revision, long takeIndex, String logged, String found) {
        return new DivergedException("the log says that the state hash at entry " + takeIndex + " is " + logged
                + ", but to apply it again led to " + found + " at revision " + revision
                + ": the store is not the one that belongs to the log; put back the member's files from a backup");
    }

    /// The first comparison with the others went against this member.
    public static DivergedException ofMember(String memberId) {
        return new DivergedException(memberId + " found data inconsistency with peers: remove the member, and add it anew"
                + " with an empty data directory");
    }
}
