package tenon.btree;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/// The freelist as it is written: a chain of pages, each with changes of a commit, later ones overruling earlier ones.
///
/// A commit adds what it changed. Once the chain is longer than twice what the free runs need, the commit also lets go
/// of the oldest pages: it repeats what is still true of them, a page or two at a time. So the cost of a commit follows
/// what it changed, however much is free, and no commit writes everything anew.
final class FreelistPages {
    private static final int CHAIN_LENGTH_MIN = 1;
    private static final int CHAIN_LENGTH_FACTOR = 2;
    /// Pages let go by a commit, beside twice those that it adds: more may be found to say nothing that is still true.
    private static final int DROPPED_COUNT_MAX = 8;

    private final PageFile file;
    private final Freelist freelist;
    private final int entryCountMax;
    private final FreelistEntries repeats = new FreelistEntries();
    private final FreelistEntries changes = new FreelistEntries();
    private final PageView oldest = new PageView();

    FreelistPages(PageFile file, Freelist freelist) {
        this.file = file;
        this.freelist = freelist;
        this.entryCountMax = FreelistLayout.entryCountMax(file.pageSizeBytes);
    }

    /// Allocates and writes the pages of this commit.
    ///
    /// @param leavesFrom if the chain has pages of this id or above, its oldest pages are let go of in any case
    /// @param newPage makes a dirty freelist page of this id
    void write(long txid, long leavesFrom, LongFunction<PageView> newPage) {
        repeats.clear();
        collectChanges();
        boolean leaves = leavesFrom < Long.MAX_VALUE && freelist.hasLinkFrom(leavesFrom);
        if (changes.count() == 0 && !leaves) {
            return;
        }
        Freelist.Link previous = freelist.newestLink();
        int pageCount = repeatOldest(pageCountFor(changes.count()), leaves);
        List<Freelist.Link> added = new ArrayList<>(pageCount);
        do {
            // The pages themselves change what is to be written.
            while (added.size() < pageCount) {
                Freelist.Link link = new Freelist.Link(freelist.allocateBrief(), (int) txid);
                freelist.addLink(link);
                added.add(link);
            }
            collectChanges();
            pageCount = (repeats.count() + changes.count() + entryCountMax - 1) / entryCountMax;
        } while (added.size() < pageCount);
        writePages(added, previous, newPage);
    }

    private void collectChanges() {
        changes.clear();
        changes.addChanges(freelist);
    }

    /// Each page that is added takes a page, which is another entry.
    private int pageCountFor(int entryCount) {
        return (entryCount + entryCountMax - 2) / (entryCountMax - 1);
    }

    /// Repeats what the oldest pages say, until the chain is short enough, or for as long as a commit may.
    ///
    /// @param needed pages that this commit adds anyway
    /// @param leaves whether no length is short enough
    /// @return pages that it adds now
    private int repeatOldest(int needed, boolean leaves) {
        long lengthNeeded = freelist.unusedEntryCountMax() / entryCountMax;
        long lengthMax = leaves ? 0 : CHAIN_LENGTH_MIN + CHAIN_LENGTH_FACTOR * lengthNeeded;
        int pageCountMax = 2 * needed + 1;
        int droppedMax = 2 * needed + DROPPED_COUNT_MAX;
        int pageCount = needed;
        int used = changes.count() + needed;
        for (int dropped = 0; dropped < droppedMax && freelist.chainLength() > 0; ) {
            if (freelist.chainLength() + pageCount <= lengthMax) {
                break;
            }
            int room = pageCount * entryCountMax - used - repeats.count() - 1;
            if (room > 0 && repeatPage(repeats.count() + room)) {
                freelist.dropOldestLink();
                dropped++;
                used++;
            } else if (pageCount < pageCountMax) {
                pageCount++;
                used++;
            } else {
                break;
            }
        }
        return pageCount;
    }

    /// Repeats what is still true of the oldest page, from where this ended the last time.
    ///
    /// @param entryCountLimit no more entries than this in all
    /// @return whether nothing is left
    private boolean repeatPage(int entryCountLimit) {
        file.load(freelist.oldestLink().pageId(), oldest);
        int count = oldest.count();
        int index = freelist.repeatedCount();
        long from = freelist.repeatedPage();
        for (; index < count; index++) {
            long entry = FreelistLayout.entryAt(oldest, index);
            if (FreelistLayout.kindOf(entry) == FreelistLayout.KIND_TAKEN) {
                continue;
            }
            long start = Math.max(from, FreelistLayout.startOf(entry));
            long end = FreelistLayout.startOf(entry) + FreelistLayout.countOf(entry);
            for (long page = freelist.nextUnused(start); page >= 0 && page < end; page = freelist.nextUnused(page)) {
                if (repeats.count() == entryCountLimit) {
                    freelist.setRepeated(index, page);
                    return false;
                }
                long runEnd = freelist.unusedRunEnd(page, end);
                repeats.add(page, runEnd - page, FreelistLayout.KIND_FREE);
                page = runEnd;
            }
            from = 0;
        }
        return true;
    }

    private void writePages(List<Freelist.Link> added, Freelist.Link newestBefore, LongFunction<PageView> newPage) {
        int length = freelist.chainLength() - added.size();
        Freelist.Link previous = length == 0 ? Freelist.Link.NONE : newestBefore;
        int index = 0;
        for (Freelist.Link link : added) {
            length++;
            PageView page = newPage.apply(link.pageId());
            PageEditor.setLong(page, FreelistLayout.PREVIOUS_OFFSET, previous.pageId());
            PageEditor.setInt(page, FreelistLayout.PREVIOUS_TXID_OFFSET, previous.txid());
            PageEditor.setInt(page, FreelistLayout.LENGTH_OFFSET, length);
            PageEditor.setInt(page, FreelistLayout.REPEATED_COUNT_OFFSET, freelist.repeatedCount());
            PageEditor.setInt(page, FreelistLayout.REPEATED_COUNT_OFFSET + Integer.BYTES, 0);
            PageEditor.setLong(page, FreelistLayout.REPEATED_PAGE_OFFSET, freelist.repeatedPage());
            index = fill(page, index);
            previous = link;
        }
    }

    /// @return the entry to go on with
    private int fill(PageView page, int from) {
        int total = repeats.count() + changes.count();
        int to = Math.min(total, from + entryCountMax);
        int offset = FreelistLayout.ENTRIES_OFFSET;
        for (int i = from; i < to; i++) {
            long entry = i < repeats.count() ? repeats.get(i) : changes.get(i - repeats.count());
            PageEditor.setLong(page, offset, entry);
            offset += FreelistLayout.ENTRY_BYTES;
        }
        PageEditor.setCount(page, to - from);
        page.segment.asSlice(page.base + offset, file.pageSizeBytes - offset).fill((byte) 0);
        return to;
    }
}
