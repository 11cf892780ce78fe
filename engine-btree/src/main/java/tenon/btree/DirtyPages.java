package tenon.btree;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/// The pages that a write transaction made: page id to buffer. Used by the writer alone.
///
/// A page to which nothing more is likely to come is *finished*, until it is touched again. Finished pages may be
/// *spilled*: they are in the file already, and have no buffer any more.
final class DirtyPages {
    private static final int CAPACITY_MIN = 64;

    private final PagePool pool;
    // Open addressing with linear probing; 0 is no page id of a dirty page.
    private long[] pageIds = new long[CAPACITY_MIN];
    private int[] buffers = new int[CAPACITY_MIN];
    private boolean[] finished = new boolean[CAPACITY_MIN];
    private int count;
    /// Invariant: holds each page that is finished; and others, which were touched since or are gone.
    private long[] finishedIds = new long[CAPACITY_MIN];
    private int finishedIdCount;
    private int finishedCount;
    private final PageSet spilled = new PageSet();

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
        return count == 0 && runs.isEmpty() && spilled.isEmpty();
    }

    /// Single pages, with a buffer or spilled.
    long count() {
        return count + spilled.pageCount();
    }

    boolean contains(long pageId) {
        return pageIds[slotOf(pageId)] == pageId || spilled.contains(pageId);
    }

    /// To be called before a page is changed.
    ///
    /// @return whether it has a buffer
    boolean touch(long pageId) {
        int slot = slotOf(pageId);
        if (pageIds[slot] != pageId) {
            return false;
        }
        forgetFinished(slot);
        return true;
    }

    private void forgetFinished(int slot) {
        if (finished[slot]) {
            finished[slot] = false;
            finishedCount--;
        }
    }

    /// Nothing more is likely to come to the page.
    ///
    /// @return how many pages are finished
    int finish(long pageId) {
        int slot = slotOf(pageId);
        if (pageIds[slot] == pageId && !finished[slot]) {
            finished[slot] = true;
            finishedCount++;
            if (finishedIdCount == finishedIds.length) {
                finishedIds = Arrays.copyOf(finishedIds, 2 * finishedIdCount);
            }
            finishedIds[finishedIdCount++] = pageId;
        }
        return finishedCount;
    }

    /// The finished pages in order. None is finished any more.
    long[] takeFinished() {
        long[] taken = new long[finishedCount];
        int index = 0;
        for (int i = 0; i < finishedIdCount; i++) {
            long pageId = finishedIds[i];
            int slot = slotOf(pageId);
            if (pageIds[slot] == pageId && finished[slot]) {
                forgetFinished(slot);
                taken[index++] = pageId;
            }
        }
        finishedIdCount = 0;
        Arrays.sort(taken);
        return taken;
    }

    /// Lets go of the buffers of pages that are in the file now.
    ///
    /// @param written in order
    void spill(long[] written) {
        // The last one first, for the pool gives the last buffer that it got: pages in a row will lie in a row again.
        for (int i = written.length - 1; i >= 0; i--) {
            removeBuffer(slotOf(written[i]));
            spilled.add(written[i]);
        }
    }

    /// Makes a buffer of unknown content for a page that was spilled.
    ///
    /// @return whether it was
    boolean unspill(long pageId, PageView into) {
        if (!spilled.contains(pageId)) {
            return false;
        }
        add(pageId, into);
        spilled.remove(pageId);
        return true;
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
            return !spilled.isEmpty() && spilled.remove(pageId);
        }
        removeBuffer(slot);
        return true;
    }

    private void removeBuffer(int slot) {
        forgetFinished(slot);
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
                finished[hole] = finished[next];
                hole = next;
            }
        }
        pageIds[hole] = 0;
        finished[hole] = false;
    }

    /// Single pages and those of runs.
    long pageCount() {
        long total = count();
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

    void forEachPageId(LongConsumer action) {
        spilled.forEachRun((start, length) -> LongStream.range(start, start + length).forEach(action));
        Arrays.stream(sortedPageIds()).forEach(action);
    }

    /// First page ids of all dirty pages and runs that are to be written, in order. Not to be changed; void with the next
    /// change here.
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
            finished = new boolean[CAPACITY_MIN];
        } else {
            Arrays.fill(pageIds, 0);
            Arrays.fill(finished, false);
        }
        count = 0;
        finishedIdCount = 0;
        finishedCount = 0;
        if (!spilled.isEmpty()) {
            spilled.clear();
        }
        runs.values().forEach(runPool::release);
        runs.clear();
        pool.trim();
        runPool.trim();
    }

    private void grow() {
        long[] oldIds = pageIds;
        int[] oldBuffers = buffers;
        boolean[] oldFinished = finished;
        pageIds = new long[2 * oldIds.length];
        buffers = new int[2 * oldIds.length];
        finished = new boolean[2 * oldIds.length];
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != 0) {
                int slot = slotOf(oldIds[i]);
                pageIds[slot] = oldIds[i];
                buffers[slot] = oldBuffers[i];
                finished[slot] = oldFinished[i];
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
