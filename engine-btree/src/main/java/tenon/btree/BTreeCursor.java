package tenon.btree;

import tenon.api.ByteView;
import tenon.api.Cursor;
import tenon.api.MisuseException;

/// A path from the root of a bucket to an element.
class BTreeCursor implements Cursor {
    /// Where the cursor stands. In a gap, an element was deleted under it: the position is the key that was there.
    enum Place {
        BEFORE,
        ON,
        BEHIND,
        GAP
    }

    final BTreeBucket bucket;
    Place place = Place.BEFORE;
    byte[] gapKey;

    private final BTreeTx tx;
    // The page and the element in it at each level above the leaf.
    private final long[] pathPageIds = new long[PageLayout.LEVEL_MAX + 1];
    private final int[] pathIndexes = new int[PageLayout.LEVEL_MAX + 1];
    private int rootLevel;
    private PageView leaf = new PageView();
    private PageView spare = new PageView();
    private int index;
    /// Elements of the leaf, as long as the stamp holds.
    private int leafCount;
    private long touched;
    private long stamp;

    private final PageView scratch = new PageView();
    // Where the cursor stands on an element, both are at it; the value only if it lies in the leaf.
    private final ByteView key = new ByteView();
    private final ByteView value = new ByteView();
    private int flags;

    BTreeCursor(BTreeBucket bucket) {
        this.bucket = bucket;
        this.tx = bucket.tx;
        this.stamp = tx.stamp();
    }

    @Override
    public final boolean first() {
        return moved(() -> descend(null, false));
    }

    @Override
    public final boolean last() {
        return moved(() -> descend(null, true));
    }

    @Override
    public final boolean seek(byte[] target) {
        return moved(() -> seekPlace(target));
    }

    @Override
    public final boolean seekAtMost(byte[] target) {
        return moved(() -> {
            Place found = seekPlace(target);
            if (found == Place.ON && leaf.compareKey(index, target) == 0) {
                return Place.ON;
            }
            return found == Place.BEHIND ? descend(null, true) : previousPlace();
        });
    }

    @Override
    public final boolean seekExact(byte[] target) {
        return moved(() -> {
            if (seekPlace(target) == Place.ON && leaf.compareKey(index, target) == 0) {
                return Place.ON;
            }
            gapKey = target.clone();
            return Place.GAP;
        });
    }

    @Override
    public final boolean next() {
        if (place == Place.ON && index + 1 < leafCount) {
            return step(index + 1);
        }
        return switch (place) {
            case BEFORE -> first();
            case GAP -> seek(gapKey);
            case BEHIND -> standsStill();
            case ON -> {
                checkCurrent();
                yield run(this::nextLeaf);
            }
        };
    }

    @Override
    public final boolean previous() {
        if (place == Place.ON && index > 0) {
            return step(index - 1);
        }
        return switch (place) {
            case BEHIND -> last();
            case BEFORE -> standsStill();
            case GAP -> moved(() -> {
                Place found = seekPlace(gapKey);
                return found == Place.BEHIND ? descend(null, true) : previousPlace();
            });
            case ON -> {
                checkCurrent();
                yield run(this::previousLeaf);
            }
        };
    }

    /// A bucket that is deleted raises the stamp, as all changes do.
    private void checkCurrent() {
        if (!tx.isCurrent(stamp)) {
            bucket.checkUsable();
            tx.check(stamp);
        }
    }

    private Place previousPlace() {
        return index > 0 ? stepTo(index - 1) : previousLeaf();
    }

    @FunctionalInterface
    private interface Move {
        Place run();
    }

    private boolean standsStill() {
        bucket.checkUsable();
        return false;
    }

    /// Moves wherever the cursor stood before.
    private boolean moved(Move move) {
        bucket.checkUsable();
        stamp = tx.stamp();
        return run(move);
    }

    private boolean run(Move move) {
        // Where it stays if the move fails.
        place = Place.BEFORE;
        try {
            Place moved = move.run();
            if (moved == Place.ON) {
                setViews(index);
                leafCount = leaf.count();
            }
            tx.check(stamp);
            place = moved;
            return moved == Place.ON;
        } catch (IllegalStateException | InternalError e) {
            throw tx.onFault(e);
        }
    }

    /// To another element of the leaf.
    private boolean step(int newIndex) {
        checkCurrent();
        try {
            setViews(newIndex);
            index = newIndex;
            return true;
        } catch (IllegalStateException | InternalError e) {
            throw tx.onFault(e);
        }
    }

    private void setViews(int elementIndex) {
        long slot = leaf.slot(elementIndex);
        long position = leaf.base + PageView.elementOffset(slot) + PageLayout.ELEMENT_HEADER_BYTES;
        int keyLength = PageView.keyLength(slot);
        flags = PageView.flags(slot);
        int valueLength = flags == 0 ? leaf.storedValueLength(slot) : 0;
        key.set(leaf.segment, position, keyLength, tx, stamp);
        value.set(leaf.segment, position + keyLength, valueLength, tx, stamp);
    }

    private Place stepTo(int newIndex) {
        index = newIndex;
        return Place.ON;
    }

    /// Goes down to the leaf of the target, or to the first or last leaf without one.
    private Place descend(byte[] target, boolean toLast) {
        if (bucket.rootPageId == 0) {
            return toLast ? Place.BEFORE : Place.BEHIND;
        }
        tx.loadRoot(bucket.rootPageId, bucket.rootTxid, leaf);
        rootLevel = leaf.level();
        while (!leaf.isLeaf()) {
            int child = target != null ? leaf.childIndex(target) : toLast ? leaf.count() - 1 : 0;
            pathPageIds[leaf.level()] = leaf.pageId;
            pathIndexes[leaf.level()] = child;
            tx.loadChild(leaf, child);
        }
        index = toLast ? leaf.count() - 1 : 0;
        return Place.ON;
    }

    private Place seekPlace(byte[] target) {
        if (descend(target, false) != Place.ON) {
            return Place.BEHIND;
        }
        int found = leaf.search(target);
        index = found >= 0 ? found : -(found + 1);
        if (index == leaf.count()) {
            index--;
            return nextLeaf();
        }
        return Place.ON;
    }

    private Place nextLeaf() {
        for (int level = 1; level <= rootLevel; level++) {
            tx.loadPage(pathPageIds[level], spare);
            if (pathIndexes[level] + 1 < spare.count()) {
                pathIndexes[level]++;
                descendFrom(level, false);
                return Place.ON;
            }
        }
        return Place.BEHIND;
    }

    private Place previousLeaf() {
        for (int level = 1; level <= rootLevel; level++) {
            if (pathIndexes[level] > 0) {
                tx.loadPage(pathPageIds[level], spare);
                pathIndexes[level]--;
                descendFrom(level, true);
                return Place.ON;
            }
        }
        return Place.BEFORE;
    }

    /// Goes down from the page at this level of the path, which is loaded, along its right or its left edge.
    private void descendFrom(int level, boolean toLast) {
        PageView target = spare;
        long neighbourId = level == 1 ? neighbourId(target, toLast) : 0;
        tx.loadChild(target, pathIndexes[level]);
        while (!target.isLeaf()) {
            int child = toLast ? target.count() - 1 : 0;
            pathPageIds[target.level()] = target.pageId;
            pathIndexes[target.level()] = child;
            tx.loadChild(target, child);
        }
        // A damaged tree may lead back to where the cursor was: keys that ascend end every loop.
        int order = toLast
                ? target.compareKey(target.count() - 1, leaf, 0)
                : leaf.compareKey(leaf.count() - 1, target, 0);
        if (order >= 0) {
            throw tx.file.corrupt(target.pageId, "its keys are not in order with those of page " + leaf.pageId);
        }
        touched = tx.file.touch(neighbourId) + target.touchLines(tx.file.pageSizeBytes);
        spare = leaf;
        leaf = target;
        index = toLast ? leaf.count() - 1 : 0;
    }

    /// The leaf that comes after the one to which the path leads, if the same page refers to it; else 0.
    private long neighbourId(PageView parent, boolean isBefore) {
        int neighbour = pathIndexes[1] + (isBefore ? -1 : 1);
        return neighbour >= 0 && neighbour < parent.count() ? parent.child(neighbour) : 0;
    }

    /// Whether both cursors stand on the first element of one and the same page.
    final boolean standsAtBeginOfSameLeaf(BTreeCursor other) {
        return index == 0 && other.index == 0 && leaf.pageId == other.leaf.pageId;
    }

    /// To the first element of the next leaf.
    final boolean skipLeaf() {
        checkCurrent();
        return run(this::nextLeaf);
    }

    final long leafPageId() {
        return leaf.pageId;
    }

    /// Compares the keys under two cursors.
    final int compareKey(BTreeCursor other) {
        return leaf.compareKey(index, other.leaf, other.index);
    }

    /// @throws MisuseException if the cursor stands on no element
    final void checkOnElement() {
        if (place != Place.ON) {
            bucket.checkUsable();
            throw new MisuseException("the cursor stands on no element");
        }
        checkCurrent();
    }

    @Override
    public final ByteView key() {
        checkOnElement();
        return key;
    }

    @Override
    public final ByteView value() {
        checkOnElement();
        if (flags != PageLayout.FLAG_OVERFLOW) {
            return value;
        }
        try {
            tx.loadValue(leaf, index, scratch, value);
            return value;
        } catch (IllegalStateException | InternalError e) {
            throw tx.onFault(e);
        }
    }

    @Override
    public final boolean isBucket() {
        checkOnElement();
        return flags == PageLayout.FLAG_BUCKET;
    }
}
