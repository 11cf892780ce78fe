package tenon.btree;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The pages that a write transaction made: page id to buffer. Used by the writer alone.
final class DirtyPages {
    private static final int CAPACITY_MIN = 64;

    private final PagePool pool;
    // Open addressing with linear probing; 0 is no page id of a dirty page.
    private long[] pageIds = new long[CAPACITY_MIN];
    private int[] buffers = new int[CAPACITY_MIN];
    private int count;

    /// Values in pages of their own.
    private final Map<Long, RunPool.Run> runs = new HashMap<>();
    private final RunPool runPool;
    /// All first page ids in order; null if they changed since they were asked for.
    private long[] sorted;

    DirtyPages(PagePool pool, RunPool runPool) {
        this.pool = pool;
        this.runPool = runPool;
    }

    boolean isEmpty() {
        return count == 0 && runs.isEmpty();
    }

    int count() {
        return count;
    }

    boolean contains(long pageId) {
        return pageIds[slotOf(pageId)] == pageId;
    }

    /// Points the view at a dirty page.
    ///
    /// @return whether the page is dirty
    boolean find(long pageId, PageView into) {
        int slot = slotOf(pageId);
        if (pageIds[slot] != pageId) {
            return false;
        }
        pool.point(into, buffers[slot], pageId);
        return true;
    }

    /// Makes a dirty page with a buffer of unknown content.
    void add(long pageId, PageView into) {
        if (2 * (count + 1) > pageIds.length) {
            grow();
        }
        int slot = slotOf(pageId);
        assert pageIds[slot] == 0 : "page " + pageId + " is dirty already";
        // First, for it may find no memory: then nothing has changed.
        int buffer = pool.acquire();
        sorted = null;
        pageIds[slot] = pageId;
        buffers[slot] = buffer;
        count++;
        pool.point(into, buffers[slot], pageId);
    }

    /// @return whether the page was dirty
    boolean remove(long pageId) {
        int slot = slotOf(pageId);
        if (pageIds[slot] != pageId) {
            return false;
        }
        sorted = null;
        pool.release(buffers[slot]);
        count--;
        int mask = pageIds.length - 1;
        int hole = slot;
        for (int next = hole + 1 & mask; pageIds[next] != 0; next = next + 1 & mask) {
            int home = hash(pageIds[next]) & mask;
            // Moves back what would not be found behind the hole.
            if ((next - home & mask) >= (next - hole & mask)) {
                pageIds[hole] = pageIds[next];
                buffers[hole] = buffers[next];
                hole = next;
            }
        }
        pageIds[hole] = 0;
        return true;
    }

    /// Single pages and those of runs.
    long pageCount() {
        long total = count;
        for (RunPool.Run run : runs.values()) {
            total += run.pageCount();
        }
        return total;
    }

    RunPool.Run findRun(long pageId) {
        return runs.get(pageId);
    }

    /// Makes dirty pages in a row, of unknown content.
    RunPool.Run addRun(long pageId, int pageCount) {
        sorted = null;
        RunPool.Run run = runPool.acquire(pageCount);
        runs.put(pageId, run);
        return run;
    }

    /// @return whether the run was dirty
    boolean removeRun(long pageId) {
        RunPool.Run run = runs.remove(pageId);
        if (run != null) {
            sorted = null;
            runPool.release(run);
        }
        return run != null;
    }

    /// First page ids of all dirty pages and runs in order. Not to be changed; void with the next change here.
    long[] sortedPageIds() {
        if (sorted == null) {
            sorted = sort();
        }
        return sorted;
    }

    private long[] sort() {
        long[] ids = new long[count + runs.size()];
        int index = 0;
        for (long pageId : pageIds) {
            if (pageId != 0) {
                ids[index++] = pageId;
            }
        }
        for (long pageId : runs.keySet()) {
            ids[index++] = pageId;
        }
        Arrays.sort(ids);
        return ids;
    }

    /// Gives all buffers back.
    void clear() {
        sorted = null;
        for (int slot = 0; slot < pageIds.length; slot++) {
            if (pageIds[slot] != 0) {
                pool.release(buffers[slot]);
            }
        }
        if (pageIds.length > CAPACITY_MIN) {
            pageIds = new long[CAPACITY_MIN];
            buffers = new int[CAPACITY_MIN];
        } else {
            Arrays.fill(pageIds, 0);
        }
        count = 0;
        runs.values().forEach(runPool::release);
        runs.clear();
        pool.trim();
        runPool.trim();
    }

    private void grow() {
        long[] oldIds = pageIds;
        int[] oldBuffers = buffers;
        pageIds = new long[2 * oldIds.length];
        buffers = new int[2 * oldIds.length];
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != 0) {
                int slot = slotOf(oldIds[i]);
                pageIds[slot] = oldIds[i];
                buffers[slot] = oldBuffers[i];
            }
        }
    }

    private int slotOf(long pageId) {
        int mask = pageIds.length - 1;
        int slot = hash(pageId) & mask;
        while (pageIds[slot] != 0 && pageIds[slot] != pageId) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private static int hash(long pageId) {
        return (int) (pageId * 0x9e37_79b9_7f4a_7c15L >>> 32);
    }
}
