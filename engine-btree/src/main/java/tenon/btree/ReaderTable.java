package tenon.btree;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import tenon.api.ReaderInfo;

/// Which commits are being read. A reader takes a slot with one compare-and-set and no lock; the table grows by chunks
/// and never shrinks.
final class ReaderTable {
    private static final int SLOTS_PER_CHUNK = 64;
    /// One slot for each cache line, so that readers on different cores do not slow each other.
    private static final int SLOT_STRIDE = 8;
    /// What a slot holds: txid + 1 or [#UNUSED], when it was pinned, and the pages freed by all commits up to it.
    private static final int BEGIN_NS = 1;
    private static final int FREED_PAGE_COUNT = 2;
    private static final long UNUSED = 0;
    private static final long NOT_YET_KNOWN = Long.MIN_VALUE;

    private final Chunk first = new Chunk();

    private static final class Chunk {
        private final AtomicLongArray values = new AtomicLongArray(SLOTS_PER_CHUNK * SLOT_STRIDE);
        private final Slot[] slots = new Slot[SLOTS_PER_CHUNK];
        private final AtomicReference<Chunk> next = new AtomicReference<>();

        Chunk() {
            for (int i = 0; i < SLOTS_PER_CHUNK; i++) {
                slots[i] = new Slot(values, i * SLOT_STRIDE);
                values.setPlain(i * SLOT_STRIDE + BEGIN_NS, NOT_YET_KNOWN);
            }
        }
    }

    /// A place for a pinned commit. It goes from reader to reader: to be released once by each.
    static final class Slot {
        private final AtomicLongArray values;
        private final int index;
        /// Who has it; null at first and at last.
        private volatile BTreeReadTx reader;

        private Slot(AtomicLongArray values, int index) {
            this.values = values;
            this.index = index;
        }

        /// Pins another commit in place of the one before.
        void move(long txid, long nowNs, long freedPageCount) {
            values.setOpaque(index + BEGIN_NS, nowNs);
            values.setOpaque(index + FREED_PAGE_COUNT, freedPageCount);
            values.set(index, txid + 1);
        }

        /// Tells who has pinned the commit, so that it ends with the file.
        void hold(BTreeReadTx holder) {
            reader = holder;
        }

        void release() {
            reader = null;
            values.setOpaque(index + BEGIN_NS, NOT_YET_KNOWN);
            values.set(index, UNUSED);
        }
    }

    /// @param freedPageCount pages freed by all commits up to this one
    Slot pin(long txid, long nowNs, long freedPageCount) {
        int begin = (int) Thread.currentThread().threadId() * 7;
        for (Chunk chunk = first; ; chunk = nextOf(chunk)) {
            for (int i = 0; i < SLOTS_PER_CHUNK; i++) {
                int number = Math.floorMod(begin + i, SLOTS_PER_CHUNK);
                int index = number * SLOT_STRIDE;
                if (chunk.values.get(index) == UNUSED && chunk.values.compareAndSet(index, UNUSED, txid + 1)) {
                    chunk.values.setOpaque(index + FREED_PAGE_COUNT, freedPageCount);
                    chunk.values.setRelease(index + BEGIN_NS, nowNs);
                    return chunk.slots[number];
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
                long value = chunk.values.get(i * SLOT_STRIDE);
                if (value != UNUSED) {
                    oldest = Math.min(oldest, value - 1);
                }
            }
        }
        return oldest == Long.MAX_VALUE ? otherwise : oldest;
    }

    /// Ends all readers that are known to [hold][Slot#hold] a slot.
    void endAll() {
        for (Chunk chunk = first; chunk != null; chunk = chunk.next.get()) {
            for (Slot slot : chunk.slots) {
                BTreeReadTx reader = slot.reader;
                if (reader != null) {
                    reader.end();
                }
            }
        }
    }

    int count() {
        int count = 0;
        for (Chunk chunk = first; chunk != null; chunk = chunk.next.get()) {
            for (int i = 0; i < SLOTS_PER_CHUNK; i++) {
                count += chunk.values.get(i * SLOT_STRIDE) == UNUSED ? 0 : 1;
            }
        }
        return count;
    }

    /// The readers, those on the oldest commit first. One that begins or ends meanwhile may be missing.
    ///
    /// @param freedPageCount pages freed by all commits
    /// @param own a reader to leave out, or null
    List<ReaderInfo> readers(long nowNs, long freedPageCount, Slot own) {
        List<ReaderInfo> readers = new ArrayList<>();
        for (Chunk chunk = first; chunk != null; chunk = chunk.next.get()) {
            for (int index = 0; index < chunk.values.length(); index += SLOT_STRIDE) {
                long pinned = chunk.values.get(index);
                long beginNs = chunk.values.getAcquire(index + BEGIN_NS);
                long freedBefore = chunk.values.getAcquire(index + FREED_PAGE_COUNT);
                boolean isOther = chunk.slots[index / SLOT_STRIDE] != own;
                if (isOther && pinned != UNUSED && beginNs != NOT_YET_KNOWN && chunk.values.get(index) == pinned) {
                    readers.add(new ReaderInfo(
                            pinned - 1, Math.max(0, nowNs - beginNs), Math.max(0, freedPageCount - freedBefore)));
                }
            }
        }
        readers.sort(Comparator.comparingLong(ReaderInfo::txid)
                .thenComparing(Comparator.comparingLong(ReaderInfo::ageNs).reversed()));
        return readers;
    }
}
