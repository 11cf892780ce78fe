package tenon.mvcc.index;

/// What a tree holds and what it costs; adds up while a tree is walked.
public final class IndexSize {
    private long keyCount;
    private long liveKeyCount;
    private long heapBytes;

    void add(long keys, long liveKeys, long bytes) {
        keyCount += keys;
        liveKeyCount += liveKeys;
        heapBytes += bytes;
    }

    /// All keys, with those that have ended but are not compacted away.
    public long keyCount() {
        return keyCount;
    }

    /// Keys that exist now.
    public long liveKeyCount() {
        return liveKeyCount;
    }

    /// Estimated.
    public long heapBytes() {
        return heapBytes;
    }
}
