package tenon.btree;

/// What becomes of the tree of a bucket that is deleted.
final class TreeDisposal {
    private TreeDisposal() {}

    /// Frees all pages of a tree, with nested buckets and values.
    static void free(BTreeWriteTx tx, int depth, long rootPageId, int rootTxid) {
        tx.file.checkBucketDepth(depth, rootPageId);
        if (rootPageId != 0) {
            PageView root = new PageView();
            tx.loadRoot(rootPageId, rootTxid, root);
            freePages(tx, depth, root);
        }
    }

    private static void freePages(BTreeWriteTx tx, int depth, PageView page) {
        int count = page.count();
        for (int i = 0; i < count; i++) {
            if (!page.isLeaf()) {
                PageView child = new PageView();
                child.set(page);
                tx.loadChild(child, i);
                freePages(tx, depth, child);
            } else if (page.flags(i) == PageLayout.FLAG_BUCKET) {
                free(tx, depth + 1, page.reference(i), page.referenceTxid(i));
            } else if (page.flags(i) == PageLayout.FLAG_OVERFLOW) {
                tx.freeRun(
                        page.reference(i),
                        PageLayout.overflowPageCount(tx.file.pageSizeBytes, page.referenceLength(i)));
            }
        }
        tx.freePage(page.pageId);
    }
}
