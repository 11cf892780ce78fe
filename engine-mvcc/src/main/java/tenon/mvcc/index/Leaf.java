package tenon.mvcc.index;

import java.util.Arrays;

/// Keys and their histories.
final class Leaf extends Node {
    /// One bit of `live` for each key.
    static final int KEY_COUNT_MAX = Long.SIZE;
    static final int MERGE_COUNT_MAX = KEY_COUNT_MAX * 3 / 4;
    /// A leaf with more bytes of keys is split, however few they are.
    static final int KEY_BYTES_MAX = 16 << 10;

    private static final int OBJECT_BYTES = 64;
    private static final int ARRAY_BYTES = 16;

    private PackedKeys keys;
    // Invariant: histories, counts and keys are of one length; counts[i] versions of histories[i] count.
    private long[][] histories;
    private int[] counts;
    // Invariant: bit i is set if the last version of key i is no tombstone; liveCount is the number of set bits.
    private long live;
    // Invariant: the sum of History.heapBytes.
    private long historyBytes;

    Leaf(long epoch) {
        this(epoch, PackedKeys.EMPTY, new long[0][], new int[0]);
    }

    private Leaf(long epoch, PackedKeys keys, long[][] histories, int[] counts) {
        super(epoch);
        this.keys = keys;
        this.histories = histories;
        this.counts = counts;
        for (int i = 0; i < counts.length; i++) {
            historyBytes += History.heapBytes(histories[i]);
            if (!History.isTombstone(histories[i], counts[i] - 1)) {
                live |= 1L << i;
            }
        }
        liveCount = Long.bitCount(live);
    }

    private Leaf(long epoch, Leaf original) {
        super(epoch);
        keys = original.keys;
        histories = original.histories.clone();
        counts = original.counts.clone();
        live = original.live;
        liveCount = original.liveCount;
        historyBytes = original.historyBytes;
    }

    @Override
    Node apply(Edit edit) {
        Leaf leaf = epoch == edit.epoch ? this : new Leaf(edit.epoch, this);
        int index = keys.find(edit.key);
        if (index >= 0) {
            leaf.append(index, edit);
        } else {
            leaf.insert(-(index + 1), edit);
        }
        return leaf;
    }

    private void append(int index, Edit edit) {
        long[] before = histories[index];
        edit.follow(before);
        long[] after = History.append(before, counts[index], edit);
        histories[index] = after;
        counts[index]++;
        historyBytes += History.heapBytes(after) - History.heapBytes(before);
        setLive(index, !edit.tombstone);
    }

    private void insert(int index, Edit edit) {
        edit.follow(null);
        int count = counts.length;
        long[] history = History.restored(edit);
        keys = keys.insert(index, edit.key);
        long[][] newHistories = new long[count + 1][];
        System.arraycopy(histories, 0, newHistories, 0, index);
        System.arraycopy(histories, index, newHistories, index + 1, count - index);
        newHistories[index] = history;
        histories = newHistories;
        int[] newCounts = new int[count + 1];
        System.arraycopy(counts, 0, newCounts, 0, index);
        System.arraycopy(counts, index, newCounts, index + 1, count - index);
        newCounts[index] = 1;
        counts = newCounts;
        if (count == KEY_COUNT_MAX || count > 0 && keys.sizeBytes() > KEY_BYTES_MAX) {
            split(index, edit);
            return;
        }
        historyBytes += History.heapBytes(history);
        long below = (1L << index) - 1;
        live = live & below | (live & ~below) << 1;
        setLive(index, !edit.tombstone);
    }

    /// Ascending keys leave a full leaf behind, others two halves.
    private void split(int index, Edit edit) {
        int count = counts.length;
        int middle = index == count - 1 ? count - 1 : count / 2;
        PackedKeys all = keys;
        edit.right = slice(edit.epoch, middle, count);
        Leaf left = slice(edit.epoch, 0, middle);
        keys = left.keys;
        histories = left.histories;
        counts = left.counts;
        live = left.live;
        liveCount = left.liveCount;
        historyBytes = left.historyBytes;
        edit.separator = keys.separator(all.slice(middle, middle + 1));
    }

    private Leaf slice(long newEpoch, int from, int to) {
        return new Leaf(
                newEpoch,
                keys.slice(from, to),
                Arrays.copyOfRange(histories, from, to),
                Arrays.copyOfRange(counts, from, to));
    }

    private void setLive(int index, boolean isLive) {
        long bit = 1L << index;
        live = isLive ? live | bit : live & ~bit;
        liveCount = Long.bitCount(live);
    }

    @Override
    Node compact(CompactionStep step) {
        int count = counts.length;
        step.keyCount = count;
        PackedKeys newKeys = keys;
        long[][] newHistories = new long[count][];
        int[] newCounts = new int[count];
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long[] history = histories[i];
            int superseded = History.findSuperseded(history, counts[i], step.atMain);
            for (int v = 0; v < superseded; v++) {
                step.dropped.add(History.main(history, v), History.sub(history, v), History.isTombstone(history, v));
            }
            step.changed |= superseded > 0;
            if (superseded == counts[i]) {
                newKeys = newKeys.remove(kept);
                continue;
            }
            newHistories[kept] = superseded == 0 ? history : History.drop(history, counts[i], superseded);
            newCounts[kept++] = counts[i] - superseded;
        }
        if (!step.changed) {
            return this;
        }
        return kept == 0
                ? null
                : new Leaf(step.epoch, newKeys, Arrays.copyOf(newHistories, kept), Arrays.copyOf(newCounts, kept));
    }

    @Override
    int weight() {
        return keys.sizeBytes() > KEY_BYTES_MAX / 2 ? MERGE_COUNT_MAX : counts.length;
    }

    @Override
    Node merge(long newEpoch, byte[] separator, Node right) {
        Leaf other = (Leaf) right;
        int count = counts.length;
        long[][] newHistories = Arrays.copyOf(histories, count + other.counts.length);
        System.arraycopy(other.histories, 0, newHistories, count, other.counts.length);
        int[] newCounts = Arrays.copyOf(counts, count + other.counts.length);
        System.arraycopy(other.counts, 0, newCounts, count, other.counts.length);
        return new Leaf(newEpoch, keys.join(other.keys), newHistories, newCounts);
    }

    @Override
    long liveBefore(byte[] key) {
        int index = keys.ceiling(key);
        return index == Long.SIZE ? liveCount : Long.bitCount(live & ((1L << index) - 1));
    }

    @Override
    Leaf findLeaf(byte[] key) {
        return this;
    }

    /// Points the version at what is visible of a key.
    boolean find(byte[] key, long atMain, VisibleVersion into) {
        int index = keys.find(key);
        if (index < 0) {
            return false;
        }
        long[] history = histories[index];
        int version = History.findAt(history, counts[index], atMain);
        if (version < 0) {
            return false;
        }
        into.set(History.main(history, version), History.sub(history, version), History.isTombstone(history, version));
        return true;
    }

    @Override
    boolean visit(Walk walk) {
        int end = walk.to == null ? counts.length : keys.ceiling(walk.to);
        for (int i = keys.ceiling(walk.from); i < end; i++) {
            boolean current = walk.atMain == IndexSnapshot.CURRENT;
            if (current && (live & 1L << i) == 0) {
                continue;
            }
            long[] history = histories[i];
            int version = current ? counts[i] - 1 : History.findAt(history, counts[i], walk.atMain);
            if (version < 0 || History.isTombstone(history, version)) {
                continue;
            }
            if (!walk.visitor.onKey(keys, i, History.main(history, version), History.sub(history, version))) {
                return false;
            }
        }
        return end == counts.length;
    }

    @Override
    void measure(IndexSize size) {
        long arrays = 2L * ARRAY_BYTES + 2L * Integer.BYTES * counts.length;
        size.add(counts.length, liveCount, OBJECT_BYTES + arrays + keys.heapBytes() + historyBytes);
    }

    @Override
    int validate(byte[] low, byte[] high) {
        keys.validate();
        Leaf fresh = slice(epoch, 0, counts.length);
        boolean consistent = histories.length == counts.length
                && keys.count() == counts.length
                && counts.length <= KEY_COUNT_MAX
                && fresh.live == live
                && fresh.liveCount == liveCount
                && fresh.historyBytes == historyBytes;
        boolean inside = counts.length == 0
                || (low == null || keys.ceiling(low) == 0) && (high == null || keys.ceiling(high) == counts.length);
        if (!consistent || !inside) {
            throw new IllegalStateException("a leaf of " + counts.length + " keys contradicts itself or its parent");
        }
        for (int i = 0; i < counts.length; i++) {
            History.validate(histories[i], counts[i]);
        }
        return 1;
    }
}
