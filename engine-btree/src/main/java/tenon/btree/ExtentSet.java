package tenon.btree;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// A set of page ids, kept as runs.
///
/// Invariants: runs do not overlap and do not touch; `pageCount` is the sum of their lengths.
final class ExtentSet {
    private final TreeMap<Long, Long> runs = new TreeMap<>();
    private long pageCount;
    /// No run can hold so many pages or more, as far as is known; saves searching again and again in vain.
    private long searchedInVain = Long.MAX_VALUE;

    long pageCount() {
        return pageCount;
    }

    int runCount() {
        return runs.size();
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /// @return whether the pages were absent; if not, nothing changed
    boolean add(long start, long count) {
        Map.Entry<Long, Long> before = runs.floorEntry(start);
        Map.Entry<Long, Long> after = runs.ceilingEntry(start);
        if (before != null && before.getKey() + before.getValue() > start
                || after != null && after.getKey() < start + count) {
            return false;
        }
        long newStart = start;
        long newEnd = start + count;
        if (before != null && before.getKey() + before.getValue() == start) {
            newStart = before.getKey();
        }
        if (after != null && after.getKey() == newEnd) {
            newEnd += after.getValue();
            runs.remove(after.getKey());
        }
        runs.put(newStart, newEnd - newStart);
        pageCount += count;
        if (newEnd - newStart >= searchedInVain) {
            searchedInVain = Long.MAX_VALUE;
        }
        return true;
    }

    /// @return whether all of the pages were present; if not, nothing changed
    boolean remove(long start, long count) {
        Map.Entry<Long, Long> run = runs.floorEntry(start);
        if (run == null || run.getKey() + run.getValue() < start + count) {
            return false;
        }
        long runStart = run.getKey();
        long runEnd = runStart + run.getValue();
        if (runStart < start) {
            runs.put(runStart, start - runStart);
        } else {
            runs.remove(runStart);
        }
        if (start + count < runEnd) {
            runs.put(start + count, runEnd - start - count);
        }
        pageCount -= count;
        return true;
    }

    boolean contains(long pageId) {
        Map.Entry<Long, Long> run = runs.floorEntry(pageId);
        return run != null && pageId < run.getKey() + run.getValue();
    }

    /// Takes the first run of pages that does not cross a multiple of `segmentPages`, unless it is longer than that.
    ///
    /// @return the first page, or -1 if there is none
    long take(long count, long segmentPages) {
        if (count >= searchedInVain) {
            return -1;
        }
        for (Map.Entry<Long, Long> run : runs.entrySet()) {
            long start = fit(run.getKey(), count, segmentPages);
            if (start + count <= run.getKey() + run.getValue()) {
                remove(start, count);
                return start;
            }
        }
        searchedInVain = count;
        return -1;
    }

    /// The first page from `start` on at which a run may begin.
    static long fit(long start, long count, long segmentPages) {
        long room = segmentPages - start % segmentPages;
        return count <= room || count > segmentPages ? start : start + room;
    }

    void addAll(ExtentSet other) {
        other.forEach((start, count) -> {
            boolean added = add(start, count);
            assert added;
        });
    }

    void removeAll(ExtentSet other) {
        other.forEach((start, count) -> {
            boolean removed = remove(start, count);
            assert removed;
        });
    }

    void forEach(BiConsumer<Long, Long> action) {
        runs.forEach(action);
    }

    void clear() {
        runs.clear();
        pageCount = 0;
        searchedInVain = Long.MAX_VALUE;
    }
}
