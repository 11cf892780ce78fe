package tenon.raft;

/// The messages with entries that are under way to one peer: their last indexes and sizes, oldest first, in a ring.
final class Inflights {
    private final int countMax;
    private final long sizeMaxBytes;

    // Grows to countMax as needed: most peers keep up.
    private long[] lastIndexes = new long[8];
    private long[] sizesBytes = new long[8];

    // Invariant: 0 <= count <= min(countMax, lastIndexes.length); the indexes in the ring rise.
    private int start;
    private int count;

    // Invariant: sum of the sizes in the ring.
    private long sizeBytes;

    Inflights(int countMax, long sizeMaxBytes) {
        this.countMax = countMax;
        this.sizeMaxBytes = sizeMaxBytes;
    }

    boolean isFull() {
        return count == countMax || sizeBytes >= sizeMaxBytes;
    }

    int count() {
        return count;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /// A message that ends with this index was sent.
    void add(long lastIndex, long messageSizeBytes) {
        assert !isFull();
        if (count == lastIndexes.length) {
            grow();
        }
        int slot = (start + count) % lastIndexes.length;
        lastIndexes[slot] = lastIndex;
        sizesBytes[slot] = messageSizeBytes;
        count++;
        sizeBytes += messageSizeBytes;
    }

    /// Everything up to this index has arrived.
    void freeTo(long index) {
        while (count > 0 && lastIndexes[start] <= index) {
            sizeBytes -= sizesBytes[start];
            start = (start + 1) % lastIndexes.length;
            count--;
        }
    }

    void clear() {
        start = 0;
        count = 0;
        sizeBytes = 0;
    }

    private void grow() {
        int capacity = (int) Math.min(countMax, 2L * lastIndexes.length);
        long[] indexes = new long[capacity];
        long[] sizes = new long[capacity];
        for (int i = 0; i < count; i++) {
            int slot = (start + i) % lastIndexes.length;
            indexes[i] = lastIndexes[slot];
            sizes[i] = sizesBytes[slot];
        }
        lastIndexes = indexes;
        sizesBytes = sizes;
        start = 0;
    }
}
