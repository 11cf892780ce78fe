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
    private final List<Slab> slabs = new ArrayList<>();
    /// Of all slabs that do not stay: closing an arena stops all threads for a moment, however much it holds.
    private Arena surplus;
    // Numbers of unused buffers are unused[0, unusedCount).
    private int[] unused = new int[SLAB_BUFFERS];
    private int unusedCount;

    private record Slab(Arena arena, MemorySegment memory) {}

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
        Arena arena = arenaOfNext();
        int first = slabs.size() << SLAB_SHIFT;
        slabs.add(new Slab(arena, arena.allocate((long) SLAB_BUFFERS * pageSizeBytes, Long.BYTES)));
        for (int i = SLAB_BUFFERS - 1; i >= 0; i--) {
            push(first + i);
        }
    }

    private Arena arenaOfNext() {
        if (slabs.size() < KEPT_SLABS) {
            return Arena.ofShared();
        }
        if (surplus == null) {
            surplus = Arena.ofShared();
        }
        return surplus;
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
                slabs.get(buffer >>> SLAB_SHIFT).memory(),
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
        closeSurplus();
        unused = new int[KEPT_SLABS << SLAB_SHIFT];
        unusedCount = 0;
        for (int buffer = unused.length - 1; buffer >= 0; buffer--) {
            push(buffer);
        }
    }

    private void closeSurplus() {
        if (surplus != null) {
            surplus.close();
            surplus = null;
        }
    }

    void close() {
        for (Slab slab : slabs.subList(0, Math.min(slabs.size(), KEPT_SLABS))) {
            slab.arena().close();
        }
        slabs.clear();
        closeSurplus();
        unusedCount = 0;
    }
}
