package tenon.btree;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Off-heap page buffers, numbered from 0, that go from one write transaction to the next. Used by the writer alone.
final class PagePool {
    private static final int SLAB_SHIFT = 7;
    private static final int SLAB_BUFFERS = 1 << SLAB_SHIFT;
    /// What stays for the next transaction after one that used more.
    private static final int KEPT_SLABS = 64;

    private final int pageSizeBytes;
    private final List<MemorySegment> slabs = new ArrayList<>();
    // Closing an arena stops all threads for a moment, however much it holds: so there are two.
    private final Arena kept = Arena.ofShared();
    private Arena surplus = Arena.ofShared();
    // Numbers of unused buffers are unused[0, unusedCount).
    private int[] unused = new int[SLAB_BUFFERS];
    private int unusedCount;

    PagePool(int pageSizeBytes) {
        this.pageSizeBytes = pageSizeBytes;
    }

    int acquire() {
        if (unusedCount == 0) {
            addSlab();
        }
        return unused[--unusedCount];
    }

    private void addSlab() {
        Arena arena = slabs.size() < KEPT_SLABS ? kept : surplus;
        int first = slabs.size() << SLAB_SHIFT;
        slabs.add(arena.allocate((long) SLAB_BUFFERS * pageSizeBytes, Long.BYTES));
        for (int i = SLAB_BUFFERS - 1; i >= 0; i--) {
            push(first + i);
        }
    }

    private void push(int buffer) {
        if (unusedCount == unused.length) {
            unused = java.util.Arrays.copyOf(unused, 2 * unusedCount);
        }
        unused[unusedCount++] = buffer;
    }

    void release(int buffer) {
        push(buffer);
    }

    void point(PageView view, int buffer, long pageId) {
        view.set(
                slabs.get(buffer >>> SLAB_SHIFT),
                (long) (buffer & (SLAB_BUFFERS - 1)) * pageSizeBytes,
                pageId);
    }

    /// Gives memory back once all buffers are unused.
    void trim() {
        if (slabs.size() <= KEPT_SLABS) {
            return;
        }
        assert unusedCount == slabs.size() << SLAB_SHIFT;
        slabs.subList(KEPT_SLABS, slabs.size()).clear();
        surplus.close();
        surplus = Arena.ofShared();
        unused = new int[KEPT_SLABS << SLAB_SHIFT];
        unusedCount = 0;
        for (int buffer = unused.length - 1; buffer >= 0; buffer--) {
            push(buffer);
        }
    }

    void close() {
        kept.close();
        surplus.close();
    }
}
