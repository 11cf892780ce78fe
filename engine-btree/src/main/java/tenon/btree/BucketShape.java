package tenon.btree;

import tenon.api.BucketStats;

/// Measures a bucket by a walk over all its pages.
final class BucketShape {
    private final BTreeTx tx;
    private long keyCount;
    private int depth;
    private long branchPageCount;
    private long leafPageCount;
    private long overflowPageCount;
    private long usedBytes;

    private BucketShape(BTreeTx tx) {
        this.tx = tx;
    }

    static BucketStats of(BTreeBucket bucket) {
        BucketShape shape = new BucketShape(bucket.tx);
        if (bucket.rootPageId != 0) {
            PageView root = new PageView();
            bucket.tx.loadRoot(bucket.rootPageId, bucket.rootTxid, root);
            shape.depth = root.level() + 1;
            shape.visit(root);
        }
        long pageCount = shape.branchPageCount + shape.leafPageCount + shape.overflowPageCount;
        return new BucketStats(
                shape.keyCount,
                shape.depth,
                shape.branchPageCount,
                shape.leafPageCount,
                shape.overflowPageCount,
                shape.usedBytes,
                pageCount * bucket.tx.file.pageSizeBytes);
    }

    private void visit(PageView page) {
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
            if (page.flags(i) == PageLayout.FLAG_OVERFLOW) {
                int length = page.referenceLength(i);
                overflowPageCount += PageLayout.overflowPageCount(pageSizeBytes, length);
                usedBytes += PageLayout.HEADER_BYTES + length;
            }
        }
    }
}
