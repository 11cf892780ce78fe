package tenon.wal;

import java.util.Arrays;

/// The terms of the entries, as runs: terms change rarely.
final class TermRuns {
    // Invariant: for i < count, run i has the entries from firstIndexes[i] to firstIndexes[i + 1] - 1; the last one is
    // open. firstIndexes ascend.
    private long[] firstIndexes = new long[8];
    private long[] terms = new long[8];
    private int count;

    void clear() {
        count = 0;
    }

    /// Adds the entry behind the last one, or replaces it and all behind it.
    void add(long raftIndex, long term) {
        while (count > 0 && firstIndexes[count - 1] >= raftIndex) {
            count--;
        }
        if (count > 0 && terms[count - 1] == term) {
            return;
        }
        if (count == terms.length) {
            firstIndexes = Arrays.copyOf(firstIndexes, 2 * count);
            terms = Arrays.copyOf(terms, 2 * count);
        }
        firstIndexes[count] = raftIndex;
        terms[count] = term;
        count++;
    }

    /// The term of an entry that is not behind the last one.
    ///
    /// @return -1 if it is before the first one
    long termAt(long raftIndex) {
        for (int i = count - 1; i >= 0; i--) {
            if (firstIndexes[i] <= raftIndex) {
                return terms[i];
            }
        }
        return -1;
    }

    /// Forgets runs that end before the index.
    void forgetBefore(long raftIndex) {
        int from = 0;
        while (from + 1 < count && firstIndexes[from + 1] <= raftIndex) {
            from++;
        }
        System.arraycopy(firstIndexes, from, firstIndexes, 0, count - from);
        System.arraycopy(terms, from, terms, 0, count - from);
        count -= from;
    }
}
