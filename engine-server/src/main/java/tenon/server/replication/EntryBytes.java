package tenon.server.replication;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tenon.api.Entry;

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

    /// Entries that follow on those before.
    void add(List<Entry> entries) {
        long totalBytes = totals.lastEntry().getValue();
        for (Entry entry : entries) {
            totalBytes += entry.data().length;
        }
        totals.put(entries.getLast().raftIndex(), totalBytes);
    }

    /// Of all that came up to an index.
    long upTo(long raftIndex) {
        Map.Entry<Long, Long> batch = totals.floorEntry(raftIndex);
        return batch == null ? totals.firstEntry().getValue() : batch.getValue();
    }

    /// The first known index from which up to the given one there is no more than so much.
    long firstWithin(long raftIndex, long sizeBytes) {
        long leastBytes = upTo(raftIndex) - sizeBytes;
        for (Map.Entry<Long, Long> batch : totals.headMap(raftIndex, true).entrySet()) {
            if (batch.getValue() >= leastBytes) {
                return batch.getKey();
            }
        }
        return raftIndex;
    }

    void forgetBefore(long raftIndex) {
        Long begin = totals.floorKey(raftIndex);
        if (begin != null) {
            totals.headMap(begin).clear();
        }
    }
}
