package tenon.btree;

import java.util.Arrays;

/// Entries of freelist pages on their way to them. Reused from commit to commit.
final class FreelistEntries {
    private long[] entries = new long[64];
    private int count;

    int count() {
        return count;
    }

    long get(int index) {
        return entries[index];
    }

    void clear() {
        count = 0;
    }

    /// Adds a run, in as many entries as it takes.
    void add(long start, long pageCount, int kind) {
        for (long done = 0; done < pageCount; done += FreelistLayout.ENTRY_COUNT_MAX) {
            if (count == entries.length) {
                entries = Arrays.copyOf(entries, 2 * count);
            }
            long piece = Math.min(pageCount - done, FreelistLayout.ENTRY_COUNT_MAX);
            entries[count++] = FreelistLayout.entry(start + done, piece, kind);
        }
    }

    /// Adds what the present transaction has changed.
    void addChanges(Freelist freelist) {
        PageSet changed = freelist.changed();
        for (long start = changed.next(0); start >= 0; ) {
            long end = changed.nextAbsent(start);
            addChange(freelist.free(), start, end);
            start = changed.next(end);
        }
        PageSet freed = freelist.freed();
        for (long start = freed.next(0); start >= 0; ) {
            long end = freed.nextAbsent(start);
            add(start, end - start, FreelistLayout.KIND_FREED);
            start = freed.next(end);
        }
    }

    /// Pages in a row became free or taken by turns.
    private void addChange(PageSet free, long start, long end) {
        for (long page = start; page < end; ) {
            boolean isFree = free.contains(page);
            long next = isFree ? free.nextAbsent(page, end) : free.next(page);
            long runEnd = next < 0 ? end : Math.min(next, end);
            add(page, runEnd - page, isFree ? FreelistLayout.KIND_FREE : FreelistLayout.KIND_TAKEN);
            page = runEnd;
        }
    }
}
