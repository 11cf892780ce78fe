package tenon.btree;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import tenon.api.CheckReport;
import tenon.api.CorruptDataException;

/// Walks over all that a commit holds: every page is verified anew, keys lie between those of the branch pages above,
/// and each page up to the high water mark is used exactly once, or free.
final class StoreCheck {
    private static final int FINDINGS_MAX = 1000;

    private final BTreeTx tx;
    private final PageFile file;
    private final long highWaterMark;
    private final List<BitSet> used = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private long checkedPageCount;
    /// Of the bucket that is checked now.
    private int bucketDepth;

    private StoreCheck(BTreeTx tx) {
        this.tx = tx;
        this.file = tx.file;
        this.highWaterMark = tx.meta.highWaterMark();
    }

    /// @param metaFindings of [#checkMetaPages]
    static CheckReport run(BTreeTx tx, List<String> metaFindings) {
        try {
            return new StoreCheck(tx).run(metaFindings);
        } catch (IllegalStateException | InternalError e) {
            throw tx.onFault(e);
        }
    }

    private CheckReport run(List<String> metaFindings) {
        use(0, PageLayout.META_PAGE_COUNT, "the meta pages");
        metaFindings.forEach(this::find);
        checkFreelist();
        checkTree(tx.meta.rootPageId(), tx.meta.rootTxid(), "the root bucket", true);
        long unused = 0;
        for (long pageId = 0; pageId < highWaterMark; pageId++) {
            if (!isUsed(pageId)) {
                unused++;
                find("page " + pageId + ": neither used nor free");
            }
        }
        return new CheckReport(checkedPageCount + unused, findings);
    }

    private void find(String finding) {
        if (findings.size() < FINDINGS_MAX) {
            findings.add(finding);
        }
    }

    /// What is wrong with the meta pages. Nobody may be writing them meanwhile.
    static List<String> checkMetaPages(PageFile file) {
        try {
            MetaPages metaPages = MetaPages.read(file.file);
            return metaPages == null ? List.of("page 0: both meta pages are zero") : metaPages.findings();
        } catch (tenon.api.StorageException e) {
            return List.of("page 0: " + e.getMessage());
        }
    }

    private void checkFreelist() {
        try {
            Freelist freelist = FreelistReader.read(tx.meta, file);
            PageView page = new PageView();
            for (Freelist.Link link : freelist.chain()) {
                use(link.pageId(), 1, "the freelist");
                file.verify(link.pageId(), page);
            }
            freelist.free().forEachRun((start, count) -> use(start, count, "the free pages"));
            freelist.pending().forEachRun((start, count) -> use(start, count, "the freed pages"));
        } catch (CorruptDataException e) {
            find(e.getMessage());
        }
    }

    private void use(long start, long count, String by) {
        for (long pageId = start; pageId < start + count; pageId++) {
            checkedPageCount++;
            if (isUsed(pageId)) {
                find("page " + pageId + ": used twice, the second time by " + by);
            }
            int chunk = (int) (pageId >>> 30);
            while (used.size() <= chunk) {
                used.add(new BitSet());
            }
            used.get(chunk).set((int) (pageId & (1 << 30) - 1));
        }
    }

    private boolean isUsed(long pageId) {
        int chunk = (int) (pageId >>> 30);
        return chunk < used.size() && used.get(chunk).get((int) (pageId & (1 << 30) - 1));
    }

    private void checkTree(long rootPageId, int rootTxid, String owner, boolean onlyBuckets) {
        if (rootPageId == 0) {
            return;
        }
        try {
            file.checkBucketDepth(bucketDepth++, rootPageId);
            PageView root = new PageView();
            file.verify(rootPageId, root);
            tx.loadRoot(rootPageId, rootTxid, root);
            checkPage(root, null, null, owner, onlyBuckets);
        } catch (tenon.api.StorageException e) {
            find(owner + ": " + e.getMessage());
        } finally {
            bucketDepth--;
        }
    }

    /// @param low no key of the page is less, null without a bound
    /// @param high every key of the page is less, null without a bound
    private void checkPage(PageView page, byte[] low, byte[] high, String owner, boolean onlyBuckets) {
        boolean again = isUsed(page.pageId);
        use(page.pageId, 1, owner);
        if (again) {
            return;
        }
        int count = page.count();
        int firstKey = page.firstKeyIndex();
        if (firstKey < count
                && (low != null && page.compareKey(firstKey, low) < 0
                        || high != null && page.compareKey(count - 1, high) >= 0)) {
            find("page " + page.pageId + ": keys are out of the bounds that its parent gives, in " + owner);
        }
        for (int i = 0; i < count; i++) {
            if (page.isLeaf()) {
                checkElement(page, i, owner, onlyBuckets);
            } else {
                byte[] childLow = i == 0 ? low : page.keyBytes(i);
                byte[] childHigh = i + 1 < count ? page.keyBytes(i + 1) : high;
                checkChild(page, i, childLow, childHigh, owner, onlyBuckets);
            }
        }
    }

    private void checkChild(PageView page, int index, byte[] low, byte[] high, String owner, boolean onlyBuckets) {
        try {
            PageView child = new PageView();
            file.verify(page.child(index), child);
            child.set(page);
            tx.loadChild(child, index);
            checkPage(child, low, high, owner, onlyBuckets);
        } catch (tenon.api.StorageException e) {
            find(owner + ": " + e.getMessage());
        }
    }

    private void checkElement(PageView page, int index, String owner, boolean onlyBuckets) {
        int flags = page.flags(index);
        if (onlyBuckets && flags != PageLayout.FLAG_BUCKET) {
            find("page " + page.pageId + ": a key outside of all buckets");
        }
        if (flags == PageLayout.FLAG_BUCKET) {
            String name = owner + " / " + Names.printable(page.keyBytes(index));
            checkTree(page.reference(index), page.referenceTxid(index), name, false);
        } else if (flags == PageLayout.FLAG_OVERFLOW) {
            try {
                long pageId = page.reference(index);
                PageView value = new PageView();
                file.verify(pageId, value);
                tx.loadValue(page, index, value, new tenon.api.ByteView());
                use(pageId, value.overflowCount() + 1L, "a value in " + owner);
            } catch (tenon.api.StorageException e) {
                find(owner + ": " + e.getMessage());
            }
        }
    }
}
