package tenon.btree;

/// The pages from the root of a tree to a leaf.
final class TreePath {
    private final BTreeTx tx;
    private final PageView[] pages = new PageView[PageLayout.LEVEL_MAX + 1];
    private final int[] indexes = new int[PageLayout.LEVEL_MAX + 1];
    private int rootLevel;

    TreePath(BTreeTx tx) {
        this.tx = tx;
    }

    int rootLevel() {
        return rootLevel;
    }

    /// The page at a level, 0 is the leaf.
    PageView page(int level) {
        return pages[level];
    }

    /// The element of the page at a level, from 1, that leads on.
    int index(int level) {
        return indexes[level];
    }

    /// @param key where to go to, empty for the first leaf
    void descend(long rootPageId, int rootTxid, byte[] key) {
        PageView page = new PageView();
        tx.loadRoot(rootPageId, rootTxid, page);
        rootLevel = page.level();
        for (int level = rootLevel; level >= 0; level--) {
            if (pages[level] == null) {
                pages[level] = new PageView();
            }
            pages[level].set(page);
            if (level > 0) {
                indexes[level] = key.length == 0 ? 0 : page.childIndex(key);
                tx.loadChild(page, indexes[level]);
            }
        }
    }

    /// A key that leads to the next leaf, null if there is none.
    byte[] nextKey() {
        for (int level = 1; level <= rootLevel; level++) {
            if (indexes[level] + 1 < pages[level].count()) {
                return pages[level].keyBytes(indexes[level] + 1);
            }
        }
        return null;
    }
}
