package tenon.mvcc.keyspace;

import java.nio.file.Path;
import tenon.api.CorruptDataException;
import tenon.mvcc.StateHash;
import tenon.mvcc.layout.RecordHasher;

/// What a file says of the hashes of its records, and what comes out when they are read in order.
final class StoredHashes {
    private final RecordHasher hasher = new RecordHasher();
    // Null in a file that knows of no chain.
    private final Stored stored;
    private final ChainMarks marks;
    private long sum;
    private long chain;
    private long main;

    /// @param chain at the current revision
    /// @param begin behind which all records are there
    /// @param recordSum of the hashes of all records, modulo 2^64
    record Stored(StateHash chain, ChainMarks.Mark begin, long recordSum) {}

    /// @param stored null if the file knows of no chain
    StoredHashes(Stored stored) {
        this.stored = stored;
        if (stored == null) {
            marks = null;
        } else {
            marks = new ChainMarks(stored.begin);
            chain = stored.begin.value();
            main = stored.begin.revision();
        }
    }

    void onRecord(long recordMain, int sub, boolean tombstone, byte[] record) {
        long hash = hasher.hash(recordMain, sub, tombstone, record);
        sum += hash;
        if (stored == null || recordMain <= stored.begin.revision()) {
            return;
        }
        if (recordMain != main) {
            marks.onRevision(main, chain);
            main = recordMain;
        }
        chain = RecordHasher.chain(chain, hash);
    }

    /// The records are at an end.
    ///
    /// @throws CorruptDataException if they are not those that were written
    void check(Path path, long revision) {
        if (stored == null) {
            return;
        }
        if (sum != stored.recordSum) {
            throw differ(path, revision, sum, stored.recordSum);
        }
        if (chain != stored.chain.value()) {
            throw differ(path, revision, chain, stored.chain.value());
        }
    }

    private static CorruptDataException differ(Path path, long revision, long found, long expected) {
        return new CorruptDataException(
                path,
                0,
                String.format(
                        "the records up to revision %d have the hash %016x, but %016x was stored with them: one was changed,"
                                + " lost or added; put this member's files back from a backup, or remove the member and"
                                + " add it anew",
                        revision, found, expected));
    }

    boolean isKnown() {
        return stored != null;
    }

    /// What is to be stored in a file that knows of no chain: one that begins here.
    Stored beginningAt(long revision) {
        StateHash begin = StateHash.beginningAt(revision);
        return new Stored(begin, new ChainMarks.Mark(revision, begin.value()), sum);
    }

    ChainMarks marks() {
        return marks;
    }

    Stored stored() {
        return stored;
    }
}
