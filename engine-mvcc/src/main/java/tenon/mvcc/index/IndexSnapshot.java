package tenon.mvcc.index;

import tenon.mvcc.KeyRange;

/// The tree as it was when the snapshot was taken. Immutable.
public final class IndexSnapshot {
    /// As a revision: the last version of each key.
    public static final long CURRENT = Long.MAX_VALUE;

    private final Node root;

    IndexSnapshot(Node root) {
        this.root = root;
    }

    /// Finds what is visible of a key at a main revision.
    ///
    /// @return whether the key exists there
    public boolean find(byte[] key, long atMain, VisibleVersion into) {
        return root.findLeaf(key).find(key, atMain, into) && !into.isTombstone();
    }

    /// Like [#find], but a tombstone is found too.
    public boolean findVersion(byte[] key, long atMain, VisibleVersion into) {
        return root.findLeaf(key).find(key, atMain, into);
    }

    /// The number of keys in a range that exist now; takes no longer for a large range.
    public long count(KeyRange range) {
        if (range.isSingleKey()) {
            return find(range.start(), CURRENT, new VisibleVersion()) ? 1 : 0;
        }
        long end = range.isUnbounded() ? root.liveCount : root.liveBefore(range.end());
        return Math.max(0, end - root.liveBefore(range.start()));
    }

    /// Shows the keys of a range that exist at a main revision, in order, until the visitor has seen enough.
    public void visit(KeyRange range, long atMain, IndexVisitor visitor) {
        byte[] end = range.isUnbounded() ? null : range.end();
        if (range.isSingleKey()) {
            end = java.util.Arrays.copyOf(range.start(), range.start().length + 1);
        }
        root.visit(new Walk(range.start(), end, atMain, visitor));
    }

    public long liveKeyCount() {
        return root.liveCount;
    }

    /// Walks all nodes.
    public IndexSize size() {
        IndexSize size = new IndexSize();
        root.measure(size);
        return size;
    }
}
