package tenon.mvcc.keyspace;

import java.util.Arrays;

/// What the chain was at some revisions, so that it can be told for those between them without reading all records.
/// Needs the writer lock.
final class ChainMarks {
    /// Revisions from mark to mark.
    static final long STEP = 256;

    // Invariant: revisions ascend; the first one is where the chain of this file begins.
    private long[] revisions = new long[8];
    private long[] values = new long[8];
    private int count;

    /// Where the chain stood.
    record Mark(long revision, long value) {}

    ChainMarks(Mark first) {
        append(first.revision, first.value);
    }

    /// Where the chain can be told from.
    Mark begin() {
        return mark(0);
    }

    /// The chain has come to a revision.
    void onRevision(long revision, long value) {
        if (revision - revisions[count - 1] >= STEP) {
            append(revision, value);
        }
    }

    /// The last mark that is not behind a revision; null if there is none.
    Mark floor(long revision) {
        int found = Arrays.binarySearch(revisions, 0, count, revision);
        int index = found >= 0 ? found : -found - 2;
        return index < 0 ? null : mark(index);
    }

    /// Forgets what is before a mark.
    void beginAt(Mark first) {
        int from = 0;
        while (from < count && revisions[from] <= first.revision) {
            from++;
        }
        ChainMarks rest = new ChainMarks(first);
        for (int i = from; i < count; i++) {
            rest.append(revisions[i], values[i]);
        }
        revisions = rest.revisions;
        values = rest.values;
        count = rest.count;
    }

    private Mark mark(int index) {
        return new Mark(revisions[index], values[index]);
    }

    private void append(long revision, long value) {
        if (count == revisions.length) {
            revisions = Arrays.copyOf(revisions, 2 * count);
            values = Arrays.copyOf(values, 2 * count);
        }
        revisions[count] = revision;
        values[count++] = value;
    }
}
