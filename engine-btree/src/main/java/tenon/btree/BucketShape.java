package tenon.btree;

import tenon.api.BucketStats;

/// Measures a bucket by a walk over all its pages.
final class BucketShape {
    private final BTreeTx tx;
    private final boolean visitsNested;
    private long keyCount;
    private long bucketCount;
    private int depth;
    /// Of the bucket that is visited now, from the one that is measured.
    private int bucketDepth;
    private long branchPageCount;
    private long leafPageCount;
    private long overflowPageCount;
    private long usedBytes;

    private BucketShape(BTreeTx tx, boolean visitsNested) {
        this.tx = tx;
        this.visitsNested = visitsNested;
    }

    static BucketStats of(BTreeBucket bucket) {
        return new BucketShape(bucket.tx, false).measure(bucket.rootPageId, bucket.rootTxid);
    }

    /// The bucket and all that are nested in it.
    static BucketStats ofAll(BTreeBucket bucket) {
        return new BucketShape(bucket.tx, true).measure(bucket.rootPageId, bucket.rootTxid);
    }

    private BucketStats measure(long rootPageId, int rootTxid) {
        visitTree(rootPageId, rootTxid);
        long pageCount = branchPageCount + leafPageCount + overflowPageCount;
        return new BucketStats(
                keyCount,
                bucketCount,
                depth,
                branchPageCount,
                leafPageCount,
                overflowPageCount,
                usedBytes,
                pageCount * tx.file.pageSizeBytes);
    }

    private void visitTree(long rootPageId, int rootTxid) {
        if (rootPageId != 0) {
            PageView root = new PageView();
            tx.loadRoot(rootPageId, rootTxid, root);
            tx.file.checkBucketDepth(bucketDepth++, rootPageId);
            depth = Math.max(depth, root.level() + 1);
            visit(root);
            bucketDepth--;
        }
    }

    private void visit(PageView page) {
        if (branchPageCount + leafPageCount > tx.sizeBytes() / tx.file.pageSizeBytes) {
            throw tx.file.corrupt(page.pageId, "the tree leads to it more than once");
        }
        int pageSizeBytes = tx.file.pageSizeBytes;
        usedBytes += PageLayout.HEADER_BYTES + page.liveBytes(pageSizeBytes);
        int count = page.count();
        if (!page.isLeaf()) {
            branchPageCount++;
            for (int i = 0; i < count; i++) {
                PageView child = new PageView();
                child.set(page);
                tx.loadChild(child, i);
                visit(child);
            }
            return;
        }
        leafPageCount++;
        keyCount += count;
        for (int i = 0; i < count; i++) {
            if (page.flags(i) == PageLayout.FLAG_BUCKET) {
                bucketCount++;
                if (visitsNested) {
                    visitTree(page.reference(i), page.referenceTxid(i));
                }
            } else if (page.flags(i) == PageLayout.FLAG_OVERFLOW) {
                int length = page.referenceLength(i);
                overflowPageCount += PageLayout.overflowPageCount(pageSizeBytes, length);
                usedBytes += PageLayout.HEADER_BYTES + length;
            }
        }
    }
}
