package tenon.mvcc.index;

import java.util.Arrays;

/// Sorted keys, one behind the other in one array. Immutable.
public final class PackedKeys {
    static final PackedKeys EMPTY = new PackedKeys(new byte[0], new int[0]);

    private static final int OBJECT_BYTES = 24;
    private static final int ARRAY_BYTES = 16;

    private final byte[] bytes;
    // Invariant: ascending; key i is bytes[i == 0 ? 0 : ends[i - 1], ends[i]); the last one is bytes.length.
    private final int[] ends;

    private PackedKeys(byte[] bytes, int[] ends) {
        this.bytes = bytes;
        this.ends = ends;
    }

    static PackedKeys of(byte[] key) {
        return new PackedKeys(key.clone(), new int[] {key.length});
    }

    int count() {
        return ends.length;
    }

    int sizeBytes() {
        return bytes.length;
    }

    long heapBytes() {
        return OBJECT_BYTES + 2L * ARRAY_BYTES + bytes.length + (long) ends.length * Integer.BYTES;
    }

    private int begin(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    /// A copy of a key.
    public byte[] get(int index) {
        return Arrays.copyOfRange(bytes, begin(index), ends[index]);
    }

    /// As [Arrays#binarySearch(long\[\], long)]: the index, or `-(insertion point) - 1`.
    int find(byte[] key) {
        int low = 0;
        int high = ends.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Arrays.compareUnsigned(bytes, begin(middle), ends[middle], key, 0, key.length);
            if (order == 0) {
                return middle;
            } else if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -(low + 1);
    }

    /// Index of the first key that is not less.
    int ceiling(byte[] key) {
        int found = find(key);
        return found >= 0 ? found : -(found + 1);
    }

    PackedKeys insert(int index, byte[] key) {
        int at = begin(index);
        byte[] newBytes = new byte[bytes.length + key.length];
        System.arraycopy(bytes, 0, newBytes, 0, at);
        System.arraycopy(key, 0, newBytes, at, key.length);
        System.arraycopy(bytes, at, newBytes, at + key.length, bytes.length - at);
        int[] newEnds = new int[ends.length + 1];
        System.arraycopy(ends, 0, newEnds, 0, index);
        newEnds[index] = at + key.length;
        for (int i = index; i < ends.length; i++) {
            newEnds[i + 1] = ends[i] + key.length;
        }
        return new PackedKeys(newBytes, newEnds);
    }

    PackedKeys remove(int index) {
        return slice(0, index).join(slice(index + 1, ends.length));
    }

    PackedKeys slice(int from, int to) {
        if (from == to) {
            return EMPTY;
        }
        int first = begin(from);
        int[] newEnds = new int[to - from];
        for (int i = from; i < to; i++) {
            newEnds[i - from] = ends[i] - first;
        }
        return new PackedKeys(Arrays.copyOfRange(bytes, first, ends[to - 1]), newEnds);
    }

    /// These keys, then those.
    PackedKeys join(PackedKeys right) {
        byte[] newBytes = Arrays.copyOf(bytes, bytes.length + right.bytes.length);
        System.arraycopy(right.bytes, 0, newBytes, bytes.length, right.bytes.length);
        int[] newEnds = Arrays.copyOf(ends, ends.length + right.ends.length);
        for (int i = 0; i < right.ends.length; i++) {
            newEnds[ends.length + i] = bytes.length + right.ends[i];
        }
        return new PackedKeys(newBytes, newEnds);
    }

    /// The shortest key that is greater than the last one here and not greater than the first one there.
    byte[] separator(PackedKeys right) {
        int last = ends.length - 1;
        int mismatch = Arrays.mismatch(bytes, begin(last), ends[last], right.bytes, 0, right.ends[0]);
        return Arrays.copyOf(right.bytes, mismatch + 1);
    }

    /// Checks the order of the keys.
    void validate() {
        for (int i = 0; i < ends.length; i++) {
            boolean ordered = i == 0
                    || Arrays.compareUnsigned(bytes, begin(i - 1), ends[i - 1], bytes, begin(i), ends[i]) < 0;
            if (ends[i] < begin(i) || !ordered) {
                throw new IllegalStateException("key " + i + " of " + ends.length + " is out of order");
            }
        }
        if (ends.length == 0 ? bytes.length != 0 : ends[ends.length - 1] != bytes.length) {
            throw new IllegalStateException("the last key does not end with the array");
        }
    }
}
