package tenon.btree;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tenon.api.ByteView;
import tenon.api.MisuseException;
import tenon.api.Scrub;
import tenon.api.ScrubProgress;
import tenon.api.StorageException;

/// Walks the trees in the order of their keys, and between two steps remembers nothing but a key: so the next step
/// finds its place in whatever commit is the newest by then.
final class StoreScrub implements Scrub {
    private static final int FINDINGS_MAX = 1000;

    private final BTreeStore store;
    private final List<String> findings = new ArrayList<>();
    private long checkedPageCount;
    private long pageCount;
    private boolean begun;
    private boolean done;

    /// Where to go on: the names of the buckets that lead there, and behind them the first key not looked at, empty at
    /// the beginning of its bucket.
    private List<byte[]> place = List.of();
    /// Pages above that place: they are verified with each step, but count once.
    private Set<Long> pathPageIds = Set.of();

    // The last key of the last leaf page, at each depth of buckets. Keys that ascend end every walk, also in a tree that
    // leads back to itself.
    private final List<byte[]> lastKeys = new ArrayList<>();
    // Roots of buckets that were entered in this commit: none may be met twice.
    private final Set<Long> rootPageIds = new HashSet<>();
    private long rootsTxid = -1;

    // Of the present step.
    private BTreeReadTx tx;
    private boolean outOfOrder;
    private long left;
    private byte[][] stop = new byte[4][];
    private Set<Long> stopPageIds;

    StoreScrub(BTreeStore store) {
        this.store = store;
    }

    @Override
    public boolean step(int pageCountMax) {
        if (pageCountMax < 1) {
            throw new MisuseException("a step of a scrub is of at least 1 page, not " + pageCountMax);
        }
        try (BTreeReadTx pinned = store.pin()) {
            tx = pinned;
            tx.setVerifiesAlways(true);
            pageCount = tx.meta.highWaterMark() - tx.meta.freePageCount();
            if (!done) {
                run(pageCountMax);
            }
            return !done;
        } finally {
            tx = null;
        }
    }

    private void run(int pageCountMax) {
        left = pageCountMax;
        stop = new byte[4][];
        stopPageIds = new HashSet<>();
        if (rootsTxid != tx.txid()) {
            rootsTxid = tx.txid();
            rootPageIds.clear();
        }
        try {
            if (!begun) {
                checkMetaAndFreelist();
                begun = true;
            }
            done = walkTree(tx.meta.rootPageId(), tx.meta.rootTxid(), 0, true, "the root bucket");
        } catch (IllegalStateException | InternalError e) {
            throw tx.onFault(e);
        }
        rememberPlace();
    }

    private void rememberPlace() {
        place = new ArrayList<>();
        for (int depth = 0; depth < stop.length && stop[depth] != null; depth++) {
            place.add(stop[depth]);
        }
        pathPageIds = stopPageIds;
    }

    private void checkMetaAndFreelist() {
        store.checkMetaPages(tx.file).forEach(this::find);
        count(PageLayout.META_PAGE_COUNT);
        try {
            Freelist freelist = FreelistReader.read(tx.meta, tx.file);
            PageView page = new PageView();
            for (Freelist.Link link : freelist.chain()) {
                count(1);
                tx.file.verify(link.pageId(), page);
            }
        } catch (StorageException e) {
            find(e.getMessage());
        }
    }

    private void find(String finding) {
        if (findings.size() < FINDINGS_MAX && !findings.contains(finding)) {
            findings.add(finding);
        }
    }

    private void count(long pages) {
        checkedPageCount += pages;
        left -= pages;
    }

    /// @param resumes whether the place to go on at may lie in this tree
    /// @return false if the step is over before the tree is
    private boolean walkTree(long rootPageId, int rootTxid, int depth, boolean resumes, String owner) {
        if (rootPageId == 0) {
            return true;
        }
        boolean onPath = resumes && depth < place.size();
        if (!onPath && left <= 0) {
            return false;
        }
        if (!onPath && !rootPageIds.add(rootPageId)) {
            find(owner + ": its root page " + rootPageId + " is that of another bucket too");
            return true;
        }
        try {
            tx.file.checkBucketDepth(depth, rootPageId);
            PageView root = new PageView();
            tx.loadRoot(rootPageId, rootTxid, root);
            setLastKey(depth, onPath ? lastKey(depth) : null);
            return walkPage(root, depth, onPath, owner);
        } catch (StorageException e) {
            find(owner + ": " + e.getMessage());
            return true;
        } finally {
            outOfOrder = false;
        }
    }

    private byte[] lastKey(int depth) {
        return depth < lastKeys.size() ? lastKeys.get(depth) : null;
    }

    private void setLastKey(int depth, byte[] key) {
        while (lastKeys.size() <= depth) {
            lastKeys.add(null);
        }
        lastKeys.set(depth, key);
    }

    private boolean isInOrder(PageView leaf, int depth) {
        byte[] last = lastKey(depth);
        return last == null || leaf.compareKey(0, last) > 0;
    }

    private boolean walkPage(PageView page, int depth, boolean onPath, String owner) {
        if (page.isLeaf() && !onPath && !isInOrder(page, depth)) {
            outOfOrder = true;
            find(owner + ": the keys of page " + page.pageId + " are not in order with those before it");
            return true;
        }
        if (!onPath || !pathPageIds.contains(page.pageId)) {
            count(1);
        }
        int from = onPath ? findPlace(page, place.get(depth)) : 0;
        int count = page.count();
        for (int i = from; i < count; i++) {
            boolean resumes = onPath && i == from;
            boolean whole = page.isLeaf()
                    ? walkElement(page, i, depth, resumes, owner)
                    : walkChild(page, i, depth, resumes, owner);
            if (!whole) {
                stopAt(page, i, depth);
                return false;
            }
            if (outOfOrder) {
                return true;
            }
        }
        if (page.isLeaf()) {
            setLastKey(depth, page.keyBytes(count - 1));
        }
        return true;
    }

    private static int findPlace(PageView page, byte[] key) {
        if (!page.isLeaf()) {
            return page.childIndex(key);
        }
        int found = page.search(key);
        return found >= 0 ? found : -(found + 1);
    }

    private void stopAt(PageView page, int index, int depth) {
        stopPageIds.add(page.pageId);
        if (depth >= stop.length) {
            stop = java.util.Arrays.copyOf(stop, 2 * depth);
        }
        // The first key of a branch is empty: then that of a page above it counts, if there is one.
        if (stop[depth] == null || stop[depth].length == 0) {
            stop[depth] = page.isLeaf() || index > 0 ? page.keyBytes(index) : new byte[0];
        }
    }

    private boolean walkChild(PageView page, int index, int depth, boolean resumes, String owner) {
        if (!resumes && left <= 0) {
            return false;
        }
        try {
            PageView child = new PageView();
            child.set(page);
            tx.loadChild(child, index);
            return walkPage(child, depth, resumes, owner);
        } catch (StorageException e) {
            find(owner + ": " + e.getMessage());
            return true;
        }
    }

    private boolean walkElement(PageView page, int index, int depth, boolean resumes, String owner) {
        int flags = page.flags(index);
        if (flags == PageLayout.FLAG_BUCKET) {
            byte[] name = page.keyBytes(index);
            boolean isSame = resumes && java.util.Arrays.equals(name, place.get(depth));
            return walkTree(
                    page.reference(index),
                    page.referenceTxid(index),
                    depth + 1,
                    isSame,
                    owner + " / " + Names.printable(name));
        }
        if (flags == PageLayout.FLAG_OVERFLOW) {
            if (left <= 0) {
                return false;
            }
            try {
                count(PageLayout.overflowPageCount(tx.file.pageSizeBytes, page.referenceLength(index)));
                tx.loadValue(page, index, new PageView(), new ByteView());
            } catch (StorageException e) {
                find("a value in " + owner + ": " + e.getMessage());
            }
        }
        return true;
    }

    @Override
    public ScrubProgress progress() {
        return new ScrubProgress(checkedPageCount, pageCount, done, findings);
    }
}
