package tenon.server.replication;

import java.util.Map;
import java.util.TreeMap;

/// How large the data of entries is between two indexes, as exactly as they came: a batch of entries counts where its
/// last one is. One thread at a time.
final class EntryBytes {
    /// By the index of a batch's last entry, the size of all that came up to there. The first key is where the oldest batch
    /// begins.
    // Invariant: never empty; sizes ascend with indexes.
    private final TreeMap<Long, Long> totals = new TreeMap<>();

    /// @param raftIndex what is up to there does not count
    EntryBytes(long raftIndex) {
        totals.put(raftIndex, 0L);
    }

    /// A batch that follows on those before.
    void add(long lastRaftIndex, long sizeBytes) {
        totals.put(lastRaftIndex, totals.lastEntry().getValue() + sizeBytes);
    }

    /// Of all that came up to an index.
    long upTo(long raftIndex) {
        Map.Entry<Long, Long> batch = totals.floorEntry(raftIndex);
        return batch == null ? totals.firstEntry().getValue() : batch.getValue();
    }

    /// The first known index, at or behind one, from which up to another there is no more than so much.
    long firstWithin(long from, long to, long sizeBytes) {
        long leastBytes = upTo(to) - sizeBytes;
        if (upTo(from) >= leastBytes) {
            return from;
        }
        for (Map.Entry<Long, Long> batch : totals.subMap(from, false, to, true).entrySet()) {
            if (batch.getValue() >= leastBytes) {
                return batch.getKey();
            }
        }
        return to;
    }

    void forgetBefore(long raftIndex) {
        Long begin = totals.floorKey(raftIndex);
        if (begin != null) {
            totals.headMap(begin).clear();
        }
    }
}
