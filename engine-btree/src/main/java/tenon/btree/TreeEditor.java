package tenon.btree;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import tenon.api.KeyRange;
import tenon.api.WritableView;

/// Changes the tree of one bucket: copies the pages from the root to a leaf once in a transaction, then edits the
/// copies in place.
///
/// Invariants between two calls: no page but the root is empty, and an empty tree has no page; the first key of each
/// branch page is empty; all leaves have the same depth.
final class TreeEditor {
    private static final byte[] NO_KEY = {};
    private static final double FILL_PERCENT_UNSET = -1;

    private final BTreeWriteTx tx;
    private final BTreeBucket bucket;
    private final int pageSizeBytes;
    private double fillPercent = FILL_PERCENT_UNSET;

    // The path to the leaf: at each level the page, and the index of the element that leads on.
    private final PageView[] path = new PageView[PageLayout.LEVEL_MAX + 2];
    private final int[] indexes = new int[PageLayout.LEVEL_MAX + 2];
    private int rootLevel;
    /// Whether the path, all of it dirty, still leads to the last leaf.
    private boolean isPathAtEnd;
    private final PageView other = new PageView();
    // Where the value of the element inserted last belongs.
    private MemorySegment valueSegment;
    private long valuePosition;

    TreeEditor(BTreeWriteTx tx, BTreeBucket bucket) {
        this.tx = tx;
        this.bucket = bucket;
        this.pageSizeBytes = tx.file.pageSizeBytes;
        for (int level = 0; level < path.length; level++) {
            path[level] = new PageView();
        }
    }

    void setFillPercent(double fillPercent) {
        this.fillPercent = fillPercent;
    }

    /// Sets path and indexes to where the key belongs.
    ///
    /// @return whether it is there
    boolean descend(byte[] key) {
        if (bucket.rootPageId == 0) {
            return false;
        }
        PageView page = path[0];
        if (isPathAtEnd && page.compareKey(page.count() - 1, key) < 0) {
            indexes[0] = page.count();
            return false;
        }
        isPathAtEnd = false;
        tx.loadRoot(bucket.rootPageId, bucket.rootTxid, page);
        rootLevel = page.level();
        for (int level = rootLevel; level > 0; level--) {
            path[level].set(page);
            indexes[level] = page.childIndex(key);
            tx.loadChild(page, indexes[level]);
        }
        int found = page.search(key);
        indexes[0] = found >= 0 ? found : -(found + 1);
        return found >= 0;
    }

    /// Flags of the element to which [#descend] led.
    int flags() {
        return path[0].flags(indexes[0]);
    }

    /// The value that was [#put] last.
    WritableView writableValue(int lengthBytes, boolean isInline) {
        return tx.writableValue(valueSegment, valuePosition, lengthBytes, isInline);
    }

    /// Whether [#descend] led behind all elements.
    boolean isAtEnd() {
        return bucket.rootPageId == 0 || isRightEdge(0);
    }

    /// Sets the value of a key, at the place to which [#descend] led.
    ///
    /// @param found what [#descend] returned
    void put(boolean found, byte[] key, int flags, byte[] value, int valueIndex, int valueLength) {
        place(found, key, flags, valueLength);
        MemorySegment.copy(value, valueIndex, valueSegment, PageLayout.BYTE, valuePosition, valueLength);
    }

    /// Makes room for the value of a key, at the place to which [#descend] led.
    private void place(boolean found, byte[] key, int flags, int valueLength) {
        if (bucket.rootPageId == 0) {
            PageView root = path[0];
            tx.newPage(PageLayout.TYPE_LEAF, 0, true, root);
            bucket.setRoot(root.pageId, root.txid());
            rootLevel = 0;
            indexes[0] = 0;
        } else if (!isPathAtEnd) {
            touchPath(0);
        }
        PageView leaf = path[0];
        int index = indexes[0];
        if (found) {
            releaseValue(leaf, index);
            if (leaf.flags(index) == flags && leaf.storedValueLength(index) == valueLength) {
                valueSegment = leaf.segment;
                valuePosition = leaf.valuePosition(index);
                return;
            }
            tx.pages().remove(leaf, index);
        }
        if (tx.pages().fits(leaf, PageLayout.ELEMENT_HEADER_BYTES + key.length + valueLength)) {
            insertValue(leaf, index, key, flags, valueLength);
            isPathAtEnd = index == leaf.count() - 1 && isLastOfParents(0);
        } else {
            isPathAtEnd = false;
            splitLeaf(key, flags, valueLength);
        }
    }

    private void insertValue(PageView leaf, int index, byte[] key, int flags, int valueLength) {
        valueSegment = leaf.segment;
        valuePosition = tx.pages().insert(leaf, index, key, flags, valueLength);
    }

    /// Removes the element to which [#descend] led.
    void remove() {
        isPathAtEnd = false;
        touchPath(0);
        releaseValue(path[0], indexes[0]);
        tx.pages().remove(path[0], indexes[0]);
        rebalance(0);
    }

    /// Removes the keys of a range, leaf by leaf; nested buckets stay.
    ///
    /// @return how many
    long removeRange(KeyRange range) {
        byte[] from = range.from() == null ? NO_KEY : range.from();
        long count = 0;
        while (true) {
            descend(from);
            PageView leaf = path[0];
            if (bucket.rootPageId == 0 || indexes[0] == leaf.count() && !stepToNextLeaf()) {
                return count;
            }
            int end = endOf(range, leaf);
            if (indexes[0] >= end) {
                return count;
            }
            boolean isLast = end < leaf.count();
            byte[] last = leaf.keyBytes(end - 1);
            if (Arrays.compareUnsigned(last, from) < 0) {
                throw tx.file.corrupt(leaf.pageId, "its keys are before those of the leaf before it");
            }
            count += removeFromLeaf(indexes[0], end);
            if (isLast) {
                return count;
            }
            // The least key behind the last one seen.
            from = Arrays.copyOf(last, last.length + 1);
        }
    }

    /// The first element of a leaf that lies behind the range.
    private static int endOf(KeyRange range, PageView leaf) {
        if (range.to() == null) {
            return leaf.count();
        }
        int found = leaf.search(range.to());
        return found >= 0 ? found : -(found + 1);
    }

    /// @return how many of the elements from `begin` to before `end` were keys, and are gone
    private int removeFromLeaf(int begin, int end) {
        PageView leaf = path[0];
        int bucketCount = 0;
        for (int i = begin; i < end; i++) {
            bucketCount += leaf.flags(i) == PageLayout.FLAG_BUCKET ? 1 : 0;
        }
        int count = end - begin - bucketCount;
        if (count == leaf.count()) {
            cutLeaf();
        } else if (count > 0) {
            touchPath(0);
            for (int i = end - 1; i >= begin; i--) {
                if (leaf.flags(i) != PageLayout.FLAG_BUCKET) {
                    releaseValue(leaf, i);
                    tx.pages().remove(leaf, i);
                }
            }
            rebalance(0);
        }
        return count;
    }

    private boolean stepToNextLeaf() {
        int level = 1;
        while (level <= rootLevel && indexes[level] + 1 == path[level].count()) {
            level++;
        }
        if (level > rootLevel) {
            return false;
        }
        indexes[level]++;
        for (; level > 0; level--) {
            path[level - 1].set(path[level]);
            tx.loadChild(path[level - 1], indexes[level]);
            indexes[level - 1] = 0;
        }
        return true;
    }

    /// Frees the leaf of the path with all its values, without making it dirty first.
    private void cutLeaf() {
        touchPath(1);
        PageView leaf = path[0];
        for (int i = leaf.count() - 1; i >= 0; i--) {
            releaseValue(leaf, i);
        }
        tx.freePage(leaf.pageId);
        cutChild(1);
    }

    /// Takes out of a branch page of the path the element that led to a page which is freed.
    private void cutChild(int level) {
        if (level > rootLevel) {
            bucket.setRoot(0, 0);
            return;
        }
        PageView page = path[level];
        int index = indexes[level];
        if (page.count() == 1) {
            tx.freePage(page.pageId);
            cutChild(level + 1);
            return;
        }
        if (index == 0) {
            // The first element keeps its empty key.
            tx.pages().setChild(page, 0, page.child(1), page.childTxid(1));
            index = 1;
        }
        tx.pages().remove(page, index);
        rebalance(level);
    }

    private void releaseValue(PageView leaf, int index) {
        if (leaf.flags(index) == PageLayout.FLAG_OVERFLOW) {
            tx.freeRun(
                    leaf.reference(index),
                    PageLayout.overflowPageCount(pageSizeBytes, leaf.referenceLength(index)));
        }
    }

    /// Makes the pages of the path dirty, from the root down to a level.
    private void touchPath(int levelMin) {
        for (int level = rootLevel; level >= levelMin; level--) {
            long before = path[level].pageId;
            if (tx.touch(path[level], level == rootLevel)) {
                assert path[level].pageId != before;
                if (level == rootLevel) {
                    bucket.setRoot(path[level].pageId, tx.txid());
                } else {
                    tx.pages().setChild(path[level + 1], indexes[level + 1], path[level].pageId, (int) tx.txid());
                }
            }
        }
    }

    /// Moves the upper part of the leaf, with the new element counted in, to a new page on its right.
    private void splitLeaf(byte[] key, int flags, int valueLength) {
        PageView left = path[0];
        PageView right = other;
        int index = indexes[0];
        int count = left.count();
        int size = PageLayout.ELEMENT_HEADER_BYTES + key.length + valueLength;
        boolean isAppend = isRightEdge(0);
        int splitIndex = splitIndex(left, index, size, isAppend);
        byte[] before = keyWithNew(left, splitIndex - 1, index, key);
        byte[] separator = Separator.between(before, keyWithNew(left, splitIndex, index, key));
        tx.newPage(PageLayout.TYPE_LEAF, 0, false, right);
        long rightId = right.pageId;
        if (index == count && splitIndex == count) {
            insertValue(right, 0, key, flags, valueLength);
        } else {
            PageEditor pages = tx.pages();
            PageView source = pages.drain(left);
            boolean goesLeft = index < splitIndex;
            pages.append(left, source, 0, Math.min(index, splitIndex));
            if (goesLeft) {
                insertValue(left, index, key, flags, valueLength);
                pages.append(left, source, index, splitIndex - 1);
                pages.append(right, source, splitIndex - 1, count);
            } else {
                pages.append(right, source, splitIndex, index);
                insertValue(right, index - splitIndex, key, flags, valueLength);
                pages.append(right, source, index, count);
            }
        }
        insertAbove(0, separator, rightId);
        if (isAppend && index >= splitIndex) {
            tx.finish(left.pageId);
        }
    }

    /// The key of an element, counted with the new one at `newIndex`.
    private static byte[] keyWithNew(PageView page, int index, int newIndex, byte[] newKey) {
        return index == newIndex ? newKey : page.keyBytes(index < newIndex ? index : index - 1);
    }

    /// Puts a reference to a new page into a branch page of the path.
    private void insertChild(int level, byte[] key, long childId) {
        PageView page = path[level];
        if (tx.pages().fits(page, PageLayout.CHILD_BYTES + key.length)) {
            tx.pages().insertChild(page, indexes[level], key, childId, (int) tx.txid());
        } else {
            splitBranch(level, key, childId);
        }
    }

    /// Moves the upper part of a branch page, with the new element counted in, to a new page on its right. The key
    /// between them goes up.
    private void splitBranch(int level, byte[] key, long childId) {
        PageView left = path[level];
        PageView right = other;
        int index = indexes[level];
        int count = left.count();
        int splitIndex = splitIndex(left, index, PageLayout.CHILD_BYTES + key.length, isRightEdge(level));
        byte[] separator = keyWithNew(left, splitIndex, index, key);
        tx.newPage(PageLayout.TYPE_BRANCH, level, false, right);
        long rightId = right.pageId;
        PageEditor pages = tx.pages();
        PageView source = pages.drain(left);
        int txid = (int) tx.txid();
        if (index < splitIndex) {
            pages.append(left, source, 0, index);
            pages.insertChild(left, index, key, childId, txid);
            pages.append(left, source, index, splitIndex - 1);
            pages.append(right, source, splitIndex - 1, count);
            pages.removeFirstKey(right);
        } else {
            pages.append(left, source, 0, splitIndex);
            pages.append(right, source, splitIndex, index);
            if (index == splitIndex) {
                pages.insertChild(right, 0, NO_KEY, childId, txid);
            } else {
                pages.removeFirstKey(right);
                pages.insertChild(right, index - splitIndex, key, childId, txid);
            }
            pages.append(right, source, index, count);
        }
        insertAbove(level, separator, rightId);
    }

    /// Puts a new page beside the one in the path.
    private void insertAbove(int level, byte[] separator, long rightId) {
        if (level == rootLevel) {
            if (rootLevel == PageLayout.LEVEL_MAX) {
                throw new tenon.api.MisuseException("the tree is too deep");
            }
            rootLevel++;
            tx.newPage(PageLayout.TYPE_BRANCH, rootLevel, true, path[rootLevel]);
            tx.pages().insertChild(path[rootLevel], 0, NO_KEY, path[level].pageId, (int) tx.txid());
            bucket.setRoot(path[rootLevel].pageId, tx.txid());
            indexes[rootLevel] = 0;
        }
        indexes[level + 1]++;
        insertChild(level + 1, separator, rightId);
    }

    private boolean isRightEdge(int level) {
        return indexes[level] == path[level].count() && isLastOfParents(level);
    }

    private boolean isLastOfParents(int level) {
        for (int above = level + 1; above <= rootLevel; above++) {
            if (indexes[above] < path[above].count() - 1) {
                return false;
            }
        }
        return true;
    }

    /// How many elements stay on the left, of the page's and the new one at `index`.
    private int splitIndex(PageView page, int index, int size, boolean isAppend) {
        int capacity = PageLayout.capacity(pageSizeBytes);
        int total = page.liveBytes(pageSizeBytes) + PageLayout.SLOT_BYTES + size;
        double fill = fillPercent != FILL_PERCENT_UNSET ? fillPercent : isAppend ? 1.0 : 0.5;
        int target = (int) (fill == 0.5 ? total / 2 : capacity * fill);
        int left = 0;
        int elements = page.count() + 1;
        int splitIndex = 0;
        while (splitIndex < elements - 1) {
            int existing = splitIndex < index ? splitIndex : splitIndex - 1;
            int next = PageLayout.SLOT_BYTES + (splitIndex == index ? size : page.elementBytes(existing));
            boolean rightFits = total - left <= capacity;
            if (splitIndex > 0 && (left + next > capacity || rightFits && left + next > target)) {
                break;
            }
            left += next;
            splitIndex++;
        }
        return splitIndex;
    }

    /// After an element was removed: joins a nearly empty page with a neighbour if both fit in one; an empty one goes.
    private void rebalance(int level) {
        PageView page = path[level];
        if (level == rootLevel) {
            rebalanceRoot();
            return;
        }
        int live = page.liveBytes(pageSizeBytes);
        if (page.count() > 0 && live >= PageLayout.capacity(pageSizeBytes) / 4) {
            return;
        }
        PageView parent = path[level + 1];
        int index = indexes[level + 1];
        if (parent.count() == 1) {
            if (page.count() == 0) {
                tx.freePage(page.pageId);
                tx.pages().remove(parent, 0);
                rebalance(level + 1);
            }
            return;
        }
        int rightIndex = index > 0 ? index : 1;
        other.set(parent);
        tx.loadChild(other, index > 0 ? index - 1 : 1);
        int separatorBytes = level > 0 ? parent.keyLength(rightIndex) : 0;
        if (live > 0 && live + other.liveBytes(pageSizeBytes) + separatorBytes > PageLayout.capacity(pageSizeBytes)) {
            return;
        }
        if (index > 0) {
            if (tx.touch(other, false)) {
                tx.pages().setChild(parent, index - 1, other.pageId, (int) tx.txid());
            }
            merge(level, other, page, parent, rightIndex);
        } else {
            merge(level, page, other, parent, rightIndex);
        }
        rebalance(level + 1);
    }

    private void merge(int level, PageView left, PageView right, PageView parent, int rightIndex) {
        int from = 0;
        if (level > 0 && right.count() > 0) {
            byte[] key = left.count() == 0 ? NO_KEY : parent.keyBytes(rightIndex);
            tx.pages().insertChild(left, left.count(), key, right.child(0), right.childTxid(0));
            from = 1;
        }
        tx.pages().append(left, right, from, right.count());
        tx.freePage(right.pageId);
        tx.pages().remove(parent, rightIndex);
    }

    private void rebalanceRoot() {
        PageView root = path[rootLevel];
        if (root.count() == 0) {
            tx.freePage(root.pageId);
            bucket.setRoot(0, 0);
            return;
        }
        while (!root.isLeaf() && root.count() == 1) {
            long emptied = root.pageId;
            tx.loadChild(root, 0);
            tx.freePage(emptied);
            bucket.setRoot(root.pageId, root.txid());
        }
    }
}
