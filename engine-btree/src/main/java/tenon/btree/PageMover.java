package tenon.btree;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import tenon.api.ByteView;
import tenon.api.WriteBucket;

/// Moves pages in a write transaction to lower places. A page moves as a change does it: it is copied, and so are those
/// above it.
final class PageMover {
    private final BTreeWriteTx tx;
    private final PageSet free;
    private final long target;
    private final int pageCountMax;
    private final TreePath path;
    private final PageView scratch = new PageView();
    private long movedPageCount;
    private boolean isComplete;

    /// @param target pages of this id and above move
    PageMover(BTreeWriteTx tx, PageSet free, long target, int pageCountMax) {
        this.tx = tx;
        this.free = free;
        this.target = target;
        this.pageCountMax = pageCountMax;
        this.path = new TreePath(tx);
    }

    long movedPageCount() {
        return movedPageCount;
    }

    /// Moves what the finder has seen, as far as it is still there.
    ///
    /// @return whether all of it was; otherwise so many pages moved already that the rest has to wait
    boolean move(MoveFinder.Move move) {
        BTreeWriteBucket bucket = tx.root();
        for (byte[] name : move.bucketNames()) {
            Optional<WriteBucket> found = bucket.findBucket(name);
            if (found.isEmpty()) {
                return true;
            }
            bucket = (BTreeWriteBucket) found.get();
        }
        isComplete = true;
        if (bucket.rootPageId != 0) {
            BTreeWriteBucket present = bucket;
            tx.change(() -> movePath(present, move.key()));
        }
        return isComplete;
    }

    private void movePath(BTreeWriteBucket bucket, byte[] key) {
        path.descend(bucket.rootPageId, bucket.rootTxid, key);
        int lowest = path.rootLevel() + 1;
        for (int level = path.rootLevel(); level >= 0; level--) {
            lowest = path.page(level).pageId >= target ? level : lowest;
        }
        touch(bucket, lowest);
        PageView leaf = path.page(0);
        for (int i = 0; i < leaf.count(); i++) {
            if (leaf.flags(i) == PageLayout.FLAG_OVERFLOW && isWorthMoving(leaf, i)) {
                if (movedPageCount >= pageCountMax) {
                    isComplete = false;
                    return;
                }
                touch(bucket, 0);
                moveValue(leaf, i);
            }
        }
    }

    /// Makes the pages of the path dirty, down to a level.
    private void touch(BTreeWriteBucket bucket, int lowest) {
        for (int level = path.rootLevel(); level >= lowest; level--) {
            PageView page = path.page(level);
            if (tx.isDirty(page.pageId)) {
                continue;
            }
            // What was damaged meanwhile must not get a checksum that is right.
            tx.file.verify(page.pageId, scratch);
            tx.touch(page, level == path.rootLevel());
            movedPageCount++;
            if (level == path.rootLevel()) {
                bucket.setRoot(page.pageId, tx.txid());
            } else {
                tx.pages().setChild(path.page(level + 1), path.index(level + 1), page.pageId, (int) tx.txid());
            }
        }
    }

    private boolean isWorthMoving(PageView leaf, int index) {
        long pageId = leaf.reference(index);
        int pageCount = PageLayout.overflowPageCount(tx.file.pageSizeBytes, leaf.referenceLength(index));
        if (pageId + pageCount <= target || pageCount > pageCountMax || tx.isDirtyRun(pageId)) {
            return false;
        }
        long place = pageCount == 1 ? free.next(0) : free.findRun(pageCount, tx.file.segmentPages());
        return place >= 0 && place < pageId;
    }

    private void moveValue(PageView leaf, int index) {
        long pageId = leaf.reference(index);
        int length = leaf.referenceLength(index);
        int pageCount = PageLayout.overflowPageCount(tx.file.pageSizeBytes, length);
        tx.file.verify(pageId, scratch);
        ByteView value = new ByteView();
        tx.loadValue(leaf, index, scratch, value);
        byte[] reference = tx.newValue(length, memory -> value.copyTo(0, memory));
        long position = leaf.valuePosition(index);
        MemorySegment.copy(
                reference, 0, leaf.segment, PageLayout.BYTE, position, PageLayout.OVERFLOW_REF_BYTES);
        tx.freeRun(pageId, pageCount);
        movedPageCount += pageCount;
    }
}
