package tenon.mvcc.backend;

import java.util.Arrays;

/// Records of the `key` bucket that are not in the file yet, in ascending order of revisions: the read buffer.
/// Immutable: the arrays may be appended to behind `count` and no other way.
///
/// @param revisions two for each record: main, `sub << 1 | tombstone`
record RecordRun(long[] revisions, byte[][] records, int count) {
    static final RecordRun EMPTY = new RecordRun(new long[0], new byte[0][], 0);

    /// This run with another record behind it; in the same arrays if they have room.
    RecordRun append(long main, int sub, boolean tombstone, byte[] record) {
        assert count == 0 || main(count - 1) < main || main(count - 1) == main && sub(count - 1) < sub;
        long[] toRevisions = revisions;
        byte[][] toRecords = records;
        if (count == records.length) {
            int capacity = Math.max(64, count + (count >> 1));
            toRevisions = Arrays.copyOf(revisions, 2 * capacity);
            toRecords = Arrays.copyOf(records, capacity);
        }
        toRevisions[2 * count] = main;
        toRevisions[2 * count + 1] = (long) sub << 1 | (tombstone ? 1 : 0);
        toRecords[count] = record;
        return new RecordRun(toRevisions, toRecords, count + 1);
    }

    long main(int index) {
        return revisions[2 * index];
    }

    int sub(int index) {
        return (int) (revisions[2 * index + 1] >>> 1);
    }

    boolean isTombstone(int index) {
        return (revisions[2 * index + 1] & 1) != 0;
    }

    byte[] record(int index) {
        return records[index];
    }

    /// Index of the first record that is not before a revision.
    int ceiling(long main, int sub) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (main(middle) < main || main(middle) == main && sub(middle) < sub) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// The record of a revision, or null.
    byte[] find(long main, int sub) {
        if (count == 0 || main < revisions[0]) {
            return null;
        }
        int index = ceiling(main, sub);
        return index < count && main(index) == main && sub(index) == sub ? records[index] : null;
    }
}
