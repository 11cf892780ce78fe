package tenon.btree;

import tenon.btree.CopyTarget.BucketPath;

/// Copies the live data of a commit to another store: all of it, or what differs from an earlier commit that was
/// copied already.
final class Compaction {
    private final CopyTarget target;
    /// Roots of the buckets copied as a whole since the last pass began.
    private final PageSet roots = new PageSet();

    Compaction(CopyTarget target) {
        this.target = target;
    }

    void copyAll(BTreeTx source) {
        roots.clear();
        copy(source.root(), BucketPath.ROOT);
        target.flush();
    }

    private void copy(BTreeBucket source, BucketPath path) {
        BTreeCursor cursor = source.cursor();
        while (cursor.next()) {
            copyElement(source, cursor, path);
        }
    }

    private void copyElement(BTreeBucket source, BTreeCursor cursor, BucketPath path) {
        byte[] key = cursor.key().toByteArray();
        if (cursor.isBucket()) {
            BTreeBucket child = child(source, key);
            child.checkRootIsNew(roots);
            BucketPath childPath = new BucketPath(path, key);
            target.createBucket(childPath);
            target.setSequence(childPath, child.sequence);
            copy(child, childPath);
        } else if (path.isRoot()) {
            throw source.tx.file.corrupt(source.rootPageId, "a key lies outside of all buckets");
        } else {
            target.put(path, key, cursor.value());
        }
    }

    private static BTreeBucket child(BTreeBucket bucket, byte[] name) {
        return (BTreeBucket) bucket.findBucket(name).orElseThrow();
    }

    /// Brings the target from an earlier commit to a later one. Both are pinned, so a page that both refer to is the
    /// same page, and is passed over.
    void copyChanges(BTreeTx earlier, BTreeTx later) {
        roots.clear();
        copyChanges(earlier.root(), later.root(), BucketPath.ROOT);
        target.flush();
    }

    private void copyChanges(BTreeBucket earlier, BTreeBucket later, BucketPath path) {
        if (!path.isRoot() && earlier.sequence != later.sequence) {
            target.setSequence(path, later.sequence);
        }
        if (earlier.rootPageId == later.rootPageId) {
            return;
        }
        BTreeCursor before = earlier.cursor();
        BTreeCursor after = later.cursor();
        boolean hasBefore = before.first();
        boolean hasAfter = after.first();
        while (hasBefore || hasAfter) {
            if (hasBefore && hasAfter && before.standsAtBeginOfSameLeaf(after)) {
                hasBefore = before.skipLeaf();
                hasAfter = after.skipLeaf();
                continue;
            }
            int order = !hasBefore ? 1 : !hasAfter ? -1 : before.compareKey(after);
            if (order < 0) {
                delete(before, path);
            } else if (order > 0) {
                copyElement(later, after, path);
            } else {
                copyChange(earlier, before, later, after, path);
            }
            hasBefore = order <= 0 ? before.next() : hasBefore;
            hasAfter = order >= 0 ? after.next() : hasAfter;
        }
    }

    private void delete(BTreeCursor before, BucketPath path) {
        byte[] key = before.key().toByteArray();
        if (before.isBucket()) {
            target.deleteBucket(new BucketPath(path, key));
        } else {
            target.delete(path, key);
        }
    }

    private void copyChange(
            BTreeBucket earlier, BTreeCursor before, BTreeBucket later, BTreeCursor after, BucketPath path) {
        byte[] key = after.key().toByteArray();
        if (before.isBucket() && after.isBucket()) {
            copyChanges(child(earlier, key), child(later, key), new BucketPath(path, key));
        } else if (before.isBucket() || after.isBucket()) {
            delete(before, path);
            copyElement(later, after, path);
        } else if (before.value().compareTo(after.value()) != 0) {
            target.put(path, key, after.value());
        }
    }
}
