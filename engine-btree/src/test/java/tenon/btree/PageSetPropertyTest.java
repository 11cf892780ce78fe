package tenon.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tenon.testkit.Seeds;

/// A [PageSet] beside a [BitSet]. Pages lie in clusters at the borders of words, blocks and chunks.
class PageSetPropertyTest {
    private static final int PAGE_COUNT = 1 << 20;
    private static final int[] BORDERS = {0, 64, 4096, 8192, 64 * 4096, 64 * 4096 + 4096, PAGE_COUNT - 300};

    private final RandomGenerator random = Seeds.random(PageSetPropertyTest.class);
    private final PageSet set = new PageSet();
    private final BitSet model = new BitSet();

    private int page() {
        int border = BORDERS[random.nextInt(BORDERS.length)];
        return Math.clamp(border + random.nextInt(-150, 150), 0, PAGE_COUNT - 1);
    }

    private int count() {
        return switch (random.nextInt(12)) {
            case 0 -> random.nextInt(1, 20_000);
            case 1, 2 -> random.nextInt(1, 200);
            default -> random.nextInt(1, 5);
        };
    }

    @Test
    void shouldBehaveLikeBitSet() {
        for (int step = 0; step < 30_000; step++) {
            change();
            assertEquals(model.cardinality(), set.pageCount());
            lookAt(page());
            if (step % 3000 == 0) {
                assertTrue(set.validate());
                assertEquals(runsOf(model), runsOf(set));
                assertEquals(runsOf(set).size(), set.runCount());
            }
            if (random.nextInt(5000) == 0) {
                set.clear();
                model.clear();
            }
        }
        assertTrue(set.validate());
    }

    private void change() {
        int page = page();
        int count = count();
        boolean isAbsent = model.get(page, Math.min(page + count, PAGE_COUNT)).isEmpty();
        boolean isPresent = model.nextClearBit(page) >= page + count;
        switch (random.nextInt(6)) {
            case 0 -> {
                assertEquals(!model.get(page), set.add(page));
                model.set(page);
            }
            case 1 -> {
                assertEquals(model.get(page), set.remove(page));
                model.clear(page);
            }
            case 2 -> {
                isAbsent = model.get(page, page + count).isEmpty();
                assertEquals(isAbsent, set.addRun(page, count));
                model.set(page, page + count);
            }
            case 3, 4 -> {
                assertEquals(isPresent, set.removeRun(page, count));
                model.clear(page, page + count);
            }
            default -> {
                set.flipRun(page, count);
                model.flip(page, page + count);
            }
        }
    }

    private void lookAt(int page) {
        assertEquals(model.get(page), set.contains(page));
        assertEquals(model.nextSetBit(page), set.next(page));
        assertEquals(model.nextClearBit(page), set.nextAbsent(page));
        assertEquals(page == 0 ? 0 : page - 1 - model.previousClearBit(page - 1), set.countBelow(page));
        int count = count();
        long segmentPages = 1L << random.nextInt(4, 20);
        assertEquals(findRun(count, segmentPages), set.findRun(count, segmentPages));
        if (!model.isEmpty()) {
            int nth = random.nextInt(Math.min(1000, model.cardinality()));
            int found = model.nextSetBit(0);
            for (int i = 0; i < nth; i++) {
                found = model.nextSetBit(found + 1);
            }
            assertEquals(found, set.select(nth));
        }
    }

    private long findRun(int count, long segmentPages) {
        for (int start = model.nextSetBit(0); start >= 0; ) {
            int end = model.nextClearBit(start);
            long fit = PageSet.fit(start, count, segmentPages);
            if (fit + count <= end) {
                return fit;
            }
            start = model.nextSetBit(end);
        }
        return -1;
    }

    private static List<List<Long>> runsOf(PageSet set) {
        List<List<Long>> runs = new ArrayList<>();
        set.forEachRun((start, count) -> runs.add(List.of(start, count)));
        return runs;
    }

    private static List<List<Long>> runsOf(BitSet set) {
        List<List<Long>> runs = new ArrayList<>();
        for (int start = set.nextSetBit(0); start >= 0; start = set.nextSetBit(set.nextClearBit(start))) {
            runs.add(List.of((long) start, (long) set.nextClearBit(start) - start));
        }
        return runs;
    }

    @Test
    void shouldFlipAllPagesOfAnotherSet() {
        PageSet other = new PageSet();
        for (int i = 0; i < 200; i++) {
            int page = page();
            other.flipRun(page, count());
            set.flipRun(page(), count());
        }
        set.forEachRun((start, count) -> model.set((int) start, (int) (start + count)));
        other.forEachRun((start, count) -> model.flip((int) start, (int) (start + count)));
        set.flipAll(other);
        assertEquals(runsOf(model), runsOf(set));
        assertTrue(set.validate());
    }

    /// Looking for it once more must not cost the walk over all pages again; a bound that is too low would lose it.
    @Test
    void shouldFindRunThatAppearsAfterSearchInVain() {
        for (int page = 0; page < PAGE_COUNT; page += 2) {
            set.add(page);
        }
        assertEquals(-1, set.findRun(2, PAGE_COUNT));
        set.add(4095);
        assertEquals(4094, set.findRun(2, PAGE_COUNT));
        assertEquals(4094, set.findRun(3, PAGE_COUNT));
        set.remove(4094);
        assertEquals(4095, set.findRun(2, PAGE_COUNT));
        set.remove(4095);
        assertEquals(-1, set.findRun(2, PAGE_COUNT));
        set.addRun(5000, 10_000);
        assertEquals(5000, set.findRun(9000, PAGE_COUNT));
        assertEquals(8192, set.findRun(6000, 8192));
        assertEquals(-1, set.findRun(10_002, PAGE_COUNT));
    }
}
