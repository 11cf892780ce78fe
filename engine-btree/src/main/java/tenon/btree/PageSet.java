package tenon.btree;

import java.util.Arrays;

/// A set of page ids: a bitmap with summaries above it, each bit of which says whether a word below is not zero. One
/// page is added, removed or found in a few steps, whatever the size of the set; nothing is allocated but room for page
/// ids that were never in it. A *run* is pages in a row.
///
/// Invariants: a bit of a summary is set exactly if the word below it is not zero; `pageCount` and `runCount` count
/// what the words say; no bound of a block is less than its longest run.
final class PageSet {
    private static final int WORD_SHIFT = 6;
    /// Words are made in chunks, so that a set of few pages in a large file is small, and that none is ever copied.
    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
    private static final long[][] NO_CHUNKS = {};

    /// A block is what one word of the lowest summary stands for.
    private static final int BLOCK_SHIFT = 2 * WORD_SHIFT;
    private static final int BLOCK_PAGES = 1 << BLOCK_SHIFT;
    private static final short BOUND_UNKNOWN = Short.MAX_VALUE;

    private long[][] chunks = NO_CHUNKS;
    /// From the lowest to one that is a single word.
    private long[][] summaries = {new long[1]};
    private long pageCount;
    private long runCount;

    /// The longest run in each block, counted on through the next one. Null until runs are looked for.
    private short[] bounds;

    /// What is done for each run.
    @FunctionalInterface
    interface RunAction {
        void accept(long start, long count);
    }

    long pageCount() {
        return pageCount;
    }

    long runCount() {
        return runCount;
    }

    boolean isEmpty() {
        return pageCount == 0;
    }

    boolean contains(long pageId) {
        return (word((int) (pageId >>> WORD_SHIFT)) >>> pageId & 1) != 0;
    }

    /// @return whether it was absent
    boolean add(long pageId) {
        int index = (int) (pageId >>> WORD_SHIFT);
        long before = word(index);
        setWord(index, before | 1L << pageId);
        return (before >>> pageId & 1) == 0;
    }

    /// @return whether it was present
    boolean remove(long pageId) {
        int index = (int) (pageId >>> WORD_SHIFT);
        long before = word(index);
        setWord(index, before & ~(1L << pageId));
        return (before >>> pageId & 1) != 0;
    }

    /// @return whether all of the pages were absent
    boolean addRun(long start, long count) {
        long presentBefore = pageCount;
        for (long page = start; page < start + count; page = nextWord(page)) {
            int index = (int) (page >>> WORD_SHIFT);
            setWord(index, word(index) | mask(page, start + count));
        }
        return pageCount - presentBefore == count;
    }

    /// @return whether all of the pages were present
    boolean removeRun(long start, long count) {
        long presentBefore = pageCount;
        for (long page = start; page < start + count; page = nextWord(page)) {
            int index = (int) (page >>> WORD_SHIFT);
            setWord(index, word(index) & ~mask(page, start + count));
        }
        return presentBefore - pageCount == count;
    }

    /// Adds those of the pages that are absent, and removes the others.
    void flipRun(long start, long count) {
        for (long page = start; page < start + count; page = nextWord(page)) {
            int index = (int) (page >>> WORD_SHIFT);
            setWord(index, word(index) ^ mask(page, start + count));
        }
    }

    /// Adds those pages of the other set that are absent here, and removes those that are present.
    void flipAll(PageSet other) {
        for (long page = other.next(0); page >= 0; page = other.next(nextWord(page))) {
            int index = (int) (page >>> WORD_SHIFT);
            setWord(index, word(index) ^ other.word(index));
        }
    }

    void clear() {
        for (long page = next(0); page >= 0; page = next(nextWord(page))) {
            setWord((int) (page >>> WORD_SHIFT), 0);
        }
    }

    /// The first page of the next word.
    private static long nextWord(long pageId) {
        return (pageId >>> WORD_SHIFT) + 1 << WORD_SHIFT;
    }

    /// The bits of the pages from the first to the end, as far as they lie in the word of the first.
    private static long mask(long first, long end) {
        long mask = -1L << first;
        return end < nextWord(first) ? mask & ~(-1L << end) : mask;
    }

    private long word(int index) {
        int chunk = index >>> CHUNK_SHIFT;
        return chunk < chunks.length && chunks[chunk] != null ? chunks[chunk][index & CHUNK_MASK] : 0;
    }

    private void setWord(int index, long after) {
        long before = word(index);
        if (before == after) {
            return;
        }
        if (before == 0) {
            chunkOf(index);
            markNotZero(index);
        } else if (after == 0) {
            markZero(index);
        }
        chunks[index >>> CHUNK_SHIFT][index & CHUNK_MASK] = after;
        pageCount += Long.bitCount(after) - Long.bitCount(before);
        long bitBefore = index == 0 ? 0 : word(index - 1) >>> 63;
        long bitAfter = word(index + 1) & 1;
        runCount += runsBegun(after, bitBefore) - runsBegun(before, bitBefore) + bitAfter * ((before >>> 63) - (after >>> 63));
        if (bounds != null && (after & ~before) != 0) {
            forgetBound(index >>> WORD_SHIFT);
        }
    }

    private static int runsBegun(long word, long bitBefore) {
        return Long.bitCount(word & ~(word << 1 | bitBefore));
    }

    private void chunkOf(int index) {
        int chunk = index >>> CHUNK_SHIFT;
        if (chunk >= chunks.length) {
            chunks = Arrays.copyOf(chunks, Math.max(chunk + 1, chunks.length + chunks.length / 2));
            growSummaries(chunks.length << CHUNK_SHIFT - WORD_SHIFT);
        }
        if (chunks[chunk] == null) {
            chunks[chunk] = new long[1 << CHUNK_SHIFT];
        }
    }

    private void growSummaries(int wordCount) {
        int levelCount = 1;
        for (int words = wordCount; words > 1; words = words + 63 >>> WORD_SHIFT) {
            levelCount++;
        }
        long[][] grown = new long[levelCount][];
        int words = wordCount;
        for (int level = 0; level < levelCount; level++) {
            grown[level] = level < summaries.length ? Arrays.copyOf(summaries[level], words) : new long[words];
            words = words + 63 >>> WORD_SHIFT;
        }
        int presentLevels = summaries.length;
        summaries = grown;
        for (int level = presentLevels; level < levelCount; level++) {
            // What was the single word on top has got one above it.
            summaries[level][0] = summaries[level - 1][0] == 0 ? 0 : 1;
        }
        if (bounds != null) {
            int known = bounds.length;
            bounds = Arrays.copyOf(bounds, wordCount);
            Arrays.fill(bounds, known, wordCount, BOUND_UNKNOWN);
        }
    }

    private void markNotZero(int wordIndex) {
        int index = wordIndex;
        for (long[] summary : summaries) {
            long before = summary[index >>> WORD_SHIFT];
            summary[index >>> WORD_SHIFT] = before | 1L << index;
            if (before != 0) {
                return;
            }
            index >>>= WORD_SHIFT;
        }
    }

    private void markZero(int wordIndex) {
        int index = wordIndex;
        for (long[] summary : summaries) {
            long after = summary[index >>> WORD_SHIFT] & ~(1L << index);
            summary[index >>> WORD_SHIFT] = after;
            if (after != 0) {
                return;
            }
            index >>>= WORD_SHIFT;
        }
    }

    /// The first page from this one on that is present, or -1.
    long next(long pageId) {
        int index = (int) (pageId >>> WORD_SHIFT);
        long rest = word(index) & -1L << pageId;
        if (rest != 0) {
            return ((long) index << WORD_SHIFT) + Long.numberOfTrailingZeros(rest);
        }
        for (int level = 0; level < summaries.length; level++) {
            index++;
            int above = index >>> WORD_SHIFT;
            if (above >= summaries[level].length) {
                return -1;
            }
            rest = summaries[level][above] & -1L << index;
            if (rest != 0) {
                return firstBelow(level, (above << WORD_SHIFT) + Long.numberOfTrailingZeros(rest));
            }
            index = above;
        }
        return -1;
    }

    /// The first page under a bit of a summary.
    private long firstBelow(int level, int bit) {
        int index = bit;
        for (int below = level - 1; below >= 0; below--) {
            index = (index << WORD_SHIFT) + Long.numberOfTrailingZeros(summaries[below][index]);
        }
        return ((long) index << WORD_SHIFT) + Long.numberOfTrailingZeros(word(index));
    }

    /// The first page from this one on that is absent.
    long nextAbsent(long pageId) {
        return nextAbsent(pageId, Long.MAX_VALUE);
    }

    /// The same, but not beyond the limit.
    long nextAbsent(long pageId, long limit) {
        int index = (int) (pageId >>> WORD_SHIFT);
        long absent = ~word(index) & -1L << pageId;
        while (absent == 0 && (long) index + 1 << WORD_SHIFT < limit) {
            absent = ~word(++index);
        }
        return Math.min(limit, ((long) index << WORD_SHIFT) + Long.numberOfTrailingZeros(absent));
    }

    /// How many pages in a row are present just below this one.
    long countBelow(long end) {
        long page = end;
        while (page > 0) {
            int index = (int) (page - 1 >>> WORD_SHIFT);
            long absent = ~word(index) & mask((long) index << WORD_SHIFT, page);
            if (absent != 0) {
                page = ((long) index + 1 << WORD_SHIFT) - Long.numberOfLeadingZeros(absent);
                break;
            }
            page = (long) index << WORD_SHIFT;
        }
        return end - page;
    }

    /// The page with so many present ones below it. There must be one.
    long select(long count) {
        long left = count;
        for (long page = next(0); ; page = next(nextWord(page))) {
            long word = word((int) (page >>> WORD_SHIFT));
            if (left < Long.bitCount(word)) {
                for (; left > 0; left--) {
                    word &= word - 1;
                }
                return (page >>> WORD_SHIFT << WORD_SHIFT) + Long.numberOfTrailingZeros(word);
            }
            left -= Long.bitCount(word);
        }
    }

    /// Visits all runs in order.
    void forEachRun(RunAction action) {
        for (long start = next(0); start >= 0; ) {
            long end = nextAbsent(start);
            action.accept(start, end - start);
            start = next(end);
        }
    }

    /// The first place for a run that does not cross a multiple of `segmentPages`, unless it is longer than that.
    ///
    /// @return the first page, or -1 if there is none
    long findRun(long count, long segmentPages) {
        if (bounds == null) {
            bounds = new short[summaries[0].length];
            Arrays.fill(bounds, BOUND_UNKNOWN);
        }
        long boundMin = Math.min(count, BLOCK_PAGES + 1);
        for (int block = 0; block < bounds.length; block++) {
            if (bounds[block] == BOUND_UNKNOWN) {
                bounds[block] = longestRun(block);
            }
            long found = bounds[block] >= boundMin ? findRunIn(block, count, segmentPages) : -1;
            if (found >= 0) {
                return found;
            }
        }
        return -1;
    }

    private long findRunIn(int block, long count, long segmentPages) {
        long end = (long) block + 1 << BLOCK_SHIFT;
        for (long start = firstRunOf(block); start >= 0 && start < end; ) {
            long fit = fit(start, count, segmentPages);
            long runEnd = nextAbsent(start, fit + count);
            if (runEnd == fit + count) {
                return fit;
            }
            start = next(runEnd);
        }
        return -1;
    }

    /// The first run that begins in a block or behind it, not one that began before.
    private long firstRunOf(int block) {
        long first = (long) block << BLOCK_SHIFT;
        boolean isRunning = block > 0 && contains(first - 1) && contains(first);
        return next(isRunning ? nextAbsent(first, first + BLOCK_PAGES) : first);
    }

    private short longestRun(int block) {
        long end = (long) block + 1 << BLOCK_SHIFT;
        long longest = 0;
        for (long start = next(end - BLOCK_PAGES); start >= 0 && start < end; ) {
            long runEnd = nextAbsent(start, end + BLOCK_PAGES);
            longest = Math.max(longest, runEnd - start);
            start = next(runEnd);
        }
        return (short) longest;
    }

    /// The run may have begun in the block before.
    private void forgetBound(int block) {
        bounds[block] = BOUND_UNKNOWN;
        if (block > 0) {
            bounds[block - 1] = BOUND_UNKNOWN;
        }
    }

    /// The first page from `start` on at which a run may begin.
    static long fit(long start, long count, long segmentPages) {
        long room = segmentPages - start % segmentPages;
        return count <= room || count > segmentPages ? start : start + room;
    }

    /// Checks the invariants of this class.
    ///
    /// @return true, to be asserted
    boolean validate() {
        long pages = 0;
        long runs = 0;
        int wordCount = summaries[0].length << WORD_SHIFT;
        for (int index = 0; index < wordCount; index++) {
            pages += Long.bitCount(word(index));
            runs += runsBegun(word(index), index == 0 ? 0 : word(index - 1) >>> 63);
            assert (summaries[0][index >>> WORD_SHIFT] >>> index & 1) == (word(index) == 0 ? 0 : 1) : "word " + index;
        }
        assert pages == pageCount : pages + " pages are counted as " + pageCount;
        assert runs == runCount : runs + " runs are counted as " + runCount;
        for (int level = 1; level < summaries.length; level++) {
            for (int index = 0; index < summaries[level - 1].length; index++) {
                assert (summaries[level][index >>> WORD_SHIFT] >>> index & 1)
                        == (summaries[level - 1][index] == 0 ? 0 : 1) : "level " + level + ", word " + index;
            }
        }
        for (int block = 0; bounds != null && block < bounds.length; block++) {
            assert bounds[block] >= longestRun(block) : "block " + block + " has a longer run than " + bounds[block];
        }
        return true;
    }
}
