package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

/// A [Freelist] beside sorted sets of pages.
class FreelistPropertyTest {
    private static final long SEGMENT_PAGES = 256;

    private final RandomGenerator random = Seeds.random(FreelistPropertyTest.class);
    private final Freelist freelist = new Freelist(PageLayout.META_PAGE_COUNT, SEGMENT_PAGES);
    private Naive naive = new Naive();

    /// What a freelist should know.
    private static final class Naive {
        private final NavigableSet<Long> used = new TreeSet<>();
        private final NavigableSet<Long> free = new TreeSet<>();
        private final NavigableMap<Long, NavigableSet<Long>> pending = new TreeMap<>();
        private long highWaterMark = PageLayout.META_PAGE_COUNT;

        Naive copy() {
            Naive copy = new Naive();
            copy.used.addAll(used);
            copy.free.addAll(free);
            pending.forEach((txid, pages) -> copy.pending.put(txid, new TreeSet<>(pages)));
            copy.highWaterMark = highWaterMark;
            return copy;
        }

        void release(long txid) {
            NavigableMap<Long, NavigableSet<Long>> released = pending.headMap(txid, true);
            released.values().forEach(free::addAll);
            released.clear();
        }

        long pendingCount() {
            return pending.values().stream().mapToLong(NavigableSet::size).sum();
        }

        void allocated(long start, int count) {
            boolean grows = start + count > highWaterMark;
            for (long page = highWaterMark; grows && page < start; page++) {
                free.add(page);
            }
            for (long page = start; page < start + count; page++) {
                assertTrue(free.remove(page) || page >= highWaterMark, "page " + page + " is given out twice");
                used.add(page);
            }
            highWaterMark = Math.max(highWaterMark, start + count);
        }
    }

    @Test
    void shouldGiveOutOnlyWhatNobodyUses() {
        for (long txid = 1; txid < 1500; txid++) {
            long released = txid - 2 - random.nextInt(3);
            naive.release(released);
            freelist.begin(txid, released);
            Naive before = naive.copy();
            transaction(txid);
            if (random.nextInt(3) == 0) {
                cutTail(random.nextInt(20));
            }
            assertEquals(naive.free.size(), freelist.freePageCount());
            assertEquals(naive.pendingCount(), freelist.pendingPageCount());
            assertTrue(freelist.validate());
            if (random.nextInt(4) == 0) {
                freelist.rollback();
                naive = before;
            } else {
                freelist.commit();
            }
            assertEqualSets(before);
        }
    }

    private void transaction(long txid) {
        List<long[]> own = new ArrayList<>();
        int operations = random.nextInt(60);
        for (int i = 0; i < operations; i++) {
            int count = random.nextInt(6) > 0 ? 1 : random.nextInt(1, 40);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    long start = freelist.allocate(count);
                    assertTrue(count == 1 || start % SEGMENT_PAGES + count <= SEGMENT_PAGES);
                    naive.allocated(start, count);
                    own.add(new long[] {start, count});
                }
                case 2 -> {
                    if (!own.isEmpty()) {
                        long[] back = own.remove(random.nextInt(own.size()));
                        freelist.giveBack(back[0], back[1]);
                        for (long page = back[0]; page < back[0] + back[1]; page++) {
                            naive.used.remove(page);
                            naive.free.add(page);
                        }
                    }
                }
                default -> free(txid, own);
            }
        }
    }

    private void cutTail(int pageCountMin) {
        long tail = naive.highWaterMark;
        while (naive.free.contains(tail - 1)) {
            tail--;
        }
        freelist.cutTail(pageCountMin);
        if (naive.highWaterMark - tail >= pageCountMin) {
            naive.free.tailSet(tail, true).clear();
            naive.highWaterMark = tail;
        }
        assertEquals(naive.highWaterMark, freelist.highWaterMark());
    }

    /// Frees pages of earlier commits, in any order.
    private void free(long txid, List<long[]> own) {
        Long start = naive.used.ceiling(random.nextLong(naive.highWaterMark));
        if (start == null || own.stream().anyMatch(run -> run[0] <= start && start < run[0] + run[1])) {
            return;
        }
        NavigableSet<Long> freed = naive.pending.computeIfAbsent(txid, missing -> new TreeSet<>());
        assertTrue(freelist.free(start, 1));
        assertFalse(freelist.free(start, 1), "freed twice");
        naive.used.remove(start);
        freed.add(start);
    }

    private void assertEqualSets(Naive before) {
        assertEquals(naive.highWaterMark, freelist.highWaterMark());
        assertEquals(naive.free.size(), freelist.freePageCount());
        assertEquals(naive.pendingCount(), freelist.pendingPageCount());
        for (long page = 0; page < Math.max(naive.highWaterMark, before.highWaterMark); page++) {
            assertEquals(naive.free.contains(page), freelist.free().contains(page), "page " + page);
        }
        assertTrue(freelist.changed().isEmpty());
        assertTrue(freelist.validate());
    }

    @Test
    void shouldRefuseToFreeWhatIsFreeOrPending() {
        freelist.begin(1, 0);
        long page = freelist.allocate(1);
        long run = freelist.allocate(10);
        freelist.commit();
        freelist.begin(2, 0);
        assertTrue(freelist.free(page, 1));
        assertTrue(freelist.free(run, 10));
        freelist.commit();
        freelist.begin(3, 0);
        assertFalse(freelist.free(page, 1), "pending");
        assertFalse(freelist.free(run + 9, 1), "pending");
        freelist.rollback();
        freelist.begin(3, 2);
        assertFalse(freelist.free(page, 1), "free");
        assertFalse(freelist.free(run + 4, 3), "free");
        freelist.rollback();
    }

    /// What a transaction writes lies in runs where much is free, and near the beginning of the file.
    @Test
    void shouldFillTheBeginningOfFileThatIsHalfFree() {
        freelist.begin(1, 0);
        int pageCount = 100_000;
        for (int i = 0; i < pageCount; i++) {
            freelist.allocate(1);
        }
        freelist.commit();
        freelist.begin(2, 1);
        for (int page = 2; page < pageCount; page += 2) {
            freelist.free(page, 1);
        }
        freelist.commit();
        freelist.begin(3, 2);
        long last = 0;
        for (int i = 0; i < pageCount / 16; i++) {
            long page = freelist.allocate(1);
            assertTrue(page > last, "ascending");
            last = page;
        }
        assertTrue(last < pageCount / 2, "page " + last + " is near the end");
        assertEquals(pageCount + 2, freelist.highWaterMark());
        assertTrue(freelist.validate());
    }

    /// A reference of a damaged file may claim any number of pages.
    @Test
    void shouldNotFreeWhatIsBehindTheHighWaterMark() {
        Freelist freelist = new Freelist(10, 1);
        assertFalse(freelist.free(5, 1L << 30));
        assertFalse(freelist.free(Long.MAX_VALUE, 1));
        assertTrue(freelist.free(5, 5));
    }
}
