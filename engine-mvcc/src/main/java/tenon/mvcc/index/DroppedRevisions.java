package tenon.mvcc.index;

import java.util.Arrays;

/// Revisions that a compaction dropped from the tree and has to delete from the file. Costs less than they cost in
/// the tree: 12 bytes each.
public final class DroppedRevisions {
    private static final int COUNT_MIN = 64;

    private long[] mains = new long[COUNT_MIN];
    // sub << 1 | tombstone
    private int[] marks = new int[COUNT_MIN];
    private int count;

    public void add(long main, int sub, boolean tombstone) {
        if (count == mains.length) {
            int capacity = count + (count >> 1);
            mains = Arrays.copyOf(mains, capacity);
            marks = Arrays.copyOf(marks, capacity);
        }
        mains[count] = main;
        marks[count++] = sub << 1 | (tombstone ? 1 : 0);
    }

    public int count() {
        return count;
    }

    public long main(int index) {
        return mains[index];
    }

    public int sub(int index) {
        return marks[index] >>> 1;
    }

    public boolean isTombstone(int index) {
        return (marks[index] & 1) != 0;
    }

    /// Puts them in ascending order, in place, so that neighbours in the file are deleted together.
    public void sort() {
        for (int root = count / 2 - 1; root >= 0; root--) {
            siftDown(root, count);
        }
        for (int end = count - 1; end > 0; end--) {
            swap(0, end);
            siftDown(0, end);
        }
    }

    private void siftDown(int from, int end) {
        int parent = from;
        for (int child = 2 * parent + 1; child < end; child = 2 * parent + 1) {
            if (child + 1 < end && isLess(child, child + 1)) {
                child++;
            }
            if (!isLess(parent, child)) {
                return;
            }
            swap(parent, child);
            parent = child;
        }
    }

    private boolean isLess(int left, int right) {
        return mains[left] < mains[right]
                || mains[left] == mains[right] && Integer.compareUnsigned(marks[left], marks[right]) < 0;
    }

    private void swap(int left, int right) {
        long main = mains[left];
        mains[left] = mains[right];
        mains[right] = main;
        int mark = marks[left];
        marks[left] = marks[right];
        marks[right] = mark;
    }
}
