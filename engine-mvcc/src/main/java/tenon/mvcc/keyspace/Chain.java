package tenon.mvcc.keyspace;

import tenon.mvcc.StateHash;
import tenon.mvcc.backend.BackendRead;
import tenon.mvcc.backend.FileBackend;
import tenon.mvcc.layout.RecordHasher;

/// The chain over the records of a key space, of which the newest value is in the [Head]. What begins with `unsafe`
/// needs the writer lock.
final class Chain {
    private final FileBackend<Head> backend;
    private final ChainMarks marks;
    private final RecordHasher hasher = new RecordHasher();

    Chain(FileBackend<Head> backend, ChainMarks marks) {
        this.backend = backend;
        this.marks = marks;
    }

    long unsafeHash(long main, int sub, boolean tombstone, byte[] record) {
        return hasher.hash(main, sub, tombstone, record);
    }

    /// A write transaction has made a revision.
    void unsafeOnRevision(long revision, StateHash after) {
        marks.onRevision(revision, after.value());
    }

    /// Where the records begin that the chain can be told from.
    ChainMarks.Mark unsafeBegin() {
        return marks.begin();
    }

    /// Forgets what is before a mark.
    void unsafeBeginAt(ChainMarks.Mark mark) {
        marks.beginAt(mark);
    }

    /// Tells from the records what the chain was at a revision.
    ///
    /// @return null if the records before the revision are not all there any more, or the revision is yet to come
    ChainMarks.Mark find(long revision) {
        backend.lockWriter();
        ChainMarks.Mark mark;
        BackendRead<Head> records;
        try {
            mark = revision > backend.head().revision() ? null : marks.floor(revision);
            if (mark == null || mark.revision() == revision) {
                return mark;
            }
            // Pinned before a compaction can delete what is behind the mark.
            records = backend.beginRead();
        } finally {
            backend.unlockWriter();
        }
        try (records) {
            return new Walk(mark.value()).to(records, mark.revision(), revision);
        }
    }

    private static final class Walk {
        private final RecordHasher hasher = new RecordHasher();
        private long value;

        Walk(long value) {
            this.value = value;
        }

        ChainMarks.Mark to(BackendRead<Head> records, long from, long revision) {
            records.scan(from + 1, (main, sub, tombstone, record) -> {
                if (main > revision) {
                    return false;
                }
                value = RecordHasher.chain(value, hasher.hash(main, sub, tombstone, record));
                return true;
            });
            return new ChainMarks.Mark(revision, value);
        }
    }
}
