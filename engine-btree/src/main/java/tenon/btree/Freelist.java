package tenon.btree;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/// Which pages may be used again, and when. A pure state machine: no memory, no disk.
///
/// A page freed by transaction N is *pending* until no reader sees a commit before N and commit N is not the newest
/// one, so that the commits of both meta pages are whole at any time. Then it is *free*.
///
/// Single pages are given out in ascending order, from where the last one was, and around: what a commit writes lies
/// close together, and in runs where much is free. If much is free in all, the way around is over the beginning of
/// the file only, so that its end gets empty. Pages with a brief life have the very beginning of the file to themselves,
/// as large as what the last commits needed of it.
///
/// Invariants: no page is in two of `free`, `pending` and `freed`; all are below the high water mark, and no meta page
/// is in them; `pending` is what its releases hold, and those ascend by txid; `changed` holds the pages that are in
/// `free` now and were not when the transaction began, or the reverse, and is empty between transactions, as `freed` is.
final class Freelist {
    /// Of the pages in use, this part is to be free where single pages are looked for.
    private static final int ROOM_DIVISOR = 4;
    private static final int ROOM_PAGES_MIN = 64;
    /// Bounds the cost of looking for the end of that room by what it is good for.
    private static final int ROOM_FILE_DIVISOR = 1024;

    /// Room for pages with a brief life: so many times what a transaction needs, and some more.
    private static final int NURSERY_GENERATIONS = 3;
    private static final int NURSERY_SPARE_PAGES = 16;
    private static final int BRIEF_DECAY = 8;

    private static final int TAIL_PAGES_MIN = 16;
    private static final int TAIL_DIVISOR = 64;

    private final long segmentPages;
    private final PageSet free = new PageSet();
    private final PageSet pending = new PageSet();
    private final ArrayDeque<Release> releases = new ArrayDeque<>();
    /// Pages that hold the freelist itself, oldest first.
    private final ArrayDeque<Link> chain = new ArrayDeque<>();
    // So many entries of the oldest of them, and of the next entry the pages below this one, are repeated in later ones.
    private int repeatedCount;
    private long repeatedPage;
    private long highWaterMark;

    /// Pages below this one are for a brief life, unless room for that is left.
    private long nurseryEnd;
    // Pages allocated for a brief life: in this transaction, and at most in the last ones.
    private int briefCount;
    private int briefCountMax;
    // Where the next of them is looked for.
    private long briefCursor;
    // Where the next single page is looked for, and where that begins anew.
    private long cursor;
    private long turn;
    /// Single pages are given out below this one, as long as there are any.
    private long frontEnd = Long.MAX_VALUE;

    private final PageSet changed = new PageSet();
    private final PageSet freed = new PageSet();
    private long txid;
    private long highWaterMarkBefore;
    // What this transaction did to the chain.
    private int addedLinkCount;
    private final ArrayDeque<Link> droppedLinks = new ArrayDeque<>();
    private int repeatedCountBefore;
    private long repeatedPageBefore;

    /// What one transaction freed.
    ///
    /// @param runs first page and count by turns
    private record Release(long txid, long[] runs) {}

    /// A page of the freelist, with the lower bits of its txid.
    record Link(long pageId, int txid) {
        static final Link NONE = new Link(0, 0);
    }

    Freelist(long highWaterMark, long segmentPages) {
        this.highWaterMark = highWaterMark;
        this.segmentPages = segmentPages;
    }

    long highWaterMark() {
        return highWaterMark;
    }

    long freePageCount() {
        return free.pageCount();
    }

    /// Pages freed by this transaction and by earlier ones that may still be seen.
    long pendingPageCount() {
        return pending.pageCount() + freed.pageCount();
    }

    /// Entries that it takes to write down all that is not in use, or more.
    long unusedEntryCountMax() {
        long pageCount = free.pageCount() + pendingPageCount();
        return free.runCount() + pending.runCount() + freed.runCount() + pageCount / FreelistLayout.ENTRY_COUNT_MAX;
    }

    PageSet free() {
        return free;
    }

    /// What earlier transactions freed and a reader may still see.
    PageSet pending() {
        return pending;
    }

    /// What the present transaction freed.
    PageSet freed() {
        return freed;
    }

    /// Pages that became free in this transaction, or were free before it.
    PageSet changed() {
        return changed;
    }

    /// Whether no element of the newest commit's tree leads to the page.
    boolean isUnused(long pageId) {
        return free.contains(pageId) || pending.contains(pageId) || freed.contains(pageId);
    }

    /// The next page from this one on that was free or pending before this transaction and still is, or -1. One that this
    /// transaction allocated and gave back was not: it may have been behind the end of the file, and may be taken again.
    long nextUnused(long pageId) {
        for (long page = pageId; ; page = changed.nextAbsent(page)) {
            long nextFree = free.next(page);
            long nextPending = pending.next(page);
            page = nextFree < 0 ? nextPending : nextPending < 0 ? nextFree : Math.min(nextFree, nextPending);
            if (page < 0 || !changed.contains(page)) {
                return page;
            }
        }
    }

    /// Where a run ends that begins with a page of [#nextUnused], but not behind the limit.
    long unusedRunEnd(long pageId, long limit) {
        long end = (free.contains(pageId) ? free : pending).nextAbsent(pageId, limit);
        long nextChanged = changed.next(pageId);
        return nextChanged < 0 ? end : Math.min(end, nextChanged);
    }

    /// Pages that hold the freelist itself, oldest first.
    Collection<Link> chain() {
        return Collections.unmodifiableCollection(chain);
    }

    int chainLength() {
        return chain.size();
    }

    Link newestLink() {
        return chain.isEmpty() ? Link.NONE : chain.getLast();
    }

    Link oldestLink() {
        return chain.getFirst();
    }

    /// Whether a page of this id or above holds a part of the freelist.
    boolean hasLinkFrom(long pageId) {
        for (Link link : chain) {
            if (link.pageId() >= pageId) {
                return true;
            }
        }
        return false;
    }

    void addLink(Link link) {
        chain.addLast(link);
        addedLinkCount++;
    }

    /// While the chain is read.
    void addOldestLink(Link link) {
        chain.addFirst(link);
    }

    /// Frees the page.
    void dropOldestLink() {
        Link link = chain.removeFirst();
        droppedLinks.addFirst(link);
        boolean wasUsed = free(link.pageId(), 1);
        assert wasUsed : "freelist page " + link.pageId() + " is free";
        setRepeated(0, 0);
    }

    int repeatedCount() {
        return repeatedCount;
    }

    long repeatedPage() {
        return repeatedPage;
    }

    void setRepeated(int entryCount, long pageId) {
        repeatedCount = entryCount;
        repeatedPage = pageId;
    }

    /// Begins a transaction.
    ///
    /// @param releasedTxid what this transaction and earlier ones freed may be reused
    void begin(long txid, long releasedTxid) {
        this.txid = txid;
        highWaterMarkBefore = highWaterMark;
        addedLinkCount = 0;
        droppedLinks.clear();
        repeatedCountBefore = repeatedCount;
        repeatedPageBefore = repeatedPage;
        while (!releases.isEmpty() && releases.getFirst().txid() <= releasedTxid) {
            long[] runs = releases.removeFirst().runs();
            for (int i = 0; i < runs.length; i += 2) {
                pending.removeRun(runs[i], runs[i + 1]);
                free.addRun(runs[i], runs[i + 1]);
            }
        }
        beginNursery();
    }

    /// What a transaction made for a brief life, the next one frees, and only the third one may reuse it.
    private void beginNursery() {
        briefCountMax = Math.max(briefCount, briefCountMax - (briefCountMax + BRIEF_DECAY - 1) / BRIEF_DECAY);
        briefCount = 0;
        nurseryEnd = PageLayout.META_PAGE_COUNT + NURSERY_GENERATIONS * briefCountMax + NURSERY_SPARE_PAGES;
        briefCursor = 0;
        for (long start = free.next(0); start >= 0 && start < nurseryEnd; ) {
            long end = free.nextAbsent(start, start + briefCountMax);
            if (end - start == briefCountMax) {
                briefCursor = start;
                break;
            }
            start = free.next(end);
        }
    }

    /// @return the first of `count` pages in a row
    long allocate(int count) {
        if (count == 1) {
            return allocatePage();
        }
        long start = free.findRun(count, segmentPages);
        if (start >= 0) {
            free.removeRun(start, count);
            changed.flipRun(start, count);
            return start;
        }
        start = PageSet.fit(highWaterMark, count, segmentPages);
        if (start > highWaterMark) {
            giveBack(highWaterMark, start - highWaterMark);
        }
        highWaterMark = start + count;
        return start;
    }

    private long allocatePage() {
        long page = free.next(cursor);
        if (page < 0 || page >= turn) {
            turnAround();
            page = free.next(cursor);
        }
        if (page < 0 && free.pageCount() > briefReserve()) {
            page = free.next(0);
        }
        if (page < 0) {
            return highWaterMark++;
        }
        cursor = page + 1;
        return take(page);
    }

    /// Free pages that the nursery keeps.
    private long briefReserve() {
        return isConfined() ? 0 : nurseryEnd - PageLayout.META_PAGE_COUNT - 2L * briefCountMax;
    }

    /// Allocates a page that will not live long, as those of the freelist and near the root do, which most commits
    /// write anew. They die where they were born, next to each other, and the room that they leave is in long runs, which
    /// are written at once.
    long allocateBrief() {
        briefCount++;
        long page = free.next(briefCursor);
        if (page >= nurseryEnd || page < 0) {
            page = free.next(0);
        }
        if (page < 0) {
            return highWaterMark++;
        }
        briefCursor = page + 1;
        return take(page);
    }

    private long take(long page) {
        free.remove(page);
        changed.flipRun(page, 1);
        return page;
    }

    private boolean isConfined() {
        return frontEnd < Long.MAX_VALUE;
    }

    private void turnAround() {
        long inUse = highWaterMark - free.pageCount() - pendingPageCount();
        long room = Math.max(ROOM_PAGES_MIN, Math.max(inUse / ROOM_DIVISOR, highWaterMark / ROOM_FILE_DIVISOR));
        cursor = isConfined() ? 0 : nurseryEnd;
        turn = free.pageCount() > room ? Math.max(cursor + 1, free.select(room)) : Long.MAX_VALUE;
        if (free.next(0) < frontEnd) {
            turn = Math.min(turn, frontEnd);
        }
    }

    /// From now on single pages are given out below this one as long as there are any, the lowest first.
    void confine(long newFrontEnd) {
        frontEnd = newFrontEnd;
        cursor = 0;
        turn = 0;
    }

    /// Counts no further than to the limit.
    long freePageCountBelow(long pageId, long countMax) {
        long count = 0;
        for (long page = free.next(0); page >= 0 && page < pageId && count < countMax; page = free.next(page + 1)) {
            count++;
        }
        return count;
    }

    /// Lowers the high water mark by the free pages just below it, if they are so many. No commit that can be read, nor
    /// one that a meta page tells, has anything in free pages.
    void cutTail(long pageCountMin) {
        long count = free.countBelow(highWaterMark);
        if (count > 0 && count >= pageCountMin) {
            highWaterMark -= count;
            free.removeRun(highWaterMark, count);
            changed.flipRun(highWaterMark, count);
        }
    }

    /// The least free tail that an ordinary commit cuts: less would only go to and fro.
    long tailPageCountMin() {
        return Math.max(TAIL_PAGES_MIN, highWaterMark / TAIL_DIVISOR);
    }

    /// Gives back pages that this transaction allocated.
    void giveBack(long start, long count) {
        boolean isFree = free.addRun(start, count);
        assert isFree : "page " + start + " was free already";
        changed.flipRun(start, count);
    }

    /// Frees pages of an earlier commit.
    ///
    /// @return whether they were in use; if not, the tree and the freelist of the file contradict each other, or a page
    ///     refers to what no page is, and the transaction must be rolled back
    boolean free(long start, long count) {
        if (start > highWaterMark - count) {
            return false;
        }
        if (count == 1) {
            return !free.contains(start) && !pending.contains(start) && freed.add(start);
        }
        for (long page = start; page < start + count; page++) {
            if (free.contains(page) || pending.contains(page)) {
                return false;
            }
        }
        return freed.addRun(start, count);
    }

    /// The changes stand.
    void commit() {
        changed.clear();
        if (!freed.isEmpty()) {
            long[] runs = new long[Math.toIntExact(2 * freed.runCount())];
            int index = 0;
            for (long start = freed.next(0); start >= 0; start = freed.next(runs[index - 2] + runs[index - 1])) {
                runs[index++] = start;
                runs[index++] = freed.nextAbsent(start) - start;
                pending.addRun(start, runs[index - 1]);
            }
            releases.addLast(new Release(txid, runs));
            freed.clear();
        }
    }

    /// As if the transaction had not been.
    void rollback() {
        free.flipAll(changed);
        changed.clear();
        freed.clear();
        highWaterMark = highWaterMarkBefore;
        for (; addedLinkCount > 0; addedLinkCount--) {
            chain.removeLast();
        }
        droppedLinks.forEach(chain::addFirst);
        droppedLinks.clear();
        setRepeated(repeatedCountBefore, repeatedPageBefore);
    }

    /// Checks the invariants of this class.
    ///
    /// @return true, to be asserted
    boolean validate() {
        assert free.validate() && pending.validate() && freed.validate() && changed.validate();
        for (PageSet set : List.of(free, pending, freed)) {
            set.forEachRun((start, count) -> {
                assert start >= PageLayout.META_PAGE_COUNT && start + count <= highWaterMark
                        : "pages from " + start + " of " + highWaterMark;
                for (long page = start; page < start + count; page++) {
                    assert set == free || !free.contains(page) : "page " + page + " is free and pending";
                    assert set != freed || !pending.contains(page) : "page " + page + " is freed twice";
                }
            });
        }
        long released = 0;
        long txidBefore = -1;
        for (Release release : releases) {
            assert release.txid() > txidBefore : "txid " + release.txid() + " behind " + txidBefore;
            txidBefore = release.txid();
            for (int i = 0; i < release.runs().length; i += 2) {
                released += release.runs()[i + 1];
                assert pending.contains(release.runs()[i]) : "page " + release.runs()[i] + " is not pending";
            }
        }
        assert released == pending.pageCount() : released + " pages to release, " + pending.pageCount() + " pending";
        return true;
    }
}
