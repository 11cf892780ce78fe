package tenon.btree;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/// Which commits are being read. A reader takes a slot with one compare-and-set and no lock; the table grows by chunks
/// and never shrinks.
final class ReaderTable {
    private static final int SLOTS_PER_CHUNK = 64;
    /// One slot for each cache line, so that readers on different cores do not slow each other.
    private static final int SLOT_STRIDE = 8;
    private static final long UNUSED = 0;

    private final Chunk first = new Chunk();

    /// Slots hold txid + 1, or [#UNUSED].
    private static final class Chunk {
        private final AtomicLongArray slots = new AtomicLongArray(SLOTS_PER_CHUNK * SLOT_STRIDE);
        private final AtomicReference<Chunk> next = new AtomicReference<>();
    }

    /// A pinned commit.
    static final class Slot {
        private final Chunk chunk;
        private final int index;

        private Slot(Chunk chunk, int index) {
            this.chunk = chunk;
            this.index = index;
        }

        void release() {
            chunk.slots.set(index, UNUSED);
        }
    }

    Slot pin(long txid) {
        int begin = (int) Thread.currentThread().threadId() * 7;
        for (Chunk chunk = first; ; chunk = nextOf(chunk)) {
            for (int i = 0; i < SLOTS_PER_CHUNK; i++) {
                int index = Math.floorMod(begin + i, SLOTS_PER_CHUNK) * SLOT_STRIDE;
                if (chunk.slots.get(index) == UNUSED && chunk.slots.compareAndSet(index, UNUSED, txid + 1)) {
                    return new Slot(chunk, index);
                }
            }
        }
    }

    private static Chunk nextOf(Chunk chunk) {
        Chunk next = chunk.next.get();
        if (next == null) {
            chunk.next.compareAndSet(null, new Chunk());
            next = chunk.next.get();
        }
        return next;
    }

    /// The oldest commit that is being read, or `otherwise` without readers.
    long oldestTxid(long otherwise) {
        long oldest = Long.MAX_VALUE;
        for (Chunk chunk = first; chunk != null; chunk = chunk.next.get()) {
            for (int i = 0; i < SLOTS_PER_CHUNK; i++) {
                long value = chunk.slots.get(i * SLOT_STRIDE);
                if (value != UNUSED) {
                    oldest = Math.min(oldest, value - 1);
                }
            }
        }
        return oldest == Long.MAX_VALUE ? otherwise : oldest;
    }

    int count() {
        int count = 0;
        for (Chunk chunk = first; chunk != null; chunk = chunk.next.get()) {
            for (int i = 0; i < SLOTS_PER_CHUNK; i++) {
                count += chunk.slots.get(i * SLOT_STRIDE) == UNUSED ? 0 : 1;
            }
        }
        return count;
    }
}
