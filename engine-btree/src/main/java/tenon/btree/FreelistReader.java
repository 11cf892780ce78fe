package tenon.btree;

import tenon.api.CorruptDataException;

/// Reads the freelist of a commit: from the last page of the chain to the oldest, so that what is said of a page first
/// is what holds. The time is in proportion to the chain and the high water mark, whatever the pages say.
final class FreelistReader {
    private final Meta meta;
    private final PageFile file;
    private final Freelist freelist;
    private final PageView page = new PageView();
    /// Pages of which nothing was said so far.
    private final PageSet undecided = new PageSet();
    private final PageSet links = new PageSet();

    private FreelistReader(Meta meta, PageFile file) {
        this.meta = meta;
        this.file = file;
        this.freelist = new Freelist(meta.highWaterMark(), file.segmentPages());
    }

    /// @throws CorruptDataException if it contradicts itself
    static Freelist read(Meta meta, PageFile file) {
        return new FreelistReader(meta, file).read();
    }

    private Freelist read() {
        freelist.begin(meta.txid(), 0);
        undecided.addRun(PageLayout.META_PAGE_COUNT, meta.highWaterMark() - PageLayout.META_PAGE_COUNT);
        if (meta.freelistPageId() != 0) {
            readChain();
        }
        if (freelist.freePageCount() + freelist.pendingPageCount() != meta.freePageCount()) {
            throw corrupt("the freelist has a wrong number of pages");
        }
        freelist.commit();
        return freelist;
    }

    private CorruptDataException corrupt(String finding) {
        return file.corrupt(meta.freelistPageId(), finding);
    }

    private void readChain() {
        Freelist.Link link = new Freelist.Link(meta.freelistPageId(), meta.freelistTxid());
        load(link);
        int length = FreelistLayout.length(page);
        int repeatedCount = page.segment.get(PageLayout.INT, page.base + FreelistLayout.REPEATED_COUNT_OFFSET);
        long repeatedPage = page.segment.get(PageLayout.LONG, page.base + FreelistLayout.REPEATED_PAGE_OFFSET);
        for (int left = length; ; left--) {
            freelist.addOldestLink(link);
            for (int i = page.count() - 1; i >= 0; i--) {
                readEntry(FreelistLayout.entryAt(page, i), i);
            }
            if (left <= 1) {
                break;
            }
            link = new Freelist.Link(
                    page.segment.get(PageLayout.LONG, page.base + FreelistLayout.PREVIOUS_OFFSET),
                    page.segment.get(PageLayout.INT, page.base + FreelistLayout.PREVIOUS_TXID_OFFSET));
            load(link);
        }
        if (length < 1 || repeatedCount < 0 || repeatedCount > page.count() || repeatedPage < 0) {
            throw corrupt("its chain has " + length + " pages, of the oldest " + repeatedCount + " entries are repeated");
        }
        freelist.setRepeated(repeatedCount, repeatedPage);
        for (Freelist.Link used : freelist.chain()) {
            if (freelist.isUnused(used.pageId())) {
                throw corrupt("it holds page " + used.pageId() + " to be free, which belongs to it");
            }
        }
    }

    private void load(Freelist.Link link) {
        file.load(link.pageId(), page);
        if (page.type() != PageLayout.TYPE_FREELIST
                || (int) page.txid() != link.txid()
                || page.txid() > meta.txid()
                || !links.add(link.pageId())) {
            throw file.corrupt(link.pageId(), "it is not the freelist page that the next one refers to");
        }
    }

    private void readEntry(long entry, int index) {
        long start = FreelistLayout.startOf(entry);
        long count = FreelistLayout.countOf(entry);
        int kind = FreelistLayout.kindOf(entry);
        if (start < PageLayout.META_PAGE_COUNT || count == 0 || kind == 0) {
            throw file.corrupt(page.pageId, "its entry " + index + " is none");
        }
        // Was said when the file was longer.
        long end = Math.min(start + count, meta.highWaterMark());
        boolean isNewest = kind == FreelistLayout.KIND_FREED && page.txid() == meta.txid();
        long decided = 0;
        for (long from = undecided.next(start); from >= 0 && from < end; from = undecided.next(from)) {
            long to = undecided.nextAbsent(from, end);
            undecided.removeRun(from, to - from);
            decided += to - from;
            if (isNewest) {
                freelist.free(from, to - from);
            } else if (kind != FreelistLayout.KIND_TAKEN) {
                freelist.free().addRun(from, to - from);
            }
        }
        if (isNewest && decided != count) {
            throw file.corrupt(page.pageId, "its entry " + index + " contradicts another one");
        }
    }
}
