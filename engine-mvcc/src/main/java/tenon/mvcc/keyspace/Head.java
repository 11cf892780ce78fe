package tenon.mvcc.keyspace;

import tenon.mvcc.AppliedIndex;
import tenon.mvcc.CompactedException;
import tenon.mvcc.FutureRevisionException;
import tenon.mvcc.StateHash;
import tenon.mvcc.index.IndexSnapshot;

/// The key space as readers see it at one moment. Immutable.
///
/// @param index knows no revision beyond the position's
/// @param stateHash as of the position's revision
record Head(IndexSnapshot index, Position position, AppliedIndex applied, StateHash stateHash) {
    /// Where the history begins and ends.
    ///
    /// @param revision the current one, 1 in an empty store
    /// @param compactedRevision -1 if there was no compaction
    record Position(long revision, long compactedRevision) {
        void checkReadable(long asked) {
            if (asked > revision) {
                throw new FutureRevisionException(asked, revision);
            }
            if (asked < compactedRevision) {
                throw new CompactedException(asked, compactedRevision);
            }
        }

        Position withRevision(long newRevision) {
            return new Position(newRevision, compactedRevision);
        }

        Position withCompactedRevision(long newCompactedRevision) {
            return new Position(revision, newCompactedRevision);
        }
    }

    long revision() {
        return position.revision();
    }

    long compactedRevision() {
        return position.compactedRevision();
    }

    Head withApplied(AppliedIndex newApplied) {
        return new Head(index, position, newApplied, stateHash);
    }

    Head withIndex(IndexSnapshot newIndex) {
        return new Head(newIndex, position, applied, stateHash);
    }
}
