package tenon.btree;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Off-heap memory for values in pages of their own, cut from slabs, that goes from one write transaction to the next:
/// closing an arena stops all threads for a moment. Only a value that fills a slab has an arena of its own. Used by the
/// writer alone.
///
/// Invariant: each buffer that was cut from a slab is either in `unused`, in the class of its size, or in one [Run].
final class RunPool {
    private static final int SLAB_BYTES = 1 << 20;
    /// What stays for the next transaction after one that used more.
    private static final int KEPT_SLABS = 16;

    private final int pageSizeBytes;
    /// By class: buffers of class `n` have `pageSizeBytes << n` bytes.
    private final List<Deque<MemorySegment>> unused = new ArrayList<>();
    /// Of all slabs.
    private Arena arena = Arena.ofShared();
    private int slabCount;

    /// Pages in a row.
    ///
    /// @param memory of the pages
    /// @param buffer what it was cut from
    /// @param arena null if the buffer was cut from a slab
    record Run(MemorySegment memory, int pageCount, MemorySegment buffer, Arena arena) {}

    RunPool(int pageSizeBytes) {
        this.pageSizeBytes = pageSizeBytes;
        for (int size = pageSizeBytes; size < SLAB_BYTES; size *= 2) {
            unused.add(new ArrayDeque<>());
        }
    }

    /// Memory of unknown content.
    Run acquire(int pageCount) {
        int sizeClass = sizeClass(pageCount);
        long sizeBytes = (long) pageCount * pageSizeBytes;
        if (sizeClass >= unused.size()) {
            Arena own = Arena.ofShared();
            MemorySegment memory = own.allocate(sizeBytes, Long.BYTES);
            return new Run(memory, pageCount, memory, own);
        }
        if (unused.get(sizeClass).isEmpty()) {
            addSlab(sizeClass);
        }
        MemorySegment buffer = unused.get(sizeClass).pop();
        return new Run(buffer.asSlice(0, sizeBytes), pageCount, buffer, null);
    }

    /// The class of the smallest buffers that hold so many pages.
    private static int sizeClass(int pageCount) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(pageCount - 1);
    }

    private void addSlab(int sizeClass) {
        MemorySegment slab = arena.allocate(SLAB_BYTES, Long.BYTES);
        slabCount++;
        long sizeBytes = (long) pageSizeBytes << sizeClass;
        for (long offset = 0; offset < SLAB_BYTES; offset += sizeBytes) {
            unused.get(sizeClass).push(slab.asSlice(offset, sizeBytes));
        }
    }

    void release(Run run) {
        if (run.arena() == null) {
            unused.get(sizeClass(run.pageCount())).push(run.buffer());
        } else {
            run.arena().close();
        }
    }

    int slabCount() {
        return slabCount;
    }

    /// Gives memory back, once all runs were released.
    void trim() {
        if (slabCount > KEPT_SLABS) {
            close();
            unused.forEach(Deque::clear);
            slabCount = 0;
            arena = Arena.ofShared();
        }
    }

    void close() {
        arena.close();
    }
}
