package tenon.btree;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import tenon.api.CorruptDataException;

/// The freelist as it is written: a chain of pages, each with the changes of a commit, back to one that began with
/// all that was free. So a commit writes what it changed; now and then one writes all, and the chain begins anew.
final class FreelistPages {
    private static final int CHAIN_PAGE_COUNT_MIN = 16;

    private final Freelist freelist;
    private final int entryCountMax;

    FreelistPages(Freelist freelist, int pageSizeBytes) {
        this.freelist = freelist;
        this.entryCountMax = PageLayout.freelistEntryCountMax(pageSizeBytes);
    }

    /// Allocates and writes the pages of this commit.
    ///
    /// @param newPage makes a dirty freelist page of this id
    void write(long txid, LongFunction<PageView> newPage) {
        boolean whole = freelist.chain().size() > CHAIN_PAGE_COUNT_MIN + 2 * (int) freelist.free().runCount() / entryCountMax;
        if (whole) {
            freelist.restartChain();
        }
        int kept = freelist.chain().size();
        List<long[]> entries = entries(whole);
        while ((freelist.chain().size() - kept) * entryCountMax < entries.size()) {
            // The page itself changes what is to be written.
            freelist.chain().add(new Freelist.Link(freelist.allocate(1), (int) txid));
            entries = entries(whole);
        }
        for (int i = kept; i < freelist.chain().size(); i++) {
            int from = Math.min(entries.size(), (i - kept) * entryCountMax);
            int to = Math.min(entries.size(), from + entryCountMax);
            PageView page = newPage.apply(freelist.chain().get(i).pageId());
            Freelist.Link previous = i == 0 ? Freelist.Link.NONE : freelist.chain().get(i - 1);
            PageEditor.setLong(page, PageLayout.FREELIST_PREVIOUS_OFFSET, previous.pageId());
            PageEditor.setLong(page, PageLayout.FREELIST_PREVIOUS_TXID_OFFSET, Integer.toUnsignedLong(previous.txid()));
            PageEditor.setCount(page, to - from);
            fill(page, entries.subList(from, to));
        }
    }

    private void fill(PageView page, List<long[]> entries) {
        int offset = PageLayout.FREELIST_ENTRIES_OFFSET;
        for (long[] entry : entries) {
            PageEditor.setLong(page, offset, entry[0]);
            PageEditor.setInt(page, offset + PageLayout.FREELIST_ENTRY_COUNT_OFFSET, (int) entry[1]);
            PageEditor.setInt(page, offset + PageLayout.FREELIST_ENTRY_KIND_OFFSET, (int) entry[2]);
            offset += PageLayout.FREELIST_ENTRY_BYTES;
        }
        int end = PageLayout.FREELIST_ENTRIES_OFFSET + entryCountMax * PageLayout.FREELIST_ENTRY_BYTES;
        page.segment.asSlice(page.base + offset, end - offset).fill((byte) 0);
    }

    private List<long[]> entries(boolean whole) {
        List<long[]> entries = new ArrayList<>();
        if (whole) {
            freelist.free().forEachRun((start, count) -> collect(start, count, PageLayout.FREELIST_KIND_FREE, entries));
            freelist.pending()
                    .forEachRun((start, count) -> collect(start, count, PageLayout.FREELIST_KIND_FREE, entries));
        } else {
            freelist.changed().forEachRun((start, count) -> collectChange(start, start + count, entries));
        }
        freelist.freed().forEachRun((start, count) -> collect(start, count, PageLayout.FREELIST_KIND_FREED, entries));
        return entries;
    }

    /// Pages in a row became free or taken by turns.
    private void collectChange(long start, long end, List<long[]> entries) {
        PageSet free = freelist.free();
        for (long page = start; page < end; ) {
            boolean isFree = free.contains(page);
            long next = isFree ? free.nextAbsent(page) : free.next(page);
            long runEnd = next < 0 ? end : Math.min(next, end);
            int kind = isFree ? PageLayout.FREELIST_KIND_FREE : PageLayout.FREELIST_KIND_TAKEN;
            collect(page, runEnd - page, kind, entries);
            page = runEnd;
        }
    }

    private static void collect(long start, long count, int kind, List<long[]> entries) {
        // A run of 2^31 pages and more is written in pieces.
        for (long done = 0; done < count; done += Integer.MAX_VALUE) {
            entries.add(new long[] {start + done, Math.min(count - done, Integer.MAX_VALUE), kind});
        }
    }

    /// Reads the freelist of a commit.
    ///
    /// @throws CorruptDataException if it contradicts itself
    static Freelist read(Meta meta, PageFile file, long segmentPages) {
        Freelist freelist = new Freelist(meta.highWaterMark(), segmentPages);
        freelist.begin(meta.txid(), 0);
        List<Freelist.Link> chain = new ArrayList<>();
        PageView page = new PageView();
        Freelist.Link link = new Freelist.Link(meta.freelistPageId(), meta.freelistTxid());
        while (link.pageId() != 0) {
            file.load(link.pageId(), page);
            if (page.type() != PageLayout.TYPE_FREELIST
                    || (int) page.txid() != link.txid()
                    || chain.size() > meta.highWaterMark()) {
                throw file.corrupt(link.pageId(), "it is not the freelist page that the next one refers to");
            }
            chain.add(link);
            link = new Freelist.Link(
                    page.segment.get(PageLayout.LONG, page.base + PageLayout.FREELIST_PREVIOUS_OFFSET),
                    page.segment.get(PageLayout.INT, page.base + PageLayout.FREELIST_PREVIOUS_TXID_OFFSET));
        }
        for (Freelist.Link present : chain.reversed()) {
            file.load(present.pageId(), page);
            freelist.chain().add(present);
            for (int i = 0; i < page.count(); i++) {
                replay(freelist, meta, file, page, i);
            }
        }
        if (freelist.freePageCount() + freelist.pendingPageCount() != meta.freePageCount()) {
            throw file.corrupt(meta.freelistPageId(), "the freelist has a wrong number of pages");
        }
        freelist.commit();
        return freelist;
    }

    /// What a freelist page says of some pages.
    record Entry(long start, long count, int kind) {
        String kindName() {
            return switch (kind) {
                case PageLayout.FREELIST_KIND_FREE -> "free";
                case PageLayout.FREELIST_KIND_TAKEN -> "taken";
                case PageLayout.FREELIST_KIND_FREED -> "freed";
                default -> "unknown";
            };
        }
    }

    static Entry entry(PageView page, int index) {
        long offset = page.base + PageLayout.FREELIST_ENTRIES_OFFSET + (long) index * PageLayout.FREELIST_ENTRY_BYTES;
        return new Entry(
                page.segment.get(PageLayout.LONG, offset),
                page.segment.get(PageLayout.INT, offset + PageLayout.FREELIST_ENTRY_COUNT_OFFSET),
                page.segment.get(PageLayout.INT, offset + PageLayout.FREELIST_ENTRY_KIND_OFFSET));
    }

    private static void replay(Freelist freelist, Meta meta, PageFile file, PageView page, int index) {
        Entry entry = entry(page, index);
        long start = entry.start();
        long count = entry.count();
        boolean valid = count > 0
                && start >= PageLayout.META_PAGE_COUNT
                && start < meta.highWaterMark()
                && count <= meta.highWaterMark() - start;
        if (valid) {
            valid = switch (entry.kind()) {
                case PageLayout.FREELIST_KIND_FREE -> freelist.free().addRun(start, count);
                case PageLayout.FREELIST_KIND_TAKEN -> freelist.free().removeRun(start, count);
                case PageLayout.FREELIST_KIND_FREED -> page.txid() == meta.txid()
                        ? freelist.free(start, count)
                        : freelist.free().addRun(start, count);
                default -> false;
            };
        }
        if (!valid) {
            throw file.corrupt(page.pageId, "freelist entry " + index + " contradicts the ones before it");
        }
    }
}
